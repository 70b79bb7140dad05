/* SPDX-License-Identifier: ISC */
/* souk-return receive: what of a return has come. */
#include "return.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct steps *s = stage->state;
	enum souk_outcome outcome;
	struct taking t;

	if (!step_begin(stage, r, RECEIVE, &t, &outcome))
		return outcome;
	/* All that was requested, unless it is said what came. */
	for (size_t i = 0; i < s->count; i++)
		s->items[i].received = t.asked ? 0 : s->items[i].requested;
	for (size_t i = 0; i < t.count; i++) {
		struct item *item = step_item(stage, r, &t.asked[i]);

		if (!item)
			return SOUK_REFUSED;
		item->received = t.asked[i].qty < 0 ? item->requested : t.asked[i].qty;
		if (item->received > item->requested)
			return refuse_too_many(r, &t.asked[i], "receive", item->received, item->requested);
	}
	/* What did not come can be asked for by another return. */
	for (size_t i = 0; i < s->count; i++)
		s->items[i].qty = s->items[i].received;
	return step_end(stage, r, &t);
}

SOUK_VERB(receive) = {
	.function = &return_function,
	.name = "receive",
	.summary = "note what of a return has come",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = 64 << 10,
	.reads = step_members,
	.state_size = sizeof(struct steps),
	.map = map,
	.close = steps_close,
};
