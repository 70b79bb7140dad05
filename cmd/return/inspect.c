/* SPDX-License-Identifier: ISC */
/* souk-return inspect: what of a return is accepted, and what of that can be sold again. */
#include "return.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct steps *s = stage->state;
	enum souk_outcome outcome;
	struct taking t;

	if (!step_begin(stage, r, INSPECT, &t, &outcome))
		return outcome;
	for (size_t i = 0; i < s->count; i++)
		s->items[i].accepted = s->items[i].restock = s->items[i].received;
	for (size_t i = 0; i < t.count; i++) {
		const struct asked *asked = &t.asked[i];
		struct item *item = step_item(stage, r, asked);

		if (!item)
			return SOUK_REFUSED;
		if (asked->reject > item->received)
			return refuse_too_many(r, asked, "reject", asked->reject, item->received);
		item->accepted = item->received - asked->reject;
		if (asked->write_off > item->accepted)
			return refuse_too_many(r, asked, "write off", asked->write_off, item->accepted);
		item->restock = item->accepted - asked->write_off;
	}
	for (size_t i = 0; i < s->count; i++)
		s->items[i].qty = s->items[i].accepted;
	return step_end(stage, r, &t);
}

SOUK_VERB(inspect) = {
	.function = &return_function,
	.name = "inspect",
	.summary = "accept or reject what came, for the shelf or to be written off",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = 64 << 10,
	.reads = step_members,
	.state_size = sizeof(struct steps),
	.map = map,
	.close = steps_close,
};
