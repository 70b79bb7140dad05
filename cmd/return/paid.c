/* SPDX-License-Identifier: ISC */
/* What was paid for the lines of an order. What it cost to send them is not given back
 * with them. */
#include "return.h"

/* The lines of a member that may be missing, or may have none; NULL then. */
static bool may_lines(struct souk_record *order, const char *member, size_t count,
	const struct souk_node ***lines)
{
	const struct souk_node *object = NULL;

	*lines = NULL;
	if (!souk_may_node(order, NULL, member, SOUK_OBJECT, &object))
		return false;
	return !object || !souk_find(order, object, "lines") ||
		souk_stage_lines(order, member, count, lines);
}

bool paid_read(struct souk_record *order, size_t count, int64_t *paid)
{
	const struct souk_node **prices, **discounts, **taxes;
	bool inclusive = false;

	if (!souk_stage_lines(order, "price", count, &prices) ||
	    !may_lines(order, "promo", count, &discounts) ||
	    !may_lines(order, "tax", count, &taxes) ||
	    (taxes && !souk_may_bool(order, souk_member(order, "tax"), "inclusive", &inclusive)))
		return false;
	for (size_t i = 0; i < count; i++) {
		int64_t discount = 0, tax = 0;

		if (!souk_need_int(order, prices[i], "subtotal", 0, INT64_MAX, &paid[i]) ||
		    (discounts && !souk_may_int(order, discounts[i], "discount", 0, paid[i], &discount)) ||
		    (taxes && !souk_may_int(order, taxes[i], "tax", 0, INT64_MAX, &tax)))
			return false;
		if (!souk_money_add(paid[i] - discount, inclusive ? 0 : tax, &paid[i])) {
			souk_refuse(order, "overflow", "the amounts are too large to be added");
			return false;
		}
	}
	return true;
}
