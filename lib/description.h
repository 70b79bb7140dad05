/* SPDX-License-Identifier: ISC */
/* description.h: what another command declares of itself (souk-filter(7), rule 9). */
#ifndef SOUK_DESCRIPTION_H
#define SOUK_DESCRIPTION_H

#include "text.h"

/* Appends what `command --describe` writes, one JSON object a line for each verb. The
 * command gets nothing to read and nowhere to complain, and two seconds. Of one that is
 * not there, but linked into this very binary, it is what that says. False if it can't be
 * run, does not end well, or says too much: it declares nothing. */
bool souk_read_description(struct souk_buffer *answer, const char *command);

#endif
