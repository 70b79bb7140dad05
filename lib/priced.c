/* SPDX-License-Identifier: ISC */
#include "priced.h"

enum { MAX_TITLE = 1000, MAX_LABEL = 200, MAX_RATE = 64 };

/* The lines of a member that may be missing; NULL then. */
static bool may_lines(struct souk_record *r, const char *member, size_t count,
	const struct souk_node ***lines)
{
	const struct souk_node *object = NULL;

	*lines = NULL;
	return souk_may_node(r, NULL, member, SOUK_OBJECT, &object) &&
		(!souk_find(r, object, "lines") || souk_stage_lines(r, member, count, lines));
}

static struct souk_text position(struct souk_record *r, size_t number)
{
	struct souk_buffer b = {0};
	struct souk_text text;

	souk_add_decimal(&b, (int64_t)number);
	text = souk_record_copy(r, (struct souk_text){b.at, b.len});
	souk_buffer_free(&b);
	return text;
}

static bool read_unit_price(struct souk_record *r, const struct souk_node *price,
	struct souk_text *unit)
{
	const struct souk_node *number = souk_find(r, price, "unit_price");

	if (number && number->type == SOUK_NUMBER) {
		*unit = souk_raw(r, number);
		return true;
	}
	return souk_may_text(r, price, "unit_price_decimal", 1, 64, unit);
}

static bool read_goods(struct souk_record *r, const struct souk_node *goods,
	struct souk_priced_line *line)
{
	bool managed = true, sent = true;

	if (!souk_may_text(r, goods, "title", 1, MAX_TITLE, &line->title) ||
	    !souk_may_bool(r, goods, "manage_stock", &managed) ||
	    !souk_may_bool(r, goods, "requires_shipping", &sent))
		return false;
	line->sent = managed && sent;
	return true;
}

static bool read_lines(struct souk_record *r, struct souk_priced *p)
{
	const struct souk_node **prices, **taxes, **promos, **goods;
	struct souk_line *lines;

	if (!souk_order_lines(r, &lines, &p->line_count) ||
	    !souk_stage_lines(r, "price", p->line_count, &prices) ||
	    !souk_stage_lines(r, "tax", p->line_count, &taxes) ||
	    !may_lines(r, "promo", p->line_count, &promos) ||
	    !may_lines(r, "catalog", p->line_count, &goods))
		return false;
	p->lines = souk_record_alloc(r, p->line_count * sizeof(*p->lines));
	for (size_t i = 0; i < p->line_count; i++) {
		struct souk_priced_line *line = &p->lines[i];

		*line = (struct souk_priced_line){.id = lines[i].id, .sku = lines[i].sku, .qty = lines[i].qty,
			.sent = true};
		if (!line->id.len)
			line->id = position(r, i + 1);
		if (!souk_need_int(r, prices[i], "subtotal", 0, INT64_MAX, &line->subtotal) ||
		    !read_unit_price(r, prices[i], &line->unit_price) ||
		    (promos && !souk_may_int(r, promos[i], "discount", 0, line->subtotal, &line->discount)) ||
		    !souk_need_int(r, taxes[i], "tax", -INT64_MAX, INT64_MAX, &line->tax) ||
		    !souk_may_text(r, taxes[i], "rate", 1, MAX_RATE, &line->rate) ||
		    (goods && !read_goods(r, goods[i], line)))
			return false;
	}
	return true;
}

static bool read_charges(struct souk_record *r, const struct souk_node *tax, struct souk_priced *p)
{
	const struct souk_node *array = NULL;
	struct souk_priced_charge *charge;

	if (!souk_may_node(r, tax, "charges", SOUK_ARRAY, &array))
		return false;
	p->charge_count = array ? souk_count(r, array) : 0;
	p->charges = charge = souk_record_alloc(r, (p->charge_count + 1) * sizeof(*p->charges));
	for (const struct souk_node *n = souk_first(r, array); n; n = souk_next(r, array, n), charge++) {
		*charge = (struct souk_priced_charge){.amount = 0};
		if (!souk_need_text(r, n, "label", 1, MAX_LABEL, &charge->label) ||
		    !souk_need_int(r, n, "amount", -INT64_MAX, INT64_MAX, &charge->amount) ||
		    !souk_may_text(r, n, "rate", 1, MAX_RATE, &charge->rate) ||
		    !souk_need_int(r, n, "tax", -INT64_MAX, INT64_MAX, &charge->tax))
			return false;
	}
	return true;
}

/* Sums up; false if that overflows. */
static bool add_up(struct souk_priced *p)
{
	int64_t tax = 0;
	bool fits = true;

	for (size_t i = 0; i < p->line_count; i++) {
		struct souk_priced_line *line = &p->lines[i];

		fits &= souk_money_add(p->subtotal, line->subtotal, &p->subtotal) &&
			souk_money_add(p->discount, line->discount, &p->discount) &&
			souk_money_add(tax, line->tax, &tax) &&
			souk_money_add(line->subtotal - line->discount, p->inclusive ? 0 : line->tax, &line->due);
	}
	for (size_t i = 0; i < p->charge_count; i++)
		fits &= souk_money_add(p->charged, p->charges[i].amount, &p->charged) &&
			souk_money_add(tax, p->charges[i].tax, &tax);
	p->tax = tax;
	return fits && souk_money_add(p->subtotal - p->discount, p->charged, &p->total) &&
		(p->inclusive || souk_money_add(p->total, tax, &p->total));
}

bool souk_priced_read(struct souk_record *r, struct souk_priced *p)
{
	const struct souk_node *tax, *total;
	int64_t tax_said, total_said;

	*p = (struct souk_priced){.exempt = SOUK_TEXT("")};
	if (!souk_order_currency(r, &p->currency) || !souk_need_node(r, NULL, "tax", SOUK_OBJECT, &tax) ||
	    !souk_need_node(r, NULL, "total", SOUK_OBJECT, &total) ||
	    !souk_may_bool(r, tax, "inclusive", &p->inclusive) ||
	    !souk_may_text(r, tax, "exempt", 1, 64, &p->exempt) ||
	    !souk_may_text(r, tax, "vat_id", 1, 64, &p->vat_id) ||
	    !souk_need_int(r, tax, "tax", -INT64_MAX, INT64_MAX, &tax_said) ||
	    !souk_need_int(r, total, "total", -INT64_MAX, INT64_MAX, &total_said) ||
	    !read_lines(r, p) || !read_charges(r, tax, p))
		return false;
	if (add_up(p) && p->tax == tax_said && p->total == total_said)
		return true;
	souk_refuse(r, "mismatch", "lines and charges add up to a tax of %lld and a total of %lld, "
		"the order says %lld and %lld", (long long)p->tax, (long long)p->total,
		(long long)tax_said, (long long)total_said);
	return false;
}

void souk_add_unit_price(struct souk_buffer *b, struct souk_text unit_price,
	const struct souk_currency *currency)
{
	struct souk_decimal price;

	if (!souk_decimal_parse(unit_price, &price)) {
		souk_add(b, unit_price.at, unit_price.len);
	} else if (price.scale == 0) {
		souk_add_major(b, price.digits, currency);
	} else {
		price.scale += currency->exponent;
		souk_add_decimal_number(b, price);
	}
}
