/* SPDX-License-Identifier: ISC */
/* terms.h: the zones and rates, in memory. */
#ifndef SOUK_SHIP_TERMS_H
#define SOUK_SHIP_TERMS_H

#include "ship.h"

struct rate {
	struct souk_text method, label, tax_class, steps;
	char currency[4];
	int64_t from, to, max_weight, free_from;
	enum measure measure;
};

struct zone {
	struct souk_text name;
	const struct rate *rates; /* by currency, by method, the one that began last first */
	size_t rate_count;
};

struct area {
	struct souk_text country, low, high;
	enum kind kind;
	const struct zone *zone;
};

/* Zeroed they are ready. */
struct terms {
	bool loaded;
	int64_t version;
	struct zone *zones;       /* by name */
	struct rate *rates;
	struct area *areas;       /* by country, the most particular first */
	size_t zone_count, rate_count, area_count;
	struct souk_buffer rows;  /* scratch */
	struct souk_arena memory;
};

/* Where an order goes to. */
struct address {
	struct souk_text country, region, postcode; /* the postcode as it was given */
};

/* At the start of a batch: reads them if they have changed. False if the database failed. */
bool terms_begin(struct terms *terms, struct souk_stage *stage);
/* The most particular zone the address is in, or NULL. */
const struct zone *terms_zone(const struct terms *terms, const struct address *address);
void terms_free(struct terms *terms);

#endif
