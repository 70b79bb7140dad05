/* SPDX-License-Identifier: ISC */
/* goods.h: what of an order is sent. */
#ifndef SOUK_SHIP_GOODS_H
#define SOUK_SHIP_GOODS_H

#include "ship.h"

/* Whether a line is sent, as the catalogue (NULL: unknown) says of it: not what needs no
 * shipping, nor, if nothing is said of that, what is kept in no stock. False if refused. */
bool line_is_sent(struct souk_record *r, const struct souk_node *catalog_line, bool *sent);

/* What goes into the quote of an order. */
struct goods {
	bool any_sent;
	int64_t weight; /* in grams, of what is sent; -1: not known */
	int64_t worth;  /* what all lines cost, discounts taken off */
};

/* False if refused. */
bool goods_read(struct souk_record *r, struct goods *goods);

#endif
