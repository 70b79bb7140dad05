/* SPDX-License-Identifier: ISC */
/* price.h: what the verbs of souk-price share. */
#ifndef SOUK_PRICE_H
#define SOUK_PRICE_H

#include "souk.h"

extern const struct souk_function price_function;

enum { PRICE_PUT, PRICE_OF, PRICE_LIST };

/* Bytes of the name of a price list, of a customer group. */
enum { MAX_LIST = 64, MAX_GROUP = 64 };

/* Reads a unit price: the member `whole`, an integer in minor units, or `finer`, a
 * decimal string; one of them, and not negative. False if refused. */
bool need_unit_price(struct souk_record *r, const struct souk_node *object, const char *whole,
	const char *finer, struct souk_decimal *price);

#endif
