/* SPDX-License-Identifier: ISC */
/* offers.h: which promotions apply to an order together. */
#ifndef SOUK_PROMO_OFFERS_H
#define SOUK_PROMO_OFFERS_H

#include "condition.h"
#include "offer.h"
#include "rules.h"

/* What the stage keeps. */
struct apply {
	struct rules rules;
	struct conditions conditions;
	int rounding; /* enum souk_rounding */
};

/* The offers made to an order, in its record's memory. */
struct offers {
	struct offer *at;              /* coupons first, as the customer has them */
	size_t count, coupons;
	struct offer **chosen;         /* those that apply, by priority */
	size_t chosen_count;
	/* What the order holds already (schema.sql), if it has a row; at NULL: not read. */
	struct souk_text held;
	bool has_row;
};

/* Finds the offers and chooses: SOUK_ANSWER, SOUK_REFUSED or SOUK_FAILED. `coupons` may be
 * NULL. */
enum souk_outcome offers_choose(struct souk_stage *stage, const struct order *order,
	const struct souk_node *coupons, struct offers *offers);

#endif
