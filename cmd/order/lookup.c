/* SPDX-License-Identifier: ISC */
/* souk-order lookup: the order that an event names, for the stages behind it. */
#include "event.h"

static void put_progress(struct souk_buffer *out, const struct progress *p)
{
	static const char *const names[PIECES] = {
		[ORDERED] = "ordered", [FULFILLED] = "fulfilled", [SHIPPED] = "shipped",
		[DELIVERED] = "delivered", [RETURNED] = "returned"};

	souk_put_open(out, "progress", '[');
	for (size_t i = 0; i < p->count; i++) {
		souk_put_open(out, NULL, '{');
		event_put_line_id(out, p->lines[i].id, (int64_t)i);
		for (int kind = 0; kind < PIECES; kind++)
			souk_put_int(out, names[kind], p->pieces[i][kind]);
		souk_put_close(out, '}');
	}
	souk_put_close(out, ']');
}

static bool put_events(struct souk_stage *stage, int64_t seq, struct souk_buffer *out)
{
	struct souk_query *q = souk_ask(stage->store, EVENT_OF_ORDER);
	enum souk_step step;

	souk_put_open(out, "events", '[');
	souk_bind_int(q, 1, seq);
	souk_bind_int(q, 2, INT64_MAX);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct event_row event = event_row_read(q);

		souk_put_open(out, NULL, '{');
		souk_put_text(out, "id", event.id);
		souk_put_text(out, "event", event.event);
		souk_put_time(out, "time", event.at);
		event_put(out, &event, false);
		souk_put_close(out, '}');
	}
	souk_put_close(out, ']');
	return step == SOUK_STEP_DONE;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct event_state *s = stage->state;
	struct souk_text order_id;
	enum souk_outcome outcome;
	struct order_row row;
	struct progress p;

	if (!souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &order_id))
		return SOUK_REFUSED;
	outcome = event_load(stage, r, order_id, INT64_MAX, &row, &p);
	if (outcome != SOUK_ANSWER)
		return outcome;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", standings[progress_standing(&p)]);
	souk_put_bool(&r->answer, "closed", row.closed);
	put_progress(&r->answer, &p);
	souk_put_raw(&r->answer, "record",
		(struct souk_text){s->order.line, s->order.len});
	if (!put_events(stage, row.seq, &r->answer))
		return SOUK_FAILED;
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static const char *const reads[] = {"order_id", NULL};

SOUK_VERB(lookup) = {
	.function = &order_function,
	.name = "lookup",
	.summary = "add the order that an event names, as it is now",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.state_size = sizeof(struct event_state),
	.open = event_open,
	.map = map,
	.close = event_close,
};
