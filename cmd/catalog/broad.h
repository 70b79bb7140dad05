/* SPDX-License-Identifier: ISC */
/*
 * broad.h: what was found by words that many products have, kept for the next time.
 *
 * Such words ("red", or the one brand of a shop) cost most of all, and are asked for again:
 * by other customers, and for each page and each filter of what one of them has found.
 */
#ifndef SOUK_CATALOG_BROAD_H
#define SOUK_CATALOG_BROAD_H

#include "souk.h"

/* Kept are the last so many expressions whose words at least one of so many skus has. */
enum { BROAD_KEPT = 32, BROAD_PART = 16 };

/* A zeroed one is ready. */
struct broad {
	struct broad_set {
		struct souk_buffer expression;
		uint64_t *bits;           /* by number; NULL: none is kept */
		uint64_t used;            /* when it was last */
	} sets[BROAD_KEPT];
	uint64_t clock;
	uint32_t numbers;                 /* all are below */
};

/* Forgets everything: the database has changed. */
void broad_clear(struct broad *broad, uint32_t numbers);

/* The set that the expression has found, until the next call of broad_add(); NULL if it
 * is not kept. */
const uint64_t *broad_find(struct broad *broad, struct souk_text expression);

/* Bits for a set that is to be kept, all 0, in place of the one that is longest unused. */
uint64_t *broad_add(struct broad *broad, struct souk_text expression);

void broad_close(struct broad *broad);

#endif
