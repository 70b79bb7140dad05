/* SPDX-License-Identifier: ISC */
#include "offer.h"

const char *const reason_names[] = {
	[APPLIES] = "applies",
	[UNKNOWN] = "unknown",
	[DUPLICATE] = "duplicate",
	[NOT_STARTED] = "not_started",
	[EXPIRED] = "expired",
	[WRONG_CURRENCY] = "wrong_currency",
	[WRONG_CUSTOMER] = "wrong_customer",
	[WRONG_COUNTRY] = "wrong_country",
	[NOT_IN_ORDER] = "not_in_order",
	[BELOW_MINIMUM] = "below_minimum",
	[USED_UP] = "used_up",
	[CONDITION_NOT_MET] = "condition_not_met",
	[CONDITION_FAILED] = "condition_failed",
	[EXCLUDED] = "excluded",
	[NO_EFFECT] = "no_effect",
};

static bool read_lines(struct souk_record *r, struct order *order)
{
	const struct souk_node **prices, *catalog = NULL;
	struct souk_line *lines;
	int64_t sum = 0;

	if (!souk_order_lines(r, &lines, &order->count) ||
	    !souk_stage_lines(r, "price", order->count, &prices) ||
	    !souk_may_node(r, NULL, "catalog", SOUK_OBJECT, &catalog) ||
	    (catalog && !souk_stage_lines(r, "catalog", order->count, &order->goods)))
		return false;
	order->lines = lines;
	order->subtotals = souk_record_alloc(r, order->count * sizeof(*order->subtotals));
	for (size_t i = 0; i < order->count; i++) {
		if (!souk_need_int(r, prices[i], "subtotal", 0, INT64_MAX, &order->subtotals[i]))
			return false;
		if (!souk_money_add(sum, order->subtotals[i], &sum)) {
			souk_refuse(r, "overflow", "the amounts of this order are too large to be added up");
			return false;
		}
	}
	return true;
}

bool order_read(struct souk_stage *stage, struct souk_record *r, struct order *order)
{
	const struct souk_node *customer = NULL, *ship_to = NULL;
	const struct souk_text none = SOUK_TEXT("");

	*order = (struct order){.r = r, .id = none, .customer = none, .group = none, .country = none,
		.orders = -1};
	return souk_order_currency(r, &order->currency) && souk_order_time(stage, r, &order->time) &&
		souk_may_text(r, NULL, "id", 1, SOUK_MAX_ID, &order->id) &&
		souk_may_node(r, NULL, "customer", SOUK_OBJECT, &customer) &&
		souk_may_node(r, NULL, "ship_to", SOUK_OBJECT, &ship_to) &&
		(!customer || (souk_may_text(r, customer, "id", 1, SOUK_MAX_ID, &order->customer) &&
			souk_may_text(r, customer, "group", 1, MAX_GROUP, &order->group) &&
			souk_may_int(r, customer, "orders", 0, INT64_MAX, &order->orders))) &&
		(!ship_to || souk_may_text(r, ship_to, "country", 1, 200, &order->country)) &&
		read_lines(r, order);
}

/* Whether one of the words is the category, or one that it is below: what is in "Clothing >
 * Hats" is also in "Clothing". */
static bool is_of(const struct words *words, struct souk_text text)
{
	if (words_have(words, text))
		return true;
	for (size_t i = 1; i + 2 < text.len; i++)
		if (!memcmp(text.at + i, " > ", 3) && words_have(words, (struct souk_text){text.at, i}))
			return true;
	return false;
}

/* Whether a member of a catalogue's line, a word or an array of words, has one of them. */
static bool goods_have(struct souk_record *r, const struct souk_node *goods, const char *name,
	const struct words *words)
{
	const struct souk_node *node = souk_find(r, goods, name), *n;
	struct souk_text text;

	if (!node)
		return false;
	if (node->type == SOUK_STRING)
		return souk_decode(r, node, &text) && is_of(words, text);
	if (node->type != SOUK_ARRAY)
		return false;
	for (n = souk_first(r, node); n; n = souk_next(r, node, n))
		if (n->type == SOUK_STRING && souk_decode(r, n, &text) && is_of(words, text))
			return true;
	return false;
}

static bool is_listed(const struct rule *rule, const struct order *order, size_t line)
{
	const struct souk_node *goods = order->goods ? order->goods[line] : NULL;

	if (words_have(&rule->get_skus, order->lines[line].sku))
		return false;
	if (!rule->skus.count && !rule->tags.count && !rule->categories.count)
		return true;
	return words_have(&rule->skus, order->lines[line].sku) ||
		(rule->tags.count && (goods_have(order->r, goods, "tags", &rule->tags) ||
			goods_have(order->r, goods, "flags", &rule->tags))) ||
		(rule->categories.count && goods_have(order->r, goods, "category", &rule->categories));
}

/* What has nothing to do with the lines: most promotions fail here, if they do. */
static enum reason check_terms(const struct rule *rule, const struct order *order)
{
	if (order->time < rule->starts_at)
		return NOT_STARTED;
	if (order->time >= rule->ends_at)
		return EXPIRED;
	if (rule->currency && rule->currency != order->currency)
		return WRONG_CURRENCY;
	if ((rule->groups.count && !words_have(&rule->groups, order->group)) ||
	    (rule->nth_order && rule->nth_order - 1 != order->orders) ||
	    (rule->limits[FOR_CUSTOMER] != INT64_MAX && !order->customer.len))
		return WRONG_CUSTOMER;
	if (rule->countries.count && !words_have(&rule->countries, order->country))
		return WRONG_COUNTRY;
	return APPLIES;
}

void offer_check(struct offer *offer, const struct order *order)
{
	const struct rule *rule = offer->rule;
	int64_t amount = 0, qty = 0;

	offer->reason = check_terms(rule, order);
	if (offer->reason != APPLIES)
		return;
	offer->listed = souk_record_alloc(order->r, order->count * sizeof(*offer->listed));
	for (size_t i = 0; i < order->count; i++) {
		offer->listed[i] = is_listed(rule, order, i);
		if (!offer->listed[i])
			continue;
		/* The sum of all fits, as was seen; so many pieces do as well. */
		amount += order->subtotals[i];
		qty += order->lines[i].qty;
	}
	if (!qty)
		offer->reason = NOT_IN_ORDER;
	else if (amount < rule->min_amount || qty < rule->min_qty)
		offer->reason = BELOW_MINIMUM;
}
