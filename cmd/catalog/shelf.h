/* SPDX-License-Identifier: ISC */
/*
 * shelf.h: what a search counts and sorts by, kept together for many skus.
 *
 * A row of the table `shelf` holds the slots of 256 skus, by number: of each a length of
 * two bytes, low one first (0: no slot), and so many bytes: status, words of the title, how
 * the title begins, then item and facets in as few bytes as they need.
 */
#ifndef SOUK_CATALOG_SHELF_H
#define SOUK_CATALOG_SHELF_H

#include "catalog.h"

enum { SHELF_SLOTS = 256, SLOT_TITLE = 12, MAX_FACETS = 1000 };

/* A facet in a slot: the number of its value, and its kind. */
static inline uint32_t facet_of(int64_t number, enum facet_kind kind)
{
	return (uint32_t)number << 2 | kind;
}

struct slot {
	uint32_t item;            /* skus with the same one are variants of one product */
	enum status status;
	unsigned title_words;     /* at most 255 */
	char title[SLOT_TITLE];   /* how the folded title begins, for sorting; filled up with zeros */
	uint32_t facets[MAX_FACETS];
	size_t facet_count;
};

/* Appends a slot, its length included. */
void slot_add(struct souk_buffer *out, const struct slot *slot);

/* Reads the slot at `at`, its length included; false where there is none. */
bool slot_read(const unsigned char *at, struct slot *slot);

/* Where the slot after that one begins. */
const unsigned char *slot_next(const unsigned char *at);

/* Rows of the table that a writer has at hand. A zeroed one is ready. */
struct shelf {
	struct shelf_row {
		bool loaded, dirty;
		struct souk_buffer slots;
	} *rows;                  /* by number */
	size_t row_count;
	struct souk_buffer slot, spliced;
};

/* Gives a sku its slot, in place of an older one. False if the database failed. */
bool shelf_set(struct shelf *shelf, struct souk_store *store, int64_t number, const struct slot *slot);
/* Writes the rows that were changed. False if the database failed. */
bool shelf_write(struct shelf *shelf, struct souk_store *store);
/* Others may have changed the table, or nothing was written. */
void shelf_forget(struct shelf *shelf);
void shelf_close(struct shelf *shelf);

#endif
