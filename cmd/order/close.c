/* SPDX-License-Identifier: ISC */
/* souk-order close: notes that all an order held was settled; recovery passes it
 * over from then on. A note that is lost with the power costs a replay, which finds
 * everything done and notes it again: nothing waits for the disk here. */
#include "order.h"

static const struct souk_bulk closes = {.one = ORDER_CLOSE, .all = ORDER_CLOSE_ALL, .columns = 4,
	.span = ORDER_CLOSE_SPAN, .compared = 3};

struct close {
	bool any; /* order of this batch was closed */
};

static bool begin(struct souk_stage *stage)
{
	struct close *s = stage->state;

	s->any = false;
	return true;
}

/* A shop may do without stock or payments: then there is nothing to settle. What
 * can't be read is not settled: the order stays for recovery. */
static bool settled(struct souk_record *r, const char *name, const char *unsettled)
{
	const struct souk_node *member = souk_member(r, name);
	struct souk_text state = order_state_of(r, member);

	return !member || (state.len && !souk_text_is(state, unsettled));
}

static enum souk_outcome answer(struct souk_record *r, enum order_state state)
{
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", order_states[state]);
	souk_put_bool(&r->answer, "closed", true);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static enum souk_outcome answer_stored(struct souk_stage *stage, struct souk_record *r,
	struct souk_text id, enum order_state state, struct souk_text error)
{
	struct souk_query *q;
	struct order_row row;
	bool closed;

	switch (order_find(stage, id, &q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return r->error_member ? SOUK_PASS : order_refuse_unknown(r);
	case SOUK_STEP_ROW:
		break;
	}
	row = order_row_read(q);
	closed = row.closed && row.state == state && souk_text_equal(row.error, error);
	souk_done(q);
	return closed ? answer(r, state) : SOUK_PASS;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct close *s = stage->state;
	struct souk_text id, decided = order_state_of(r, r->own_member), error = SOUK_TEXT("");
	enum order_state state = souk_text_is(decided, "placed") ? ORDER_PLACED : ORDER_REJECTED;
	struct souk_query *q;

	if (state != ORDER_PLACED && !souk_text_is(decided, "rejected"))
		return SOUK_PASS;
	if (r->wait_member || !settled(r, "stock", "held") ||
	    (state == ORDER_REJECTED && !settled(r, "pay", "authorized")))
		return SOUK_PASS;
	if (!souk_need_id(r, &id))
		return SOUK_REFUSED;
	/* Another error than the one the order was rejected for came after the
	 * decision: something could not be settled. */
	if (r->error_member)
		error = souk_raw(r, r->error_member);
	q = souk_defer(stage->store, &closes);
	souk_bind_text(q, 1, id);
	souk_bind_int(q, 2, state);
	souk_bind_text(q, 3, error);
	souk_bind_int(q, 4, souk_now(stage));
	if (!souk_do(q))
		return SOUK_FAILED;
	if (souk_store_changes(stage->store) == 1) {
		s->any = true;
		return answer(r, state);
	}
	return answer_stored(stage, r, id, state, error);
}

static bool end(struct souk_stage *stage)
{
	const struct close *s = stage->state;

	return !s->any || souk_do(souk_ask(stage->store, CLOSED_RAISE));
}

static const char *const reads[] = {"id", "order", "stock?", "pay?", NULL};

SOUK_VERB(close_verb) = {
	.function = &order_function,
	.name = "close",
	.summary = "note that all a decided order held is settled",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.made_again = true,
	.acts_on = SOUK_ON_FAILED,
	.reads = reads,
	.state_size = sizeof(struct close),
	.begin = begin,
	.map = map,
	.end = end,
};
