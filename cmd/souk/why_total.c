/* SPDX-License-Identifier: ISC */
/* Explains how lines and charges add up: promotions, tax by rate, the total. */
#include "why.h"

static bool add(int64_t *sum, int64_t amount)
{
	return souk_money_add(*sum, amount, sum);
}

static void put_line(struct why *w, const char *what, int64_t amount)
{
	struct souk_buffer number = {0};

	souk_add_major(&number, amount, w->currency);
	souk_add_format(&w->out, "  %-12s %14.*s\n", what, (int)number.len, number.at);
	souk_buffer_free(&number);
}

/* Whether a promotion takes off shipping, which is told there. */
static bool is_grant(struct why *w, struct souk_text id)
{
	const struct souk_node *list = NULL, *n;
	struct souk_text other;

	if (!souk_may_node(&w->r, souk_member(&w->r, "promo"), "shipping", SOUK_ARRAY, &list))
		return false;
	for (n = souk_first(&w->r, list); n; n = souk_next(&w->r, list, n))
		if (souk_need_text(&w->r, n, "id", 1, SOUK_MAX_ID, &other) && souk_text_equal(id, other))
			return true;
	return false;
}

/* The promotions that apply, with what they take off; and why others do not. */
static void explain_promotions(struct why *w)
{
	const struct souk_node *promo = souk_member(&w->r, "promo"), *list = NULL, *n;
	struct souk_text id, code, reason;
	int64_t discount, sum = 0;
	bool told = false;

	if (!promo || promo->type != SOUK_OBJECT)
		return;
	if (!souk_may_node(&w->r, promo, "applied", SOUK_ARRAY, &list))
		return;
	for (n = souk_first(&w->r, list); n; n = souk_next(&w->r, list, n)) {
		code = (struct souk_text){0};
		discount = 0;
		if (!souk_need_text(&w->r, n, "id", 1, SOUK_MAX_ID, &id) ||
		    !souk_may_text(&w->r, n, "code", 1, SOUK_MAX_ID, &code) ||
		    !souk_may_int(&w->r, n, "discount", 0, INT64_MAX, &discount))
			continue;
		told = told || add(&sum, discount);
		souk_add_format(&w->out, "\nPromotion %.*s", SOUK_ARG(id));
		if (code.at)
			souk_add_format(&w->out, " (code %.*s)", SOUK_ARG(code));
		if (discount || !is_grant(w, id)) {
			souk_add_string(&w->out, " takes off ");
			add_money(w, discount);
		} else {
			souk_add_string(&w->out, " makes shipping cheaper");
		}
		souk_add_char(&w->out, '\n');
	}
	list = NULL;
	if (!souk_may_node(&w->r, promo, "refused", SOUK_ARRAY, &list))
		return;
	for (n = souk_first(&w->r, list); n; n = souk_next(&w->r, list, n))
		if (souk_need_text(&w->r, n, "code", 1, SOUK_MAX_ID, &code) &&
		    souk_need_text(&w->r, n, "reason", 1, 200, &reason))
			souk_add_format(&w->out, "\nCode %.*s does not apply: %.*s\n", SOUK_ARG(code),
				SOUK_ARG(reason));
}

/* The net amount and tax of one rate over lines and charges; false if they overflow. */
static bool sum_rate(const struct souk_figures *f, struct souk_decimal rate, int64_t *net, int64_t *tax)
{
	bool fits = true;

	*net = *tax = 0;
	for (size_t i = 0; i < f->line_count; i++)
		if (!souk_decimal_compare(f->lines[i].rate, rate))
			fits &= add(net, f->lines[i].subtotal - f->lines[i].discount) &&
				add(tax, f->lines[i].tax);
	for (size_t i = 0; i < f->charge_count; i++)
		if (!souk_decimal_compare(f->charges[i].rate, rate))
			fits &= add(net, f->charges[i].amount) && add(tax, f->charges[i].tax);
	return fits && (!f->inclusive || add(net, -*tax));
}

/* The taxes that a rate consists of. */
static bool explain_parts(struct why *w, const struct souk_node *row, int64_t tax)
{
	const struct souk_node *parts = NULL, *n;
	struct souk_text name, rate;
	int64_t part, sum = 0;

	if (!souk_may_node(&w->r, row, "parts", SOUK_ARRAY, &parts))
		return false;
	for (n = souk_first(&w->r, parts); n; n = souk_next(&w->r, parts, n)) {
		name = SOUK_TEXT("tax");
		if (!souk_may_text(&w->r, n, "name", 1, 64, &name) ||
		    !souk_need_text(&w->r, n, "rate", 1, 64, &rate) ||
		    !souk_need_int(&w->r, n, "tax", INT64_MIN + 1, INT64_MAX, &part) || !add(&sum, part))
			return false;
		souk_add_format(&w->out, "    %.*s, %.*s %%: ", SOUK_ARG(name), SOUK_ARG(rate));
		add_money(w, part);
		souk_add_char(&w->out, '\n');
	}
	if (parts)
		expect(w, "the tax of this rate", tax, sum);
	return true;
}

