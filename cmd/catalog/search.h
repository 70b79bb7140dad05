/* SPDX-License-Identifier: ISC */
/* search.h: finding, counting and sorting what a query asks for. */
#ifndef SOUK_CATALOG_SEARCH_H
#define SOUK_CATALOG_SEARCH_H

#include "broad.h"
#include "query.h"
#include "shelf.h"

/* How well a sku matches: all words in its title, the last one perhaps only begun there,
 * or not all in the title. */
enum { TITLE_WHOLE, TITLE_BEGUN, ELSEWHERE, UNMATCHED };

/* One of each product that was found: the variant that fits best. Smaller ones come first. */
struct hit {
	uint64_t rank[2];
	uint32_t number;
};

/* A zeroed one is ready. Rows of the shelf are read when they are needed and kept: about
 * 30 bytes a sku. */
struct search {
	struct souk_buffer slots;
	bool *rows;               /* by number: whether it was read */
	uint32_t *slot_at;        /* of each sku, by number, where its slot begins; NO_SLOT */
	uint32_t numbers;         /* all are below */
	uint32_t facets;          /* all that slots hold are below */
	/* Of the last search. */
	struct hit *hits;
	size_t found;             /* products */
	size_t shown;             /* of these, the first are sorted and wanted: from query->offset */
	uint32_t *counts;         /* products by facet, but for its own kind's filter */
	/* Scratch. */
	uint8_t *tiers;           /* by number: how well it matches; UNMATCHED */
	uint32_t *matched;        /* numbers */
	size_t matched_count;
	bool *asked;              /* by facet: a filter asks for it; all false between searches */
	uint32_t *hit_of;         /* by item: its hit, from 1; COUNTED_ONLY; all 0 between searches */
	struct slot slot;
	struct souk_buffer expression;
	struct broad broad;
};

/* To be called when the database has changed. False if it failed. */
bool search_open(struct search *search, struct souk_store *store);

/* The slot of a sku, until the next call; NULL if it has none, or the database failed. */
const struct slot *search_slot(struct search *search, struct souk_store *store, uint32_t number);

/* The two halves of search_run(): finds the skus that the words ask for; keeps of their
 * products those that pass the filters, counts them, brings the first in order. */
bool search_match(struct search *search, struct souk_store *store, struct query *query);
void search_count(struct search *search, struct souk_store *store, const struct query *query);

/* False if the database failed. */
bool search_run(struct search *search, struct souk_store *store, struct query *query);

void search_close(struct search *search);

/* The state of the verb. */
struct finder {
	const char *status;
	struct souk_strings values[FACET_KINDS];
	int sort;
	int64_t limit, offset, facets;
	struct search search;
	struct query query;
	struct souk_record product;   /* a hit, read */
	struct souk_buffer body;
};

/* Writes a product that was found: what a page of results shows of it. False if the
 * database failed. */
bool search_put_hit(struct souk_stage *stage, struct souk_buffer *out, uint32_t number);

/* Writes how much was found, what words were taken for, and the facets. False if the
 * database failed. */
bool search_put_summary(struct souk_stage *stage, struct souk_buffer *out);

#endif
