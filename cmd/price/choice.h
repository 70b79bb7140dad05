/* SPDX-License-Identifier: ISC */
/* choice.h: which of the prices of a sku applies to a line of an order. */
#ifndef SOUK_CHOICE_H
#define SOUK_CHOICE_H

#include "price.h"

/* The prices that were looked up, by currency, group and sku; zeroed it is ready. */
struct choice {
	const char *list;         /* the price list that is preferred; "" for none */
	struct souk_cache prices; /* arrays of prices, the first choice first */
	struct souk_buffer rows;  /* scratch */
};

/* What an order is priced by; choice_ask() reads it. The key of the cache is
 * currency, group, NUL, sku. */
struct asked {
	const struct souk_currency *currency;
	struct souk_text group;
	int64_t time;
	size_t prefix; /* of the key: what does not differ between lines */
	char key[sizeof("GBP") + MAX_GROUP + SOUK_MAX_SKU];
};

/* At the start of a batch: drops what may have changed since the last. */
void choice_begin(struct choice *choice, struct souk_stage *stage);

/* Reads currency, time and customer.group. False if refused. */
bool choice_ask(struct souk_stage *stage, struct souk_record *r, struct asked *asked);

/* The unit price of the line; SOUK_ANSWER, SOUK_PASS if there is none, or
 * SOUK_FAILED. */
enum souk_outcome choice_find(struct choice *choice, struct souk_store *store, struct asked *asked,
	const struct souk_line *line, struct souk_decimal *unit);

void choice_free(struct choice *choice);

#endif
