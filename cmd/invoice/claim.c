/* SPDX-License-Identifier: ISC */
/* What is left of an invoice, and a credit note for a part of that. */
#include "credit.h"

void rest_begin(struct rest *rest, struct souk_record *r, const struct paper *invoice)
{
	size_t items = (invoice->item_count + 1) * sizeof(*rest->items);
	size_t bands = (invoice->band_count + 1) * sizeof(*rest->bands);

	*rest = (struct rest){.invoice = invoice, .total = invoice->total};
	rest->items = memcpy(souk_record_alloc(r, items), invoice->items, items - sizeof(*rest->items));
	rest->taxes = (struct taxes){souk_record_alloc(r, (invoice->taxes.count + 1) * sizeof(struct tax)),
		invoice->taxes.count};
	memcpy(rest->taxes.tax, invoice->taxes.tax, invoice->taxes.count * sizeof(struct tax));
	rest->bands = memcpy(souk_record_alloc(r, bands), invoice->bands, bands - sizeof(*rest->bands));
}

void rest_take(struct rest *rest, const struct paper *credit_note)
{
	const struct paper *invoice = rest->invoice;

	for (size_t i = 0; i < credit_note->item_count; i++) {
		const struct item *taken = &credit_note->items[i];

		for (size_t j = 0; j < invoice->item_count && (taken->line || taken->charge); j++) {
			struct item *left = &rest->items[j];

			if (left->line != taken->line || left->charge != taken->charge)
				continue;
			left->qty -= taken->qty;
			left->amount -= taken->amount;
			left->discount -= taken->discount;
			left->tax -= taken->tax;
		}
	}
	for (size_t i = 0; i < credit_note->band_count; i++) {
		const struct band *taken = &credit_note->bands[i];
		size_t j = 0;

		while (j < invoice->band_count && !souk_text_equal(invoice->bands[j].rate, taken->rate))
			j++;
		if (j == invoice->band_count)
			continue;
		rest->bands[j].net -= taken->net;
		rest->bands[j].tax -= taken->tax;
	}
	taxes_take(&rest->taxes, &credit_note->taxes);
	rest->total -= credit_note->total;
}

struct item *rest_line(const struct rest *rest, struct souk_text id)
{
	for (size_t i = 0; i < rest->invoice->item_count; i++)
		if (rest->items[i].line && souk_text_equal(rest->items[i].id, id))
			return &rest->items[i];
	return NULL;
}

enum souk_outcome claim_refuse_over(struct souk_record *r, struct souk_text invoice, int64_t left)
{
	if (invoice.len) {
		souk_refuse(r, "over_credited", "more would be credited than invoice %.*s has left",
			SOUK_ARG(invoice));
		souk_put_text(&r->error, "invoice", invoice);
	} else {
		souk_refuse(r, "over_credited", "more would be credited than the order's invoices have left");
	}
	souk_put_int(&r->error, "left", left);
	return SOUK_REFUSED;
}

static int64_t total_of(const struct paper *p, const struct item *item)
{
	return item_net(p, item) + item->tax;
}

/* Brings the item to the amount that is given back for it, which the tax is a share of. */
static void bring_to(const struct paper *p, struct item *item, const struct item *left, int64_t amount)
{
	int64_t all = total_of(p, left), more;

	if (amount <= all && all)
		item->tax = share(left->tax, 0, amount, all);
	more = amount - total_of(p, item);
	if (item->discount && item->discount >= more)
		item->discount -= more;
	else
		item->amount += more;
}

/* So many pieces of what is left of a line, for an amount if that is known, else for their
 * share: tax and net follow from it, so that neither is ever below zero. */
static void add_pieces(struct paper *p, const struct item *left, const struct wanted *wanted)
{
	int64_t qty = wanted->qty, amount = qty ? share(total_of(p, left), 0, qty, left->qty) : 0;
	struct item *item = &p->items[p->item_count++];

	*item = *left;
	item->qty = qty;
	item->amount = qty ? share(left->amount, 0, qty, left->qty) : 0;
	item->discount = qty ? share(left->discount, 0, qty, left->qty) : 0;
	item->tax = qty ? share(left->tax, 0, qty, left->qty) : 0;
	bring_to(p, item, left, wanted->amount >= 0 ? wanted->amount : amount);
}

