/* SPDX-License-Identifier: ISC */
/* What is left of an invoice, and a credit note for a part of that. */
#include "credit.h"

void rest_begin(struct rest *rest, struct souk_record *r, const struct paper *invoice)
{
	size_t credited = (invoice->item_count + 1) * sizeof(*rest->credited);
	size_t bands = (invoice->band_count + 1) * sizeof(*rest->bands);

	*rest = (struct rest){.invoice = invoice, .total = invoice->total};
	rest->credited = memset(souk_record_alloc(r, credited), 0, credited);
	rest->bands = memcpy(souk_record_alloc(r, bands), invoice->bands, bands);
}

void rest_take(struct rest *rest, const struct paper *credit_note)
{
	const struct paper *invoice = rest->invoice;

	for (size_t i = 0; i < credit_note->item_count; i++) {
		const struct item *item = &credit_note->items[i];

		for (size_t j = 0; j < invoice->item_count && (item->line || item->charge); j++)
			if (invoice->items[j].line == item->line && invoice->items[j].charge == item->charge)
				rest->credited[j] += item->charge ? 1 : item->qty;
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
	rest->total -= credit_note->total;
}

static enum souk_outcome refuse_over(struct souk_record *r, const struct rest *rest)
{
	souk_refuse(r, "over_credited", "more would be credited than invoice %.*s has left",
		SOUK_ARG(rest->invoice->number));
	souk_put_text(&r->error, "invoice", rest->invoice->number);
	souk_put_int(&r->error, "left", rest->total);
	return SOUK_REFUSED;
}

/* Where the wanted line stands among the invoice's items; item_count if it does not. */
static size_t find(const struct paper *invoice, struct souk_text id)
{
	size_t i = 0;

	while (i < invoice->item_count &&
	       !(invoice->items[i].line && souk_text_equal(invoice->items[i].id, id)))
		i++;
	return i;
}

bool claim_concerns(const struct claim *c, const struct paper *invoice)
{
	for (size_t i = 0; i < c->wanted_count; i++)
		if (find(invoice, c->wanted[i].id) == invoice->item_count)
			return false;
	return true;
}

enum souk_outcome claim_check(struct souk_record *r, const struct claim *c, const struct rest *rest)
{
	const struct paper *invoice = rest->invoice;

	if (invoice->of.len)
		return souk_refuse(r, "unknown_invoice", "%.*s is a credit note", SOUK_ARG(invoice->number));
	if (c->order_id.len && !souk_text_equal(c->order_id, invoice->order_id))
		return souk_refuse(r, "unknown_invoice", "%.*s is an invoice for another order",
			SOUK_ARG(invoice->number));
	for (size_t i = 0; i < c->wanted_count; i++)
		if (find(invoice, c->wanted[i].id) == invoice->item_count)
			return souk_refuse(r, "unknown_line", "invoice %.*s has no line %.*s",
				SOUK_ARG(invoice->number), SOUK_ARG(c->wanted[i].id));
	if (rest->total <= 0)
		return souk_refuse(r, "nothing_left", "all of invoice %.*s is credited",
			SOUK_ARG(invoice->number));
	for (size_t i = 0; i < c->wanted_count; i++) {
		size_t item = find(invoice, c->wanted[i].id);
		int64_t sum = 0;

		for (size_t j = 0; j <= i; j++)
			if (souk_text_equal(c->wanted[j].id, c->wanted[i].id))
				sum += c->wanted[j].qty;
		if (sum > invoice->items[item].qty - rest->credited[item])
			return refuse_over(r, rest);
	}
	return SOUK_ANSWER;
}

static void add_pieces(struct paper *p, const struct rest *rest, size_t item, int64_t before,
	int64_t qty)
{
	struct item *added = &p->items[p->item_count++];
	int64_t of = rest->invoice->items[item].qty;

	*added = rest->invoice->items[item];
	added->qty = qty;
	added->amount = share(added->amount, before, qty, of);
	added->discount = share(added->discount, before, qty, of);
	added->tax = share(added->tax, before, qty, of);
}

static void add_lines(struct paper *p, const struct claim *c, const struct rest *rest)
{
	for (size_t i = 0; i < c->wanted_count; i++) {
		size_t item = find(rest->invoice, c->wanted[i].id);

		add_pieces(p, rest, item, rest->credited[item], c->wanted[i].qty);
		/* The same line again is what comes after. */
		rest->credited[item] += c->wanted[i].qty;
	}
}

static void add_all_left(struct paper *p, const struct rest *rest)
{
	for (size_t i = 0; i < rest->invoice->item_count; i++) {
		const struct item *item = &rest->invoice->items[i];

		if (item->line && item->qty > rest->credited[i])
			add_pieces(p, rest, i, rest->credited[i], item->qty - rest->credited[i]);
		else if (item->charge && !rest->credited[i])
			p->items[p->item_count++] = *item;
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
	return p->total > 0;
}

enum souk_outcome claim_fill(struct souk_record *r, const struct claim *c, const struct rest *rest,
	struct paper *p)
{
	const struct paper *invoice = rest->invoice;
	bool all = !c->wanted_count && (!c->amount || c->amount == rest->total), fits = true;
	size_t room = c->wanted_count + invoice->item_count + invoice->band_count;

	*p = *invoice;
	p->of = invoice->number;
	p->reason = c->reason;
	p->item_count = 0;
	p->items = souk_record_alloc(r, room * sizeof(*p->items));
	p->bands = souk_record_alloc(r, room * sizeof(*p->bands));
	if (c->amount > rest->total)
		return refuse_over(r, rest);
	if (all)
		add_all_left(p, rest);
	add_lines(p, c, rest);
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
	return fits && paper_sum(p) && within(p, rest) ? SOUK_ANSWER : refuse_over(r, rest);
}
