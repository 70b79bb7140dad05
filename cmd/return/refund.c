/* SPDX-License-Identifier: ISC */
/* souk-return refund: what is given back for what was accepted. */
#include "return.h"

/* What `qty` of the pieces of a line cost, by largest remainder: nothing for none, all
 * that was paid for all. It never falls as qty rises, so that what any pieces cost is
 * the difference of two of these, and all differences add up to what was paid. */
static bool cost_of(const struct item *item, int64_t qty, int64_t *cost)
{
	int64_t weights[2] = {qty, item->bought - qty}, shares[2];

	if (weights[1] < 0 || !souk_money_spread(item->paid, weights, 2, shares))
		return false;
	*cost = shares[0];
	return true;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct steps *s = stage->state;
	enum souk_outcome outcome;
	struct taking t;

	if (!step_begin(stage, r, REFUND, &t, &outcome))
		return outcome;
	for (size_t i = 0; i < s->count; i++) {
		struct item *item = &s->items[i];
		int64_t from, to;

		if (!line_sum(stage, LINE_REFUNDED, s->order_id, item->line, &item->before))
			return SOUK_FAILED;
		if (!cost_of(item, item->before, &from) || !cost_of(item, item->before + item->qty, &to))
			return souk_refuse(r, "over_returned", "more pieces of line %.*s came back than were "
				"bought", SOUK_ARG(item->name));
		item->amount = to - from;
	}
	return step_end(stage, r, &t);
}

SOUK_VERB(refund) = {
	.function = &return_function,
	.name = "refund",
	.summary = "reckon what is given back for what was accepted",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = 64 << 10,
	.reads = step_members,
	.state_size = sizeof(struct steps),
	.map = map,
	.close = steps_close,
};
