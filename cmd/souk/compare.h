/* SPDX-License-Identifier: ISC */
/* compare.h: what the parts of souk compare share. */
#ifndef SOUK_COMPARE_H
#define SOUK_COMPARE_H

#include "figures.h"
#include "souk.h"

/* What is summed, in minor units. Revenue is what goods and charges bring without tax;
 * margin, of the goods whose cost is known, their revenue less that cost. */
enum figure { REVENUE, DISCOUNT, TAX, TOTAL, MARGIN, FIGURES };
extern const char *const figure_names[FIGURES];

/* Before and after. */
enum side { BEFORE, AFTER, SIDES };

/* What sums are by: all of a currency, its days, its skus. */
enum group { ALL, BY_DAY, BY_SKU, GROUPS };

struct sums {
	enum group group;
	int64_t orders, pieces;         /* pieces of a sku */
	bool has_margin;
	int64_t amount[SIDES][FIGURES];
};

struct cost {
	const struct souk_currency *currency;
	struct souk_decimal unit;
};

struct failure {
	int64_t orders;
};

struct compare {
	/* options */
	bool json;
	int64_t top;
	const char *costs_path;
	/* at work */
	struct souk_record r;
	struct souk_cache sums;         /* by group, currency and name: struct sums */
	struct souk_cache costs;        /* by sku: struct cost */
	struct souk_cache failures;     /* by code: struct failure */
	struct souk_buffer order;       /* pointers to struct sums, as they came */
	struct souk_buffer failed;      /* the same to struct failure */
	struct souk_buffer key, out;
};

/* The name of a group: its day or sku; and its currency. */
struct souk_text sums_name(const struct sums *sums);
const struct souk_currency *sums_currency(const struct sums *sums);

/* Writes all there is, to c->out (compare_write.c). */
void compare_write_json(struct compare *c);
void compare_write_table(struct compare *c);

#endif
