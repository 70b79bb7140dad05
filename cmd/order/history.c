/* SPDX-License-Identifier: ISC */
/* souk-order history: what happened to an order, when, by whom and why. */
#include "event.h"

struct history {
	struct event_state events;
	struct souk_record error;   /* an error is an object: it is read like a record */
	struct souk_buffer line;
};

static void open(struct souk_stage *stage)
{
	static const char *const all[] = {"*", NULL};
	struct history *s = stage->state;

	event_open(stage);
	souk_record_init(&s->error, order_function.name, &(struct souk_interest){.reads = all});
}

static void put_what(struct souk_buffer *out, int64_t at, const char *what)
{
	souk_put_open(out, NULL, '{');
	souk_put_time(out, "at", at);
	souk_put_string(out, "what", what);
}

/* The text of a member of the error; empty if it has none: a shop's own stage may
 * write any error. */
static struct souk_text text_of(struct souk_record *error, const char *name)
{
	const struct souk_node *node = souk_member(error, name);
	struct souk_text text;

	if (!node || node->type != SOUK_STRING || !souk_decode(error, node, &text))
		return SOUK_TEXT("");
	return text;
}

static bool put_rejection(struct souk_stage *stage, struct souk_buffer *out, struct souk_text id)
{
	struct history *s = stage->state;
	struct souk_query *q;
	struct order_row row;
	struct souk_text by = SOUK_TEXT(""), code = SOUK_TEXT("");
	bool expired;

	if (order_find(stage, id, &q) != SOUK_STEP_ROW)
		return false;
	row = order_row_read(q);
	if (souk_record_parse_copy(&s->error, &s->line, row.error)) {
		by = text_of(&s->error, "by");
		code = text_of(&s->error, "code");
	}
	expired = souk_text_is(by, "order") && souk_text_is(code, "expired");
	put_what(out, row.decided_at, expired ? "expired" : "rejected");
	souk_put_some(out, "by", by);
	souk_put_some(out, "reason", code);
	souk_put_close(out, '}');
	souk_done(q);
	return true;
}

static void put_closed(struct souk_buffer *out, int64_t at)
{
	put_what(out, at, "closed");
	souk_put_close(out, '}');
}

/* Events in the order in which they were noted, with what the order was by each.
 * The order may have been closed between two of them. */
static bool put_events(struct souk_stage *stage, struct souk_buffer *out,
	const struct order_row *row, struct progress *p)
{
	bool closed = row->closed;
	struct souk_query *q = souk_ask(stage->store, EVENT_OF_ORDER);
	enum souk_step step;

	souk_bind_int(q, 1, row->seq);
	souk_bind_int(q, 2, INT64_MAX);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct event_row event = event_row_read(q);

		if (closed && event.at >= row->closed_at) {
			put_closed(out, row->closed_at);
			closed = false;
		}
		event_count(p, &event);
		put_what(out, event.at, move_find(event.event)->done);
		souk_put_text(out, "id", event.id);
		event_put(out, &event, false);
		souk_put_string(out, "state", standings[progress_standing(p)]);
		souk_put_close(out, '}');
	}
	if (closed)
		put_closed(out, row->closed_at);
	return step == SOUK_STEP_DONE;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	static const char *const changed[] = {"history", NULL};
	struct souk_buffer *out = &r->answer;
	enum souk_outcome outcome;
	struct order_row row;
	struct progress p;
	struct souk_text id;

	if (!souk_need_id(r, &id))
		return SOUK_REFUSED;
	outcome = event_load(stage, r, id, 0, &row, &p);
	if (outcome != SOUK_ANSWER)
		return outcome;
	souk_put_open(out, NULL, '{');
	souk_put_kept(out, r, r->own_member, changed);
	souk_put_open(out, "history", '[');
	put_what(out, row.opened_at, "opened");
	souk_put_close(out, '}');
	if (row.state == ORDER_PLACED) {
		put_what(out, row.decided_at, "placed");
		souk_put_close(out, '}');
	} else if (row.state == ORDER_REJECTED && !put_rejection(stage, out, id)) {
		return SOUK_FAILED;
	}
	if (!put_events(stage, out, &row, &p))
		return SOUK_FAILED;
	souk_add_string(out, "]}");
	return SOUK_ANSWER;
}

static void close(struct souk_stage *stage)
{
	struct history *s = stage->state;

	event_close(stage);
	souk_record_free(&s->error);
	souk_buffer_free(&s->line);
}

static const char *const reads[] = {"id", NULL};

SOUK_VERB(history) = {
	.function = &order_function,
	.name = "history",
	.summary = "say what happened to an order, when, by whom and why",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.state_size = sizeof(struct history),
	.open = open,
	.map = map,
	.close = close,
};
