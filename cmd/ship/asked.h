/* SPDX-License-Identifier: ISC */
/* asked.h: what an order says that its quote depends on. */
#ifndef SOUK_SHIP_ASKED_H
#define SOUK_SHIP_ASKED_H

#include "goods.h"
#include "terms.h"

/* What souk-promo granted: a part in percent, or an amount. */
struct grant {
	bool is_part;
	struct souk_decimal percent;
	int64_t amount;
};

/* An order to be quoted. */
struct asked {
	struct address address;
	const struct souk_currency *currency;
	int64_t time;
	struct goods goods;
	struct souk_text method;  /* empty: the cheapest */
	struct grant *grants;
	size_t grant_count;
};

/* Reads all but the goods; `country`, if not NULL, is that of orders without an address.
 * False if refused. */
bool asked_read(struct souk_stage *stage, struct souk_record *r, const char *country, struct asked *asked);

#endif
