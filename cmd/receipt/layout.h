/* SPDX-License-Identifier: ISC */
/* layout.h: the lines of a receipt. */
#ifndef SOUK_RECEIPT_LAYOUT_H
#define SOUK_RECEIPT_LAYOUT_H

#include "money.h"

struct receipt {
	int64_t width;
	const char *title;
	struct souk_buffer text, left, right;   /* the receipt; the two sides of its next line */
	const struct souk_currency *currency;
};

void receipt_rule(struct receipt *s);

/* Writes s->left and s->right and empties them. What is long on the left is broken, into
 * lines that begin as deep as it did; the right side stands in the last. */
void receipt_line(struct receipt *s);

/* The same with an amount on the right. */
void receipt_amount(struct receipt *s, int64_t minor);

#endif
