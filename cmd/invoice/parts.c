/* SPDX-License-Identifier: ISC */
/* Which invoices of an order have what is to be credited: what was sent in several parcels may
 * come back in one. */
#include "credit.h"

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* For messages, "%s%.*s": the invoice, or those of the order. */
#define ITS_NAME(sources) (sources)->next ? "the invoices of order " : "invoice ", \
	SOUK_ARG((sources)->next ? (sources)->sheet.paper.order_id : (sources)->sheet.paper.number)

static enum souk_outcome refuse_over(struct souk_record *r, const struct source *sources, int64_t left)
{
	return claim_refuse_over(r, sources->next ? SOUK_TEXT("") : sources->sheet.paper.number, left);
}

/* What the invoice has of a wanted line becomes part of its part, and is taken off. */
static void take_line(struct source *s, struct wanted *wanted)
{
	const struct item *left = rest_line(&s->rest, wanted->id);
	struct wanted *taken = &s->part.wanted[s->part.wanted_count];

	if (!left || left->qty <= 0 || !wanted->qty)
		return;
	*taken = *wanted;
	taken->qty = least(left->qty, wanted->qty);
	/* These pieces cost what is left of them; what the others cost is left for later invoices. */
	if (wanted->amount >= 0)
		taken->amount = least(item_net(&s->sheet.paper, left) + left->tax, wanted->amount);
	if (wanted->amount >= 0)
		wanted->amount -= taken->amount;
	wanted->qty -= taken->qty;
	s->part.wanted_count++;
	s->takes_part = true;
}

/* What is taken of a line, or, if nothing is, the place behind all. */
static struct wanted *part_of_line(const struct source *s, struct souk_text id)
{
	struct wanted *taken = s->part.wanted, *after = taken + s->part.wanted_count;

	while (taken < after && !souk_text_equal(taken->id, id))
		taken++;
	return taken;
}

/* Pieces that came back may be worth a penny less on their own invoice than what is paid back
 * for them: that is left of the same line on another one. */
static void take_pennies(struct source *s, struct wanted *wanted)
{
	const struct item *left = rest_line(&s->rest, wanted->id);
	struct wanted *taken = part_of_line(s, wanted->id), *after = s->part.wanted + s->part.wanted_count;
	int64_t amount;

	if (!left || wanted->amount <= 0 || wanted->qty)
		return;
	amount = item_net(&s->sheet.paper, left) + left->tax;
	if (taken == after) {
		if (amount <= 0)
			return;
		*taken = (struct wanted){.id = wanted->id};
		s->part.wanted_count++;
		s->takes_part = true;
	}
	amount = least(amount - taken->amount, wanted->amount);
	taken->amount += amount;
	wanted->amount -= amount;
}

/* What no line has left another of the same rate may have: that shows when the paper is made. */
static void take_remainder(struct source *s, struct wanted *wanted)
{
	struct wanted *taken = part_of_line(s, wanted->id);

	if (wanted->amount <= 0 || wanted->qty || taken == s->part.wanted + s->part.wanted_count)
		return;
	taken->amount += wanted->amount;
	wanted->amount = 0;
}

/* Refuses what no invoice has, or no more. SOUK_ANSWER: they have all of the line, or nothing is
 * left of those that had it. */
static enum souk_outcome check_line(struct souk_record *r, struct source *sources,
	const struct wanted *rest)
{
	bool known = false;
	int64_t left = 0;

	for (struct source *s = sources; s; s = s->next)
		if (rest_line(&s->rest, rest->id)) {
			known = true;
			left += s->rest.total;
		}
	if (!known)
		return souk_refuse(r, "unknown_line", "there is no line %.*s in %s%.*s", SOUK_ARG(rest->id),
			ITS_NAME(sources));
	return rest->qty && left > 0 ? refuse_over(r, sources, left) : SOUK_ANSWER;
}

static enum souk_outcome part_lines(struct souk_record *r, const struct claim *c, struct source *sources)
{
	struct wanted *rest = souk_record_alloc(r, c->wanted_count * sizeof(*rest));
	struct source *last = NULL;
	enum souk_outcome outcome = SOUK_ANSWER;

	memcpy(rest, c->wanted, c->wanted_count * sizeof(*rest));
	for (struct source *s = sources; s; s = s->next) {
		s->part.wanted = souk_record_alloc(r, c->wanted_count * sizeof(*rest));
		for (size_t i = 0; i < c->wanted_count; i++)
			take_line(s, &rest[i]);
		last = s->takes_part ? s : last;
	}
	for (struct source *s = sources; s; s = s->next)
		for (size_t i = 0; i < c->wanted_count; i++)
			take_pennies(s, &rest[i]);
	for (struct source *s = sources; s; s = s->next)
		for (size_t i = 0; i < c->wanted_count; i++)
			take_remainder(s, &rest[i]);
	for (size_t i = 0; i < c->wanted_count && outcome == SOUK_ANSWER; i++)
		outcome = check_line(r, sources, &rest[i]);
	/* Where the lines say what they come to, the amount is their sum. */
	if (last && c->wanted->amount < 0)
		last->part.amount = c->amount;
	return outcome;
}

/* An amount is of the first invoice that has all of it, or else of one after the other. */
static enum souk_outcome part_amount(struct souk_record *r, int64_t amount, struct source *sources)
{
	int64_t left = 0, taken;

	for (struct source *s = sources; s; s = s->next) {
		left += s->rest.total;
		if (s->rest.total < amount)
			continue;
		s->part.amount = amount;
		s->takes_part = true;
		return SOUK_ANSWER;
	}
	if (amount > left && left > 0)
		return refuse_over(r, sources, left);
	for (struct source *s = sources; s && left > 0; s = s->next) {
		taken = least(s->rest.total, amount);
		s->part.amount = taken;
		s->takes_part = taken > 0;
		amount -= taken;
	}
	return SOUK_ANSWER;
}

static enum souk_outcome part_all(struct souk_record *r, const struct claim *c, struct source *sources)
{
	/* "All that is left" would be a guess, but for an order that is cancelled. */
	if (sources->next && !c->whole)
		return souk_refuse(r, "which_invoice", "order %.*s has several invoices: say which by "
			"invoice_number, or what by lines or amount", SOUK_ARG(c->order_id));
	for (struct source *s = sources; s; s = s->next)
		s->takes_part = s->rest.total > 0;
	return SOUK_ANSWER;
}

enum souk_outcome claim_part(struct souk_record *r, const struct claim *c, struct source *sources,
	bool *none)
{
	enum souk_outcome outcome;

	*none = true;
	for (struct source *s = sources; s; s = s->next) {
		s->part = *c;
		s->part.wanted_count = 0;
		s->part.amount = 0;
		s->takes_part = false;
	}
	outcome = c->wanted_count ? part_lines(r, c, sources)
		: c->amount ? part_amount(r, c->amount, sources) : part_all(r, c, sources);
	for (struct source *s = sources; s; s = s->next)
		*none &= outcome == SOUK_ANSWER && !s->takes_part;
	if (outcome != SOUK_ANSWER || !*none)
		return outcome;
	return souk_refuse(r, "nothing_left", "all of %s%.*s is credited", ITS_NAME(sources));
}
