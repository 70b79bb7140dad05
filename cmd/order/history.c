/* SPDX-License-Identifier: ISC */
/* souk-order history: what happened to an order, when, by whom and why. */
#include "order.h"

struct history {
	struct souk_record error;   /* an error is an object: it is read like a record */
	struct souk_buffer line;
};

static void open(struct souk_stage *stage)
{
	static const char *const all[] = {"*", NULL};
	struct history *s = stage->state;

	souk_record_init(&s->error, order_function.name, &(struct souk_interest){.reads = all});
}

static void put_event(struct souk_buffer *out, int64_t at, const char *what)
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

static void put_rejection(struct history *s, struct souk_buffer *out, const struct order_row *row)
{
	static const char end[SOUK_RECORD_PAD] = "\n";
	struct souk_text by = SOUK_TEXT(""), code = SOUK_TEXT("");
	bool expired;

	s->line.len = 0;
	souk_add(&s->line, row->error.at, row->error.len);
	souk_add(&s->line, end, sizeof(end));
	if (souk_record_parse(&s->error, s->line.at, row->error.len)) {
		by = text_of(&s->error, "by");
		code = text_of(&s->error, "code");
	}
	expired = souk_text_is(by, "order") && souk_text_is(code, "expired");
	put_event(out, row->decided_at, expired ? "expired" : "rejected");
	if (by.len)
		souk_put_text(out, "by", by);
	if (code.len)
		souk_put_text(out, "reason", code);
	souk_put_close(out, '}');
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	static const char *const changed[] = {"history", NULL};
	struct history *s = stage->state;
	struct souk_buffer *out = &r->answer;
	struct souk_text id;
	struct souk_query *q;
	struct order_row row;

	if (!souk_need_id(r, &id))
		return SOUK_REFUSED;
	switch (order_find(stage, id, &q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return order_refuse_unknown(r);
	case SOUK_STEP_ROW:
		break;
	}
	row = order_row_read(q);
	souk_put_open(out, NULL, '{');
	souk_put_kept(out, r, r->own_member, changed);
	souk_put_open(out, "history", '[');
	put_event(out, row.opened_at, "opened");
	souk_put_close(out, '}');
	if (row.state == ORDER_PLACED) {
		put_event(out, row.decided_at, "placed");
		souk_put_close(out, '}');
	} else if (row.state == ORDER_REJECTED) {
		put_rejection(s, out, &row);
	}
	if (row.closed) {
		put_event(out, row.closed_at, "closed");
		souk_put_close(out, '}');
	}
	souk_add_string(out, "]}");
	souk_done(q);
	return SOUK_ANSWER;
}

static void close(struct souk_stage *stage)
{
	struct history *s = stage->state;

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