static void add_all_left(struct paper *p, const struct rest *rest)
{
	for (size_t i = 0; i < rest->invoice->item_count; i++) {
		const struct item *left = &rest->items[i];

		if (left->line ? left->qty > 0 : left->amount || left->tax)
			p->items[p->item_count++] = *left;
	}
}

static void adjust(struct paper *p, const char *label, struct souk_text rate, int64_t net, int64_t tax)
{
	if (net || tax)
		p->items[p->item_count++] = (struct item){.label = souk_text_of(label), .rate = rate,
			.amount = net + (p->inclusive ? tax : 0), .tax = tax};
}

/* Brings the paper to what is left of each band, to the penny. */
static void adjust_to_rest(struct paper *p, const struct rest *rest)
{
	for (size_t i = 0; i < rest->invoice->band_count; i++) {
		const struct band *left = &rest->bands[i], *have = paper_band(p, left->rate);

		adjust(p, "Adjustment", left->rate, left->net - (have ? have->net : 0),
			left->tax - (have ? have->tax : 0));
	}
}

/* Brings the paper to `amount`. The difference is spread over the bands, and in each over
 * net and tax, in proportion to `weights`: so no more is taken of any than it has. */
static bool adjust_to_amount(struct souk_record *r, struct paper *p, const struct band *weights,
	size_t count, int64_t amount)
{
	int64_t *gross = souk_record_alloc(r, 2 * count * sizeof(*gross)), *shares = gross + count;
	const char *label = p->item_count ? "Adjustment" : "Refund";

	for (size_t i = 0; i < count; i++)
		gross[i] = weights[i].net + weights[i].tax;
	if (!souk_money_spread(amount - p->total, gross, count, shares))
		return false;
	for (size_t i = 0; i < count; i++) {
		int64_t parts[2];

		if (!souk_money_spread(shares[i], (int64_t[]){weights[i].net, weights[i].tax}, 2, parts))
			return false;
		adjust(p, label, weights[i].rate, parts[0], parts[1]);
	}
	return true;
}

/* Whether no band has less left than the paper takes. */
static bool within(const struct paper *p, const struct rest *rest)
{
	for (size_t i = 0; i < rest->invoice->band_count; i++) {
		const struct band *left = &rest->bands[i], *taken = paper_band(p, left->rate);

		if (taken && (taken->net > left->net || taken->tax > left->tax))
			return false;
	}
	return true;
}

enum souk_outcome claim_fill(struct souk_record *r, const struct claim *c, const struct rest *rest,
	struct paper *p)
{
	const struct paper *invoice = rest->invoice;
	bool all = !c->wanted_count && (!c->amount || c->amount == rest->total), fits = true;
	size_t room = c->wanted_count + invoice->item_count + invoice->band_count;
	int64_t least;

	*p = *invoice;
	p->of = invoice->number;
	p->reason = c->reason;
	p->item_count = 0;
	p->items = souk_record_alloc(r, room * sizeof(*p->items));
	p->bands = souk_record_alloc(r, room * sizeof(*p->bands));
	if (all)
		add_all_left(p, rest);
	for (size_t i = 0; i < c->wanted_count; i++)
		add_pieces(p, rest_line(rest, c->wanted[i].id), &c->wanted[i]);
	paper_sum(p);
	if (all)
		adjust_to_rest(p, rest);
	else if (c->amount && c->amount != p->total) {
		bool lines = c->wanted_count != 0;
		size_t count = lines ? p->band_count : invoice->band_count;
		struct band *weights = souk_record_alloc(r, count * sizeof(*weights));

		memcpy(weights, lines ? p->bands : rest->bands, count * sizeof(*weights));
		fits = adjust_to_amount(r, p, weights, count, c->amount);
	}
	/* Of what came back some pieces may be worth nothing, after rounding: they are noted all the same. */
	least = c->wanted_count && c->wanted->amount >= 0 ? 0 : 1;
	if (!fits || !paper_sum(p) || !within(p, rest) || p->total < least)
		return claim_refuse_over(r, invoice->number, rest->total);
	taxes_share(r, p, &rest->taxes);
	return SOUK_ANSWER;
}
