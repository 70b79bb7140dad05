/* SPDX-License-Identifier: ISC */
/* allocate.h: whether there is what an order wants, and from where it is taken. */
#ifndef SOUK_STOCK_ALLOCATE_H
#define SOUK_STOCK_ALLOCATE_H

#include "stock.h"

/* Pieces at one location. */
struct part {
	struct shelf *shelf;
	int64_t qty, backordered; /* of qty so many are not there yet */
};

/* What an order wants of one sku, over all its lines. */
struct want {
	struct souk_text sku;
	int64_t qty;
	struct level *level;
	size_t line;              /* the first that wants it */
	bool backorder;           /* there is too little, and it may be ordered beyond that */
	struct part *parts;       /* NULL: all of it from main */
	size_t part_count;
};

/* Finds what lacks and may not be ordered beyond what there is; SOUK_ANSWER if nothing.
 * The catalogue, which may be NULL, is asked only where there is too little. */
enum souk_outcome find_lacks(struct souk_record *r, struct want *wants, size_t count,
	const struct souk_node **catalog_lines);

/* Decides from where the pieces are taken, and appends the lines of the hold: from the
 * locations of the highest priority, of these from where most is. There must be enough,
 * or the want be a backorder: then what lacks is held where pieces are taken first. */
void allocate(struct souk_record *r, struct want *want, struct souk_buffer *lines);
/* Takes them. */
void take(struct levels *levels, const struct want *want);

#endif
