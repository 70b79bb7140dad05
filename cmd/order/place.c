/* SPDX-License-Identifier: ISC */
/* souk-order place: decides once what becomes of an open order. */
#include "order.h"

static const struct souk_bulk places = {.one = ORDER_PLACE, .all = ORDER_PLACE_ALL, .columns = 3,
	.span = ORDER_PLACE_SPAN, .compared = 2};

struct place {
	struct souk_digest digest;
};

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct place *s = stage->state;
	bool failed = r->error_member, waiting = r->wait_member;
	struct order_content c;
	struct souk_query *q;

	/* A wait by this function is that of open, which the stages between passed by. */
	r->drop_wait = false;
	/* What waits is undecided. Only if it claims a decision, that has to be true: the
	 * stages that settle obey it. */
	if (waiting && (!r->own_member ||
			souk_text_is(order_state_of(r, r->own_member), order_states[ORDER_OPEN])))
		return SOUK_PASS;
	/* A record that failed may have done so before it was opened, and then lack
	 * anything: that is not this verb's to complain of. */
	if (!order_read(stage, r, &s->digest, &c))
		return failed || waiting ? order_disown(r) : SOUK_REFUSED;
	if (waiting)
		return order_answer_stored(stage, r, &c);
	q = failed ? souk_ask(stage->store, ORDER_REJECT) : souk_defer(stage->store, &places);
	souk_bind_text(q, 1, c.id);
	souk_bind_blob(q, 2, c.digest, sizeof(c.digest));
	souk_bind_int(q, 3, souk_now(stage));
	if (failed)
		souk_bind_text(q, 4, souk_raw(r, r->error_member));
	if (!souk_do(q))
		return SOUK_FAILED;
	if (souk_store_changes(stage->store) == 1)
		return order_answer(r, failed ? ORDER_REJECTED : ORDER_PLACED);
	return order_answer_stored(stage, r, &c);
}

static void close(struct souk_stage *stage)
{
	struct place *s = stage->state;

	souk_buffer_free(&s->digest.values);
}

SOUK_VERB(place) = {
	.function = &order_function,
	.name = "place",
	.summary = "decide on an open order: placed, or rejected if it failed",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.acts_on = SOUK_ON_FAILED | SOUK_ON_WAITING,
	.reads = order_members,
	.state_size = sizeof(struct place),
	.map = map,
	.close = close,
};
