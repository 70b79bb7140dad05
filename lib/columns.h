/* SPDX-License-Identifier: ISC */
/* columns.h: text laid out in columns, as a terminal or a printer of receipts shows it:
 * an accent over a letter takes no room, a Chinese character takes two columns. */
#ifndef SOUK_COLUMNS_H
#define SOUK_COLUMNS_H

#include "text.h"

/* How many columns the text takes; it must be UTF-8. As all that follows it needs
 * souk_unicode(). */
size_t souk_columns(struct souk_text text);

void souk_add_spaces(struct souk_buffer *b, size_t count);

/* Appends the text and spaces up to `width` columns, the spaces after it or before it.
 * Text that is wider is not cut. */
void souk_add_left(struct souk_buffer *b, struct souk_text text, size_t width);
void souk_add_right(struct souk_buffer *b, struct souk_text text, size_t width);

/* Takes from `rest` what fits into a line of `width` columns (at least 2): whole words if
 * one fits, else as much of it as does. False at the end. */
bool souk_next_line(struct souk_text *rest, size_t width, struct souk_text *line);

#endif
