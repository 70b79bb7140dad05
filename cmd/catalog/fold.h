/* SPDX-License-Identifier: ISC */
/* fold.h: text to the words that searches compare. */
#ifndef SOUK_CATALOG_FOLD_H
#define SOUK_CATALOG_FOLD_H

#include "souk.h"

/* Appends the words of `text`, which is UTF-8, each with a space after it: in small letters,
 * Latin ones without their marks, apostrophes left out ("Émail's" is "emails"). With `html`,
 * tags and entities part words and count for nothing. It needs souk_unicode(). */
void fold(struct souk_buffer *out, struct souk_text text, bool html);

/* Takes the next of the words that fold() made off the front. False: there is none. */
bool fold_next(struct souk_text *words, struct souk_text *word);

#endif
