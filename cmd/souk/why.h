/* SPDX-License-Identifier: ISC */
/* why.h: what the parts of souk why share. */
#ifndef SOUK_WHY_H
#define SOUK_WHY_H

#include "figures.h"
#include "souk.h"

struct why {
	/* options */
	const char *list, *books;
	/* the order */
	struct souk_text id;
	struct souk_record r;            /* as it was stored */
	const struct souk_currency *currency;
	struct souk_line *lines;
	struct souk_figures f;
	struct souk_text time;           /* its own, or that of its arrival */
	const char **origins;            /* of each line's unit price */
	/* what is found */
	struct souk_buffer out;
	struct souk_arena arena;
	size_t mismatches;
};

/* "2.55" */
void add_money(struct why *w, int64_t amount);

/* Amounts that must be equal: says it where they are not, and counts that. */
void expect(struct why *w, const char *what, int64_t stored, int64_t derived);
/* Says that something is not as it should be. */
void mismatch(struct why *w, const char *format, ...) SOUK_PRINTF(2, 3);

/* Finds where the unit prices come from, by asking souk-price again (why_price.c). */
void find_origins(struct why *w);

/* How a tax follows from its amount (why_lines.c). */
void explain_tax(struct why *w, int64_t amount, struct souk_decimal rate, struct souk_text rate_text,
	int64_t tax);

/* Explains lines and charges, then how they add up (why_lines.c, why_charges.c, why_total.c). */
void explain_lines(struct why *w);
void explain_charges(struct why *w);
bool explain_total(struct why *w);

/* Says what the payments of the order are, and what exports tell of it (why_books.c). */
void explain_payments(struct why *w);
void explain_books(struct why *w);

#endif
