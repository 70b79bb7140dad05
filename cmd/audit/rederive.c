/* SPDX-License-Identifier: ISC */
/* Derives the amounts of an order again from what it stored: prices, discounts, tax,
 * total. Which way halves were rounded, and whether tax was rounded per line or per
 * order, is not stored: what any of these ways gives is right. */
#include "audit.h"

/* An order at work. What was read of one stage is compared with the next. */
struct sums {
	struct audit *audit;
	struct souk_record *r;
	struct souk_text id;
	const struct souk_line *lines;
	size_t count;
	int64_t *amounts;          /* of each line, what is off it taken off */
	int64_t subtotal, discount, charges, tax;
	bool inclusive;
};

static struct souk_buffer *begin(struct sums *s, enum order_rule rule)
{
	return finding_begin(s->audit, &rules[rule], s->id);
}

static void expect(struct sums *s, enum order_rule rule, const char *part, int64_t found,
	int64_t expected)
{
	struct souk_buffer *out;

	if (found == expected)
		return;
	out = begin(s, rule);
	if (part)
		souk_put_string(out, "part", part);
	souk_put_int(out, "found", found);
	souk_put_int(out, "expected", expected);
	finding_end(s->audit);
}

static bool add(struct sums *s, int64_t *sum, int64_t value)
{
	if (souk_money_add(*sum, value, sum))
		return true;
	souk_refuse(s->r, "overflow", "the amounts are too large to be added");
	return false;
}

static bool need_amount(struct sums *s, const struct souk_node *object, const char *name,
	int64_t *amount)
{
	return souk_need_int(s->r, object, name, INT64_MIN + 1, INT64_MAX, amount);
}

/* ---- Prices and discounts ---- */

static bool read_unit_price(struct souk_record *r, const struct souk_node *line,
	struct souk_decimal *unit)
{
	struct souk_text text;

	*unit = (struct souk_decimal){0};
	if (!souk_find(r, line, "unit_price_decimal"))
		return souk_need_int(r, line, "unit_price", 0, INT64_MAX, &unit->digits);
	if (!souk_need_text(r, line, "unit_price_decimal", 1, 64, &text))
		return false;
	if (souk_decimal_parse(text, unit))
		return true;
	souk_refuse_value(r, souk_find(r, line, "unit_price_decimal"), "must be a decimal number");
	return false;
}

static bool check_line(struct sums *s, size_t index, const struct souk_node *price)
{
	int64_t up = 0, even = 0, subtotal;
	struct souk_buffer *out;
	struct souk_decimal unit;

	if (!read_unit_price(s->r, price, &unit) || !need_amount(s, price, "subtotal", &subtotal))
		return false;
	s->amounts[index] = subtotal;
	if (!souk_money_line(unit, s->lines[index].qty, SOUK_HALF_UP, &up) ||
	    !souk_money_line(unit, s->lines[index].qty, SOUK_HALF_EVEN, &even)) {
		souk_refuse_value(s->r, price, "costs more than can be counted");
		return false;
	}
	if (subtotal == up || subtotal == even)
		return true;
	out = begin(s, LINE_SUBTOTAL);
	souk_put_int(out, "line", (int64_t)index);
	souk_put_text(out, "sku", s->lines[index].sku);
	souk_put_int(out, "qty", s->lines[index].qty);
	souk_put_int(out, "found", subtotal);
	souk_put_int(out, "expected", up);
	finding_end(s->audit);
	return true;
}

static bool check_price(struct sums *s)
{
	const struct souk_node *price, **lines;
	int64_t sum = 0;

	if (!souk_need_node(s->r, NULL, "price", SOUK_OBJECT, &price) ||
	    !souk_stage_lines(s->r, "price", s->count, &lines) ||
	    !need_amount(s, price, "subtotal", &s->subtotal))
		return false;
	for (size_t i = 0; i < s->count; i++)
		if (!check_line(s, i, lines[i]) || !add(s, &sum, s->amounts[i]))
			return false;
	expect(s, PRICE_SUBTOTAL, NULL, s->subtotal, sum);
	return true;
}

static bool check_discounts(struct sums *s)
{
	const struct souk_node *promo = NULL, **lines;
	int64_t sum = 0;

	if (!souk_may_node(s->r, NULL, "promo", SOUK_OBJECT, &promo))
		return false;
	if (!souk_find(s->r, promo, "lines") && !souk_find(s->r, promo, "discount"))
		return true;
	if (!souk_stage_lines(s->r, "promo", s->count, &lines) ||
	    !need_amount(s, promo, "discount", &s->discount))
		return false;
	for (size_t i = 0; i < s->count; i++) {
		int64_t discount = 0;

		if (!souk_may_int(s->r, lines[i], "discount", 0, INT64_MAX, &discount) ||
		    !add(s, &sum, discount) || !add(s, &s->amounts[i], -discount))
			return false;
	}
	expect(s, DISCOUNT_SUM, NULL, s->discount, sum);
	return true;
}

