/* SPDX-License-Identifier: ISC */
/* index.h: what makes products findable: their words, and their slots on the shelf
 * (shelf.h). It is kept within the transaction that stores the product. */
#ifndef SOUK_CATALOG_INDEX_H
#define SOUK_CATALOG_INDEX_H

#include "shelf.h"
#include "texts.h"

/* A zeroed one is ready. */
struct index {
	struct souk_cache facets, items;   /* that are in the tables: none is ever removed */
	struct texts texts;
	struct shelf shelf;
	struct souk_buffer title, more, decoded;
	struct slot slot;
};

/* At the start of a batch. */
void index_begin(struct index *index, struct souk_stage *stage);
/* At its end: writes what was collected. False if the database failed. */
bool index_end(struct index *index, struct souk_store *store);
void index_close(struct index *index);

/* The number that variants of the product have in common, 0 without a handle. False
 * if the database failed. */
bool index_item(struct index *index, struct souk_store *store, struct souk_text handle, int64_t *item);

/* Puts the product `p`, which `r` holds, into the index under `number`; `again` if it may be
 * there already. False if the database failed. */
bool index_product(struct index *index, struct souk_store *store, struct souk_record *r,
	const struct product *p, int64_t number, int64_t item, bool again);

#endif
