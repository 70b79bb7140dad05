/* SPDX-License-Identifier: ISC */
/* Explains what is charged beside the lines: shipping, and what other stages add. */
#include "why.h"

/* The promotions that make shipping cheaper, which is no discount of theirs. */
static void explain_grants(struct why *w)
{
	const struct souk_node *list = NULL, *n;
	struct souk_text id, percent;
	int64_t amount;

	if (!souk_may_node(&w->r, souk_member(&w->r, "promo"), "shipping", SOUK_ARRAY, &list))
		return;
	for (n = souk_first(&w->r, list); n; n = souk_next(&w->r, list, n)) {
		amount = 0;
		percent = (struct souk_text){0};
		if (!souk_need_text(&w->r, n, "id", 1, SOUK_MAX_ID, &id) ||
		    !souk_may_text(&w->r, n, "percent", 1, 64, &percent) ||
		    !souk_may_int(&w->r, n, "amount", 0, INT64_MAX, &amount))
			continue;
		souk_add_format(&w->out, "  promotion %.*s: ", SOUK_ARG(id));
		if (percent.at)
			souk_add_format(&w->out, "%.*s %%", SOUK_ARG(percent));
		else
			add_money(w, amount);
		souk_add_string(&w->out, " off\n");
	}
}

/* What souk-ship asked, and what promotions left of it. */
static void explain_shipping(struct why *w, int64_t charged)
{
	const struct souk_node *ship = souk_member(&w->r, "ship");
	int64_t quoted, discount = 0;

	if (!souk_find(&w->r, ship, "quoted") ||
	    !souk_may_int(&w->r, ship, "quoted", 0, INT64_MAX, &quoted) ||
	    !souk_may_int(&w->r, ship, "discount", 0, INT64_MAX, &discount))
		return;
	if (discount) {
		souk_add_string(&w->out, "  quoted ");
		add_money(w, quoted);
		souk_add_string(&w->out, ", promotions take off ");
		add_money(w, discount);
		souk_add_char(&w->out, '\n');
		explain_grants(w);
	}
	expect(w, "shipping", charged, quoted - discount);
}

/* What is sent for nothing is charged nowhere. */
static void explain_free_shipping(struct why *w)
{
	const struct souk_node *ship = souk_member(&w->r, "ship");
	struct souk_text label = {0};

	if (!souk_find(&w->r, ship, "quoted") || !souk_may_text(&w->r, ship, "label", 1, 1024, &label))
		return;
	souk_add_format(&w->out, "\nShipping%s%.*s: ", label.at ? ", " : "", SOUK_ARG(label));
	add_money(w, 0);
	souk_add_char(&w->out, '\n');
	explain_shipping(w, 0);
}

void explain_charges(struct why *w)
{
	bool shipping = false;

	for (size_t i = 0; i < w->f.charge_count; i++) {
		const struct souk_charge_figures *c = &w->f.charges[i];

		souk_add_format(&w->out, "\nCharge: %.*s (%.*s) ", SOUK_ARG(c->label), SOUK_ARG(c->member));
		add_money(w, c->amount);
		souk_add_char(&w->out, '\n');
		if (souk_text_is(c->member, "ship")) {
			shipping = true;
			explain_shipping(w, c->amount);
		}
		if (!c->member.len)
			mismatch(w, "no stage charges this");
		explain_tax(w, c->amount, c->rate, c->rate_text, c->tax);
	}
	if (!shipping)
		explain_free_shipping(w);
}