static bool explain_rates(struct why *w)
{
	const struct souk_node *rates = NULL, *n;
	int64_t net, tax, net_found, tax_found;
	struct souk_decimal rate;
	struct souk_text text;

	if (!souk_need_node(&w->r, souk_member(&w->r, "tax"), "rates", SOUK_ARRAY, &rates))
		return false;
	for (n = souk_first(&w->r, rates); n; n = souk_next(&w->r, rates, n)) {
		if (!souk_need_text(&w->r, n, "rate", 1, 64, &text) || !souk_decimal_parse(text, &rate) ||
		    !souk_need_int(&w->r, n, "net", INT64_MIN + 1, INT64_MAX, &net_found) ||
		    !souk_need_int(&w->r, n, "tax", INT64_MIN + 1, INT64_MAX, &tax_found))
			return false;
		souk_add_format(&w->out, "  of which tax at %.*s %% on ", SOUK_ARG(text));
		add_money(w, net_found);
		souk_add_string(&w->out, " net: ");
		add_money(w, tax_found);
		souk_add_char(&w->out, '\n');
		if (!explain_parts(w, n, tax_found))
			return false;
		/* Two rows of one rate are of different taxes, and told together nowhere. */
		if (souk_find(&w->r, n, "parts"))
			continue;
		if (!sum_rate(&w->f, rate, &net, &tax))
			return false;
		expect(w, "the net amount of this rate", net_found, net);
		expect(w, "the tax of this rate", tax_found, tax);
	}
	return true;
}

static bool explain_exemption(struct why *w)
{
	const struct souk_node *tax = souk_member(&w->r, "tax");
	struct souk_text exempt = {0}, vat_id = {0};

	if (!souk_may_text(&w->r, tax, "exempt", 1, 64, &exempt) ||
	    !souk_may_text(&w->r, tax, "vat_id", 1, 64, &vat_id))
		return false;
	if (exempt.at)
		souk_add_format(&w->out, "\nNo tax is due: %.*s%s%.*s\n", SOUK_ARG(exempt),
			vat_id.at ? ", VAT id " : "",
			SOUK_ARG(vat_id));
	return true;
}

bool explain_total(struct why *w)
{
	const struct souk_node *total;
	const struct souk_figures *f = &w->f;
	int64_t subtotal = 0, discount = 0, charges = 0, tax = 0, sum, said[4] = {0};
	bool fits = true;

	explain_promotions(w);
	for (size_t i = 0; i < f->line_count; i++)
		fits &= add(&subtotal, f->lines[i].subtotal) && add(&discount, f->lines[i].discount) &&
			add(&tax, f->lines[i].tax);
	for (size_t i = 0; i < f->charge_count; i++)
		fits &= add(&charges, f->charges[i].amount) && add(&tax, f->charges[i].tax);
	sum = subtotal;
	fits &= add(&sum, -discount) && add(&sum, charges) && add(&sum, f->inclusive ? 0 : tax);
	if (!fits) {
		souk_refuse(&w->r, "overflow", "the amounts are too large to be added");
		return false;
	}
	if (!souk_need_node(&w->r, NULL, "total", SOUK_OBJECT, &total) ||
	    !souk_need_int(&w->r, total, "subtotal", INT64_MIN + 1, INT64_MAX, &said[0]) ||
	    !souk_may_int(&w->r, total, "discount", INT64_MIN + 1, INT64_MAX, &said[1]) ||
	    !souk_may_int(&w->r, total, "charges", INT64_MIN + 1, INT64_MAX, &said[2]) ||
	    !souk_may_int(&w->r, total, "tax", INT64_MIN + 1, INT64_MAX, &said[3]) || !explain_exemption(w))
		return false;
	souk_add_string(&w->out, "\nTotal\n");
	put_line(w, "lines", subtotal);
	if (discount)
		put_line(w, "discount", -discount);
	if (f->charge_count)
		put_line(w, "charges", charges);
	if (!f->inclusive)
		put_line(w, "tax", tax);
	put_line(w, "to pay", f->total);
	if (f->inclusive) {
		souk_add_string(&w->out, "  which contains tax of ");
		add_money(w, tax);
		souk_add_char(&w->out, '\n');
	}
	if (!explain_rates(w))
		return false;
	expect(w, "price.subtotal", f->subtotal, subtotal);
	expect(w, "promo.discount", f->discount, discount);
	expect(w, "tax.tax", f->tax, tax);
	expect(w, "total.subtotal", said[0], subtotal);
	expect(w, "total.discount", said[1], discount);
	expect(w, "total.charges", said[2], charges);
	expect(w, "total.tax", said[3], tax);
	expect(w, "total.total", f->total, sum);
	return true;
}