static bool add_charges(struct sums *s)
{
	const struct souk_node *at = NULL, *charges, *n;
	int64_t amount;

	while (souk_order_charges(s->r, &at, &charges))
		for (n = souk_first(s->r, charges); n; n = souk_next(s->r, charges, n))
			if (!need_amount(s, n, "amount", &amount) || !add(s, &s->charges, amount))
				return false;
	return s->r->error.len == 0;
}

/* ---- Tax ---- */

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
	int64_t expected, most = item->amount < 0 ? 2 : 1, off;
	struct souk_buffer *out;

	if (!read_rate(s, node, &item->rate) || !need_amount(s, node, "tax", &item->tax))
		return false;
	if (!(s->inclusive ? souk_money_tax_inclusive : souk_money_tax_exclusive)(item->amount, item->rate,
	    SOUK_HALF_UP, &expected) || !souk_money_sub(item->tax, expected, &off)) {
		souk_refuse_value(s->r, node, "its tax is more than can be counted");
		return false;
	}
	if (off >= -most && off <= most)
		return true;
	out = begin(s, TAX_LINE);
	souk_put_int(out, what, (int64_t)index);
	souk_put_int(out, "found", item->tax);
	souk_put_int(out, "expected", expected);
	finding_end(s->audit);
	return true;
}

static bool read_items(struct sums *s, const struct souk_node *tax, struct item **items, size_t *count)
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
		if (!need_amount(s, n, "amount", &(*items)[i].amount) ||
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
	if (!read_rate(s, node, &rate) || !need_amount(s, node, "net", &net_found) ||
	    !need_amount(s, node, "tax", &tax_found) || !add(s, tax_sum, tax_found))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!souk_decimal_compare(items[i].rate, rate) &&
		    (!add(s, &net, items[i].amount) || !add(s, &tax, items[i].tax)))
			return false;
	if (s->inclusive && !add(s, &net, -tax))
		return false;
	expect(s, TAX_RATES, "net", net_found, net);
	expect(s, TAX_RATES, "tax", tax_found, tax);
	return true;
}

static bool check_tax(struct sums *s)
{
	const struct souk_node *tax, *rates, *n;
	int64_t lines_sum = 0, rates_sum = 0;
	struct item *items;
	size_t count;

	if (!souk_need_node(s->r, NULL, "tax", SOUK_OBJECT, &tax) ||
	    !souk_may_bool(s->r, tax, "inclusive", &s->inclusive) ||
	    !souk_need_node(s->r, tax, "rates", SOUK_ARRAY, &rates) ||
	    !need_amount(s, tax, "tax", &s->tax) || !read_items(s, tax, &items, &count))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!add(s, &lines_sum, items[i].tax))
			return false;
	for (n = souk_first(s->r, rates); n; n = souk_next(s->r, rates, n))
		if (!check_rate(s, n, items, count, &rates_sum))
			return false;
	expect(s, TAX_SUM, "lines", s->tax, lines_sum);
	expect(s, TAX_SUM, "rates", s->tax, rates_sum);
	return true;
}

/* ---- Total ---- */

static bool check_total(struct sums *s)
{
	const struct souk_node *total;
	int64_t subtotal, discount = 0, charges = 0, tax = 0, sum, found;

	if (!souk_need_node(s->r, NULL, "total", SOUK_OBJECT, &total) ||
	    !need_amount(s, total, "subtotal", &subtotal) || !need_amount(s, total, "total", &found) ||
	    !souk_may_int(s->r, total, "discount", 0, INT64_MAX, &discount) ||
	    !souk_may_int(s->r, total, "charges", INT64_MIN + 1, INT64_MAX, &charges) ||
	    !souk_may_int(s->r, total, "tax", INT64_MIN + 1, INT64_MAX, &tax))
		return false;
	expect(s, TOTAL_PARTS, "subtotal", subtotal, s->subtotal);
	expect(s, TOTAL_PARTS, "discount", discount, s->discount);
	expect(s, TOTAL_PARTS, "charges", charges, s->charges);
	expect(s, TOTAL_PARTS, "tax", tax, s->tax);
	sum = subtotal;
	if (!add(s, &sum, -discount) || !add(s, &sum, charges) || (!s->inclusive && !add(s, &sum, tax)))
		return false;
	expect(s, TOTAL_SUM, NULL, found, sum);
	return true;
}

bool rederive(struct audit *a, struct souk_text id, const struct souk_line *lines, size_t count)
{
	struct sums s = {.audit = a, .r = &a->order, .id = id, .lines = lines, .count = count};

	/* A shop that does not price with Souk stores a total and nothing it came from. */
	if (!souk_member(s.r, "price") && !souk_member(s.r, "tax"))
		return true;
	s.amounts = souk_record_alloc(s.r, count * sizeof(*s.amounts));
	return check_price(&s) && check_discounts(&s) && add_charges(&s) && check_tax(&s) &&
		check_total(&s);
}
