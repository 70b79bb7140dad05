/* SPDX-License-Identifier: ISC */
/* recommend.h: what the verbs of souk-recommend share. */
#ifndef SOUK_RECOMMEND_H
#define SOUK_RECOMMEND_H

#include "souk.h"

extern const struct souk_function recommend_function;

enum {
	SKU_GET, SKU_PUT, SKU_COUNT, SKU_LIST, PAIR_COUNT, PAIRS_OF, LEARNED_PUT, LEARNED_GET,
	TOTAL_GET, TOTAL_RAISE,
};

/* How good it is to recommend one sku with another. */
enum measure {
	CONFIDENCE,  /* the share of the orders with the one that have the other too */
	LIFT,        /* that share, by the share of all orders that have the other */
};

extern const char *const measure_names[];

/* How often two skus were bought together. */
struct together {
	struct souk_text sku;       /* the other */
	int64_t count;              /* orders with both */
	int64_t own, other, all;    /* orders with the one, with the other, all */
};

/* Below, equal to or above 0 as a is worse, as good or better; exact. */
int together_compare(const struct together *a, const struct together *b, enum measure measure);
/* Writes the measure with four decimals. */
void together_put(struct souk_buffer *out, const char *name, const struct together *t, enum measure measure);

/* The number of a sku and how many orders have it; 0 if none has. False if the database
 * failed. */
bool sku_get(struct souk_store *store, struct souk_text sku, int64_t *number, int64_t *orders);
bool total_get(struct souk_store *store, int64_t *orders);

/* The skus of a record's lines, each once, in the order of lines; without those that are
 * not kept in stock (postage, fees) as the catalogue says. False if refused. */
bool skus_read(struct souk_record *r, const struct souk_line *lines, size_t line_count,
	struct souk_text **skus, size_t *count);

/* ---- counts.c ---- */

/* What a batch counts. */
struct counts {
	struct souk_cache skus, pairs;
	struct sku *first_sku;     /* those counted in this batch */
	struct pair *first_pair;
	struct souk_buffer sorted; /* pointers to pairs */
	int64_t orders;
};

void counts_begin(struct counts *counts, struct souk_stage *stage);
/* Counts an order's skus, and each pair of them. `numbers` has room for one a sku. False
 * if the database failed. */
bool counts_add(struct counts *counts, struct souk_store *store, const struct souk_text *skus,
	size_t count, int64_t *numbers);
/* At the end of a batch. */
bool counts_write(struct counts *counts, struct souk_store *store);
void counts_free(struct counts *counts);

#endif
