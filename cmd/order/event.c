/* SPDX-License-Identifier: ISC */
/* souk-order event: notes that something happened to an order, once, and says what the
 * order is by it. */
#include "event.h"

static bool store(struct souk_stage *stage, const struct event *e, int64_t order_seq)
{
	struct event_state *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, EVENT_PUT);

	souk_bind_text(q, 1, e->id);
	souk_bind_int(q, 2, order_seq);
	souk_bind_blob(q, 3, e->digest, sizeof(e->digest));
	souk_bind_text(q, 4, souk_text_of(e->move->event));
	souk_bind_int(q, 5, e->at);
	souk_bind_text(q, 6, e->actor);
	souk_bind_text(q, 7, e->reason);
	souk_bind_text(q, 8, s->lines.len ? (struct souk_text){s->lines.at, s->lines.len}
					  : SOUK_TEXT(""));
	souk_bind_int(q, 9, e->amount);
	return souk_do(q);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct weighed w;
	enum souk_outcome outcome = event_weigh(stage, r, true, &w);

	if (outcome != SOUK_ANSWER)
		return outcome;
	if (!w.seq && !store(stage, &w.event, w.order.seq))
		return SOUK_FAILED;
	return event_answer(r, &w);
}

SOUK_VERB(event) = {
	.function = &order_function,
	.name = "event",
	.summary = "note that something happened to an order",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = event_members,
	.state_size = sizeof(struct event_state),
	.open = event_open,
	.map = map,
	.close = event_close,
};
