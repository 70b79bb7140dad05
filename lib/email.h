/* SPDX-License-Identifier: ISC */
/* email.h: addresses of mail. */
#ifndef SOUK_EMAIL_H
#define SOUK_EMAIL_H

#include "text.h"

#define SOUK_MAX_EMAIL 254

/* Whether a mail can go there: NAME@DOMAIN, of ASCII: a dot-atom (RFC 5322), and a domain of
 * letters, digits and dashes (RFC 5321). Nothing in it can end a header or a command. */
bool souk_is_email(struct souk_text text);

#endif
