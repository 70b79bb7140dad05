/* SPDX-License-Identifier: ISC */
/* Reading what is to be taxed: the order's lines, and the charges that any of its
 * members may hold. */
#include "tax.h"

enum { MAX_LABEL = 200 };

/* What is off each line. A promo member without lines takes nothing off. */
static bool may_discounts(struct souk_record *r, size_t count, const struct souk_node ***lines)
{
	const struct souk_node *promo = NULL;
	int64_t discount = 0;

	*lines = NULL;
	if (!souk_may_node(r, NULL, "promo", SOUK_OBJECT, &promo))
		return false;
	if (souk_find(r, promo, "lines"))
		return souk_stage_lines(r, "promo", count, lines);
	if (promo && !souk_may_int(r, promo, "discount", 0, INT64_MAX, &discount))
		return false;
	if (discount)
		souk_refuse(r, "bad_record", "promo.lines is missing, and promo.discount is not 0");
	return !discount;
}

/* The lines of a member that may be missing; NULL then. */
static bool may_lines(struct souk_record *r, const char *member, size_t count,
	const struct souk_node ***lines)
{
	const struct souk_node *object = NULL;

	*lines = NULL;
	return souk_may_node(r, NULL, member, SOUK_OBJECT, &object) &&
		(!object || souk_stage_lines(r, member, count, lines));
}

/* What each line costs, what is off, and its class of goods. */
static bool read_lines(struct souk_record *r, struct item *items, size_t count)
{
	const struct souk_node **prices, **discounts, **goods;

	if (!souk_member(r, "price")) {
		souk_refuse(r, "bad_record", "price is missing: souk-price has to run before souk-tax");
		return false;
	}
	if (!souk_stage_lines(r, "price", count, &prices) ||
	    !may_discounts(r, count, &discounts) || !may_lines(r, "catalog", count, &goods))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct item *item = &items[i];
		int64_t discount = 0;

		*item = (struct item){.class = SOUK_TEXT("standard")};
		if (!souk_need_int(r, prices[i], "subtotal", 0, INT64_MAX, &item->amount) ||
		    (discounts && !souk_may_int(r, discounts[i], "discount", 0, item->amount, &discount)) ||
		    (goods && !souk_may_text(r, goods[i], "tax_class", 1, MAX_CLASS, &item->class)))
			return false;
		item->amount -= discount;
	}
	return true;
}

static bool read_charge(struct souk_record *r, const struct souk_node *node, struct item *item)
{
	*item = (struct item){.class = SOUK_TEXT("standard")};
	return souk_need_text(r, node, "label", 1, MAX_LABEL, &item->label) &&
		souk_need_int(r, node, "amount", -INT64_MAX, INT64_MAX, &item->amount) &&
		souk_may_text(r, node, "tax_class", 1, MAX_CLASS, &item->class);
}

/* Counts the charges of all members; reads them if `items` is not NULL. */
static bool read_charges(struct souk_record *r, struct item *items, size_t *count)
{
	const struct souk_node *at = NULL, *charges, *n;

	*count = 0;
	while (souk_order_charges(r, &at, &charges))
		for (n = souk_first(r, charges); n; n = souk_next(r, charges, n), (*count)++)
			if (items && !read_charge(r, n, &items[*count]))
				return false;
	return !r->error.len;
}

bool bill_read(struct souk_record *r, struct bill *bill)
{
	const struct souk_node *lines;
	size_t charges;

	if (!souk_need_node(r, NULL, "lines", SOUK_ARRAY, &lines) || !read_charges(r, NULL, &charges))
		return false;
	*bill = (struct bill){.line_count = souk_count(r, lines)};
	bill->item_count = bill->line_count + charges;
	bill->items = souk_record_alloc(r, bill->item_count * sizeof(*bill->items));
	bill->bands = souk_record_alloc(r, bill->item_count * sizeof(*bill->bands));
	return read_lines(r, bill->items, bill->line_count) &&
		(!charges || read_charges(r, bill->items + bill->line_count, &charges));
}
