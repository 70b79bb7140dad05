/* SPDX-License-Identifier: ISC */
/* Derives the amounts of an order again from what it stored: prices, discounts, tax,
 * total. Which way halves were rounded, and whether tax was rounded per line or per
 * order, is not stored: what any of these ways gives is right. */
#include "rederive.h"

struct souk_buffer *sums_finding(struct sums *s, enum order_rule rule)
{
	return finding_begin(s->audit, &rules[rule], s->id);
}

void sums_expect(struct sums *s, enum order_rule rule, const char *part, int64_t found,
	int64_t expected)
{
	struct souk_buffer *out;

	if (found == expected)
		return;
	out = sums_finding(s, rule);
	if (part)
		souk_put_string(out, "part", part);
	souk_put_int(out, "found", found);
	souk_put_int(out, "expected", expected);
	finding_end(s->audit);
}

bool sums_add(struct sums *s, int64_t *sum, int64_t value)
{
	if (souk_money_add(*sum, value, sum))
		return true;
	souk_refuse(s->r, "overflow", "the amounts are too large to be added");
	return false;
}

bool sums_need(struct sums *s, const struct souk_node *object, const char *name, int64_t *amount)
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

	if (!read_unit_price(s->r, price, &unit) || !sums_need(s, price, "subtotal", &subtotal))
		return false;
	s->amounts[index] = subtotal;
	if (!souk_money_line(unit, s->lines[index].qty, SOUK_HALF_UP, &up) ||
	    !souk_money_line(unit, s->lines[index].qty, SOUK_HALF_EVEN, &even)) {
		souk_refuse_value(s->r, price, "costs more than can be counted");
		return false;
	}
	if (subtotal == up || subtotal == even)
		return true;
	out = sums_finding(s, LINE_SUBTOTAL);
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
	    !sums_need(s, price, "subtotal", &s->subtotal))
		return false;
	for (size_t i = 0; i < s->count; i++)
		if (!check_line(s, i, lines[i]) || !sums_add(s, &sum, s->amounts[i]))
			return false;
	sums_expect(s, PRICE_SUBTOTAL, NULL, s->subtotal, sum);
	return true;
}

static bool check_discounts(struct sums *s)
{
	const struct souk_node *promo = NULL, **lines;
	int64_t sum = 0;

	if (!souk_may_node(s->r, NULL, "promo", SOUK_OBJECT, &promo))
		return false;
	if (!promo)
		return true;
	/* A promo without lines found nothing to take off. */
	if (!souk_find(s->r, promo, "lines")) {
		if (!souk_may_int(s->r, promo, "discount", 0, INT64_MAX, &s->discount))
			return false;
		sums_expect(s, DISCOUNT_SUM, NULL, s->discount, 0);
		return true;
	}
	if (!souk_stage_lines(s->r, "promo", s->count, &lines) ||
	    !sums_need(s, promo, "discount", &s->discount))
		return false;
	for (size_t i = 0; i < s->count; i++) {
		int64_t discount = 0;

		if (!souk_may_int(s->r, lines[i], "discount", 0, INT64_MAX, &discount) ||
		    !sums_add(s, &sum, discount) || !sums_add(s, &s->amounts[i], -discount))
			return false;
	}
	sums_expect(s, DISCOUNT_SUM, NULL, s->discount, sum);
	return true;
}

static bool add_charges(struct sums *s)
{
	const struct souk_node *at = NULL, *charges, *n;
	int64_t amount;

	while (souk_order_charges(s->r, &at, &charges))
		for (n = souk_first(s->r, charges); n; n = souk_next(s->r, charges, n))
			if (!sums_need(s, n, "amount", &amount) || !sums_add(s, &s->charges, amount))
				return false;
	return s->r->error.len == 0;
}

/* ---- Total ---- */

static bool check_total(struct sums *s)
{
	const struct souk_node *total;
	int64_t subtotal, discount = 0, charges = 0, tax = 0, sum, found;

	if (!souk_need_node(s->r, NULL, "total", SOUK_OBJECT, &total) ||
	    !sums_need(s, total, "subtotal", &subtotal) || !sums_need(s, total, "total", &found) ||
	    !souk_may_int(s->r, total, "discount", 0, INT64_MAX, &discount) ||
	    !souk_may_int(s->r, total, "charges", INT64_MIN + 1, INT64_MAX, &charges) ||
	    !souk_may_int(s->r, total, "tax", INT64_MIN + 1, INT64_MAX, &tax))
		return false;
	sums_expect(s, TOTAL_PARTS, "subtotal", subtotal, s->subtotal);
	sums_expect(s, TOTAL_PARTS, "discount", discount, s->discount);
	sums_expect(s, TOTAL_PARTS, "charges", charges, s->charges);
	sums_expect(s, TOTAL_PARTS, "tax", tax, s->tax);
	sum = subtotal;
	if (!sums_add(s, &sum, -discount) || !sums_add(s, &sum, charges) ||
	    (!s->inclusive && !sums_add(s, &sum, tax)))
		return false;
	sums_expect(s, TOTAL_SUM, NULL, found, sum);
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
