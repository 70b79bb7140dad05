/* SPDX-License-Identifier: ISC */
/* What of an order is sent, what it weighs and what it is worth. */
#include "goods.h"

bool line_is_sent(struct souk_record *r, const struct souk_node *line, bool *sent)
{
	*sent = true;
	return souk_may_bool(r, line, "manage_stock", sent) && souk_may_bool(r, line, "requires_shipping", sent);
}

static bool weigh(struct souk_record *r, const struct souk_node *line, int64_t qty, int64_t *weight)
{
	int64_t each = -1;

	if (!souk_may_int(r, line, "weight_grams", 0, INT64_MAX, &each))
		return false;
	if (each < 0 || *weight < 0) {
		*weight = -1;
		return true;
	}
	if (souk_money_mul(each, qty, &each) && souk_money_add(*weight, each, weight))
		return true;
	souk_refuse(r, "overflow", "the order weighs more than can be counted");
	return false;
}

static bool read_sent(struct souk_record *r, struct goods *goods)
{
	const struct souk_node *catalog = NULL, **from_catalog;
	struct souk_line *lines;
	size_t count;

	if (!souk_order_lines(r, &lines, &count) || !souk_may_node(r, NULL, "catalog", SOUK_OBJECT, &catalog))
		return false;
	if (!catalog) {
		*goods = (struct goods){.any_sent = true, .weight = -1};
		return true;
	}
	if (!souk_stage_lines(r, "catalog", count, &from_catalog))
		return false;
	*goods = (struct goods){0};
	for (size_t i = 0; i < count; i++) {
		bool sent;

		if (!line_is_sent(r, from_catalog[i], &sent))
			return false;
		goods->any_sent |= sent;
		if (sent && !weigh(r, from_catalog[i], lines[i].qty, &goods->weight))
			return false;
	}
	return true;
}

bool goods_read(struct souk_record *r, struct goods *goods)
{
	const struct souk_node *price, *promo = NULL;
	int64_t discount = 0;

	if (!read_sent(r, goods))
		return false;
	if (!goods->any_sent)
		return true;
	if (!souk_member(r, "price")) {
		souk_refuse(r, "bad_record", "price is missing: souk-price has to run before souk-ship");
		return false;
	}
	if (!souk_need_node(r, NULL, "price", SOUK_OBJECT, &price) ||
	    !souk_need_int(r, price, "subtotal", 0, INT64_MAX, &goods->worth) ||
	    !souk_may_node(r, NULL, "promo", SOUK_OBJECT, &promo) ||
	    (promo && !souk_may_int(r, promo, "discount", 0, goods->worth, &discount)))
		return false;
	goods->worth -= discount;
	return true;
}
