/* SPDX-License-Identifier: ISC */
/* rederive.h: what the checks of one order's amounts share. */
#ifndef SOUK_REDERIVE_H
#define SOUK_REDERIVE_H

#include "audit.h"

/* An order at work. What was read of one stage is compared with the next. */
struct sums {
	struct audit *audit;
	struct souk_record *r;
	struct souk_text id;
	const struct souk_line *lines;
	size_t count;
	int64_t *amounts;          /* of each line, what is off it taken off */
	int64_t subtotal, discount, charges, tax;
	bool inclusive;
};

/* Begins a finding of the order. */
struct souk_buffer *sums_finding(struct sums *s, enum order_rule rule);
/* Writes a finding if the amounts differ; `part` says which amount, or is NULL. */
void sums_expect(struct sums *s, enum order_rule rule, const char *part, int64_t found,
	int64_t expected);
/* Adds to the sum; false, refused, if it does not fit. */
bool sums_add(struct sums *s, int64_t *sum, int64_t value);
bool sums_need(struct sums *s, const struct souk_node *object, const char *name, int64_t *amount);

/* Compares the member `tax` with the lines, and notes its sum. False if refused. */
bool check_tax(struct sums *s);

#endif
