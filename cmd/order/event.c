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
	struct event_state *s = stage->state;
	enum souk_outcome outcome;
	struct order_row row;
	struct progress p;
	struct event e;
	int64_t seq;

	if (!event_read(stage, r, &s->digest, &e))
		return SOUK_REFUSED;
	outcome = event_seen(stage, r, &e, &seq);
	if (outcome != SOUK_ANSWER)
		return outcome;
	/* The same event again gets the state that it led to. */
	outcome = event_load(stage, r, e.order_id, seq ? seq : INT64_MAX, &row, &p);
	if (outcome == SOUK_ANSWER && !seq)
		outcome = event_apply(r, &e, &p, &s->lines);
	if (outcome != SOUK_ANSWER)
		return outcome;
	if (!seq && !store(stage, &e, row.seq))
		return SOUK_FAILED;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", standings[progress_standing(&p)]);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
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
