/* SPDX-License-Identifier: ISC */
/* What promotions take off, to the minor unit. */
#include "offer.h"

#include <stdlib.h>

/* The price of a piece may be a fraction: two are compared by their products. */
__extension__ typedef __int128 wide;

static int64_t sum_of(const int64_t *amounts, size_t count)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += amounts[i];
	return sum;
}

/* A percentage of what is left; at most 100, so it fits. */
static int64_t part_of(int64_t amount, const struct rule *rule, enum souk_rounding rounding)
{
	int64_t part = 0;

	souk_money_percent(amount, rule->percent, rounding, &part);
	return part;
}

/* Off the order: one amount, spread over its lines. */
static void off_order(const struct offer *offer, const struct order *order, const int64_t *left,
	enum souk_rounding rounding, int64_t *discounts)
{
	const struct rule *rule = offer->rule;
	int64_t all = sum_of(left, order->count), off;

	off = rule->kind == PERCENT ? part_of(all, rule, rounding) : rule->amount;
	if (off > rule->cap)
		off = rule->cap;
	if (off > all)
		off = all;
	if (off)
		souk_money_spread(off, left, order->count, discounts);
}

/* Off the listed items: each line by itself. */
static void off_items(const struct offer *offer, const struct order *order, const int64_t *left,
	enum souk_rounding rounding, int64_t *discounts)
{
	const struct rule *rule = offer->rule;

	for (size_t i = 0; i < order->count; i++) {
		int64_t off = left[i];

		if (!offer->listed[i])
			continue;
		if (rule->kind == PERCENT)
			off = part_of(left[i], rule, rounding);
		else
			souk_money_mul(rule->amount, order->lines[i].qty, &off);
		discounts[i] = off < left[i] ? off : left[i];
	}
}

/* ---- Buy so many, get so many cheaper ---- */

struct piece_price {
	int64_t left, qty;
	size_t line;
};

static int by_price(const void *left, const void *right)
{
	const struct piece_price *a = left, *b = right;
	wide one = (wide)a->left * b->qty, other = (wide)b->left * a->qty;

	if (one != other)
		return one < other ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

/* How many pieces get cheaper. Of each full set of buy + get pieces `get` do; where it is
 * others that do, `get` for each set of `buy`, as far as there are. */
static int64_t cheaper_of(const struct rule *rule, int64_t bought, int64_t others)
{
	int64_t sets;

	if (!rule->get_skus.count)
		return bought / (rule->buy + rule->get) * rule->get;
	sets = bought / rule->buy;
	/* So many sets that their product would not fit are enough for all. */
	return sets > others / rule->get ? others : sets * rule->get;
}

/* The cheapest pieces of all are what gets cheaper. */
static void off_cheapest(const struct offer *offer, const struct order *order, const int64_t *left,
	enum souk_rounding rounding, int64_t *discounts)
{
	struct piece_price *prices = souk_record_alloc(order->r, order->count * sizeof(*prices));
	const struct rule *rule = offer->rule;
	int64_t bought = 0, others = 0, cheaper;
	size_t count = 0;

	for (size_t i = 0; i < order->count; i++) {
		int64_t qty = order->lines[i].qty;
		bool other = words_have(&rule->get_skus, order->lines[i].sku);

		bought += offer->listed[i] ? qty : 0;
		others += other ? qty : 0;
		if (rule->get_skus.count ? other : offer->listed[i])
			prices[count++] = (struct piece_price){left[i], qty, i};
	}
	qsort(prices, count, sizeof(*prices), by_price);
	cheaper = cheaper_of(rule, bought, others);
	for (size_t i = 0; cheaper; i++) {
		const struct piece_price *p = &prices[i];
		int64_t qty = cheaper < p->qty ? cheaper : p->qty;
		int64_t shares[2];

		/* These pieces' share of what is left of their line. */
		souk_money_spread(p->left, (const int64_t[]){qty, p->qty - qty}, 2, shares);
		discounts[p->line] = part_of(shares[0], rule, rounding);
		cheaper -= qty;
	}
}

/* What is above the cap is given back in proportion. */
static void keep_below_cap(const struct offer *offer, const struct order *order, int64_t *discounts)
{
	int64_t *weights;

	if (sum_of(discounts, order->count) <= offer->rule->cap)
		return;
	weights = souk_record_alloc(order->r, order->count * sizeof(*weights));
	memcpy(weights, discounts, order->count * sizeof(*weights));
	souk_money_spread(offer->rule->cap, weights, order->count, discounts);
}

int64_t offer_discount(const struct offer *offer, const struct order *order, const int64_t *left,
	enum souk_rounding rounding, int64_t *discounts)
{
	memset(discounts, 0, order->count * sizeof(*discounts));
	if (offer->rule->on == ON_ORDER) {
		off_order(offer, order, left, rounding, discounts);
	} else if (offer->rule->on == ON_ITEMS) {
		(offer->rule->kind == BUY_GET ? off_cheapest : off_items)(offer, order, left, rounding, discounts);
		keep_below_cap(offer, order, discounts);
	}
	return sum_of(discounts, order->count);
}
