/* SPDX-License-Identifier: ISC */
#include "figures.h"

enum { MAX_LABEL = 1000, MAX_NUMBER = 64 };

static bool may_object(struct souk_record *r, const struct souk_node *from, const char *name,
	const struct souk_node **value)
{
	*value = NULL;
	return souk_may_node(r, from, name, SOUK_OBJECT, value);
}

static bool need_amount(struct souk_record *r, const struct souk_node *object, const char *name,
	int64_t *amount)
{
	return souk_need_int(r, object, name, INT64_MIN + 1, INT64_MAX, amount);
}

/* The array `lines` of a member, which must be as long as the order's. */
static bool need_lines(struct souk_record *r, const struct souk_node *member, size_t count,
	const struct souk_node **lines)
{
	if (!souk_need_node(r, member, "lines", SOUK_ARRAY, lines))
		return false;
	if (souk_count(r, *lines) == count)
		return true;
	souk_refuse_value(r, *lines, "must be as long as lines");
	return false;
}

static bool need_decimal(struct souk_record *r, const struct souk_node *object, const char *name,
	struct souk_text *text, struct souk_decimal *value)
{
	if (!souk_need_text(r, object, name, 1, MAX_NUMBER, text))
		return false;
	if (souk_decimal_parse(*text, value) && value->digits >= 0)
		return true;
	souk_refuse_value(r, souk_find(r, object, name), "must be a decimal number of 0 or more");
	return false;
}

static bool read_unit(struct souk_record *r, const struct souk_node *line, const char *name,
	const char *finer, struct souk_decimal *unit)
{
	struct souk_text text;

	*unit = (struct souk_decimal){0};
	if (souk_find(r, line, finer))
		return need_decimal(r, line, finer, &text, unit);
	return souk_need_int(r, line, name, 0, INT64_MAX, &unit->digits);
}

static bool read_price(struct souk_record *r, const struct souk_node *from, struct souk_figures *f)
{
	const struct souk_node *price, *lines, *n;
	size_t i = 0;

	if (!souk_need_node(r, from, "price", SOUK_OBJECT, &price) ||
	    !need_lines(r, price, f->line_count, &lines) || !need_amount(r, price, "subtotal", &f->subtotal))
		return false;
	for (n = souk_first(r, lines); n; n = souk_next(r, lines, n), i++)
		if (!read_unit(r, n, "unit_price", "unit_price_decimal", &f->lines[i].unit) ||
		    !need_amount(r, n, "subtotal", &f->lines[i].subtotal))
			return false;
	return true;
}

static bool read_promo(struct souk_record *r, const struct souk_node *from, struct souk_figures *f)
{
	const struct souk_node *promo, *lines, *n;
	size_t i = 0;

	if (!may_object(r, from, "promo", &promo))
		return false;
	if (promo && !souk_may_int(r, promo, "discount", 0, INT64_MAX, &f->discount))
		return false;
	if (!souk_find(r, promo, "lines"))
		return true;
	if (!need_lines(r, promo, f->line_count, &lines))
		return false;
	for (n = souk_first(r, lines); n; n = souk_next(r, lines, n), i++)
		if (!souk_may_int(r, n, "discount", 0, INT64_MAX, &f->lines[i].discount))
			return false;
	return true;
}

/* Which member each charge is of: they stand in the order in which tax repeats them. */
static bool name_charges(struct souk_record *r, struct souk_figures *f)
{
	const struct souk_node *at = NULL, *charges, *n;
	size_t i = 0;

	while (souk_order_charges(r, &at, &charges)) {
		struct souk_text member;

		if (!souk_decode(r, at, &member))
			return false;
		for (n = souk_first(r, charges); n; n = souk_next(r, charges, n), i++) {
			int64_t amount;

			if (!need_amount(r, n, "amount", &amount))
				return false;
			if (i < f->charge_count && amount == f->charges[i].amount)
				f->charges[i].member = member;
		}
	}
	return r->error.len == 0;
}

static bool read_tax(struct souk_record *r, const struct souk_node *from, struct souk_figures *f)
{
	const struct souk_node *tax, *lines, *charges = NULL, *n;
	struct souk_charge_figures *charge;
	size_t i = 0;

	if (!souk_need_node(r, from, "tax", SOUK_OBJECT, &tax) ||
	    !need_lines(r, tax, f->line_count, &lines) ||
	    !souk_may_bool(r, tax, "inclusive", &f->inclusive) || !need_amount(r, tax, "tax", &f->tax) ||
	    !souk_may_node(r, tax, "charges", SOUK_ARRAY, &charges))
		return false;
	for (n = souk_first(r, lines); n; n = souk_next(r, lines, n), i++)
		if (!need_decimal(r, n, "rate", &f->lines[i].rate_text, &f->lines[i].rate) ||
		    !need_amount(r, n, "tax", &f->lines[i].tax))
			return false;
	f->charge_count = charges ? souk_count(r, charges) : 0;
	f->charges = charge = souk_record_alloc(r, (f->charge_count + 1) * sizeof(*f->charges));
	for (n = souk_first(r, charges); n; n = souk_next(r, charges, n), charge++) {
		*charge = (struct souk_charge_figures){.member = SOUK_TEXT(""), .label = SOUK_TEXT("")};
		if (!souk_may_text(r, n, "label", 1, MAX_LABEL, &charge->label) ||
		    !need_amount(r, n, "amount", &charge->amount) ||
		    !need_decimal(r, n, "rate", &charge->rate_text, &charge->rate) ||
		    !need_amount(r, n, "tax", &charge->tax))
			return false;
	}
	return from || name_charges(r, f);
}

bool souk_figures_read(struct souk_record *r, const struct souk_node *from, size_t line_count,
	struct souk_figures *f)
{
	const struct souk_node *total;

	*f = (struct souk_figures){.line_count = line_count};
	f->lines = souk_record_alloc(r, (line_count + 1) * sizeof(*f->lines));
	memset(f->lines, 0, line_count * sizeof(*f->lines));
	return read_price(r, from, f) && read_promo(r, from, f) && read_tax(r, from, f) &&
		souk_need_node(r, from, "total", SOUK_OBJECT, &total) &&
		need_amount(r, total, "total", &f->total);
}

bool souk_cost_read(struct souk_record *r, struct souk_text *sku, const struct souk_currency **currency,
	struct souk_decimal *unit)
{
	const struct souk_node *cost;
	struct souk_text code;

	*currency = NULL;
	if (!souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, sku) || !may_object(r, NULL, "cost", &cost))
		return false;
	if (!cost)
		return true;
	if (!souk_need_text(r, cost, "currency", 3, 3, &code) ||
	    !read_unit(r, cost, "amount", "amount_decimal", unit))
		return false;
	*currency = souk_currency_find(code);
	if (!*currency)
		souk_refuse_value(r, souk_find(r, cost, "currency"), "%.*s is no currency of ISO 4217 in use",
			SOUK_ARG(code));
	return *currency;
}
