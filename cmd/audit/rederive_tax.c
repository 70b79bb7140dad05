/* SPDX-License-Identifier: ISC */
/* Derives the tax of an order again: line by line, by rate, and as a whole. */
#include "rederive.h"

/* What is taxed: a line, or a charge as tax repeats it. */
struct item {
	struct souk_decimal rate;
	int64_t amount, tax;
};

static bool read_rate(struct sums *s, const struct souk_node *object, struct souk_decimal *rate)
{
	struct souk_text text;

	if (!souk_need_text(s->r, object, "rate", 1, 64, &text))
		return false;
	if (souk_decimal_parse(text, rate) && rate->digits >= 0)
		return true;
	souk_refuse_value(s->r, souk_find(s->r, object, "rate"), "must be a percentage of 0 or more");
	return false;
}

/* Rounded by the line, a tax is half a unit off at most; as a share of what was
 * rounded by the order, less than one and a half; below zero less than two and a
 * half, as what such an item takes back is what rounding left of the rest. */
static bool check_item(struct sums *s, const struct souk_node *node, const char *what, size_t index,
	struct item *item)
{
	int64_t expected = 0, most = item->amount < 0 ? 2 : 1, off;
	struct souk_buffer *out;

	if (!read_rate(s, node, &item->rate) || !sums_need(s, node, "tax", &item->tax))
		return false;
	if (!(s->inclusive ? souk_money_tax_inclusive : souk_money_tax_exclusive)(item->amount, item->rate,
	    SOUK_HALF_UP, &expected) || !souk_money_sub(item->tax, expected, &off)) {
		souk_refuse_value(s->r, node, "its tax is more than can be counted");
		return false;
	}
	if (off >= -most && off <= most)
		return true;
	out = sums_finding(s, TAX_LINE);
	souk_put_int(out, what, (int64_t)index);
	souk_put_int(out, "found", item->tax);
	souk_put_int(out, "expected", expected);
	finding_end(s->audit);
	return true;
}

static bool read_items(struct sums *s, const struct souk_node *tax, struct item **items,
	size_t *count)
{
	const struct souk_node **lines, *charges = NULL, *n;
	size_t i = 0;

	if (!souk_stage_lines(s->r, "tax", s->count, &lines) ||
	    !souk_may_node(s->r, tax, "charges", SOUK_ARRAY, &charges))
		return false;
	*count = s->count + (charges ? souk_count(s->r, charges) : 0);
	*items = souk_record_alloc(s->r, *count * sizeof(**items));
	for (; i < s->count; i++) {
		(*items)[i].amount = s->amounts[i];
		if (!check_item(s, lines[i], "line", i, &(*items)[i]))
			return false;
	}
	for (n = souk_first(s->r, charges); n; n = souk_next(s->r, charges, n), i++)
		if (!sums_need(s, n, "amount", &(*items)[i].amount) ||
		    !check_item(s, n, "charge", i - s->count, &(*items)[i]))
			return false;
	return true;
}

/* One row of the breakdown by rate, over the items that have this rate. */
static bool check_rate(struct sums *s, const struct souk_node *node, const struct item *items,
	size_t count, int64_t *tax_sum)
{
	int64_t net, tax, net_found, tax_found;
	struct souk_decimal rate;

	net = tax = 0;
	if (!read_rate(s, node, &rate) || !sums_need(s, node, "net", &net_found) ||
	    !sums_need(s, node, "tax", &tax_found) || !sums_add(s, tax_sum, tax_found))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!souk_decimal_compare(items[i].rate, rate) &&
		    (!sums_add(s, &net, items[i].amount) || !sums_add(s, &tax, items[i].tax)))
			return false;
	if (s->inclusive && !sums_add(s, &net, -tax))
		return false;
	sums_expect(s, TAX_RATES, "net", net_found, net);
	sums_expect(s, TAX_RATES, "tax", tax_found, tax);
	return true;
}

bool check_tax(struct sums *s)
{
	const struct souk_node *tax, *rates, *n;
	int64_t lines_sum = 0, rates_sum = 0;
	struct item *items;
	size_t count;

	if (!souk_need_node(s->r, NULL, "tax", SOUK_OBJECT, &tax) ||
	    !souk_may_bool(s->r, tax, "inclusive", &s->inclusive) ||
	    !souk_need_node(s->r, tax, "rates", SOUK_ARRAY, &rates) ||
	    !sums_need(s, tax, "tax", &s->tax) || !read_items(s, tax, &items, &count))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!sums_add(s, &lines_sum, items[i].tax))
			return false;
	for (n = souk_first(s->r, rates); n; n = souk_next(s->r, rates, n))
		if (!check_rate(s, n, items, count, &rates_sum))
			return false;
	sums_expect(s, TAX_SUM, "lines", s->tax, lines_sum);
	sums_expect(s, TAX_SUM, "rates", s->tax, rates_sum);
	return true;
}
