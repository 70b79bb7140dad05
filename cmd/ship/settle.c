/* SPDX-License-Identifier: ISC */
/* souk-ship settle: what is held to be shipped has gone, or is given up: the stages between
 * took the goods and the money, or one of them refused. What it notes is decided. */
#include "event.h"

static bool decide(struct souk_stage *stage, struct souk_text order_id, const struct shipment *s,
	const char *state, struct souk_text error)
{
	struct souk_query *q = souk_ask(stage->store, SHIPMENT_SETTLE);

	souk_bind_text(q, 1, order_id);
	souk_bind_int(q, 2, s->number);
	souk_bind_text(q, 3, souk_text_of(state));
	souk_bind_text(q, 4, error);
	return souk_do(q);
}

/* Whether the record's own member is of this shipment: what failed before souk-ship ship had
 * answered for it decides nothing, whatever its id. */
static bool is_of(struct souk_record *r, const struct shipment *s)
{
	const struct souk_node *ship = NULL;
	int64_t number = 0;

	return souk_may_node(r, NULL, "ship", SOUK_OBJECT, &ship) && ship &&
		souk_may_int(r, ship, "shipment", 1, INT64_MAX, &number) && number == s->number;
}

static enum souk_outcome answer(struct souk_record *r, const struct shipment *s, struct souk_text state)
{
	static const char *const changed[] = {"state", "shipment", NULL};

	souk_put_open(&r->answer, NULL, '{');
	souk_put_text(&r->answer, "state", state);
	souk_put_int(&r->answer, "shipment", s->number);
	if (is_of(r, s))
		souk_put_kept(&r->answer, r, souk_member(r, "ship"), changed);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

/* Tells the stages that undo what they did for it; also where it was given up before, and
 * they may not have got that far. */
static enum souk_outcome answer_void(struct souk_stage *stage, struct souk_record *r, struct souk_text order_id,
	const struct shipment *s)
{
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "void");
	souk_put_int(&r->answer, "shipment", s->number);
	souk_put_some(&r->answer, "location", s->location);
	if (!parcel_put(stage, order_id, SHIPMENT, s->number, &r->answer))
		return SOUK_FAILED;
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static enum souk_outcome commit(struct souk_stage *stage, struct souk_record *r, struct souk_text order_id,
	const struct shipment *s)
{
	if (!is_of(r, s))
		return souk_refuse(r, "bad_record", "ship.shipment must be %lld, as souk-ship ship answered",
			(long long)s->number);
	if (souk_text_is(s->state, "void"))
		return souk_refuse(r, "void", "this shipment was given up before; if something was captured for it, "
			"it is to be refunded");
	if (souk_text_is(s->state, "held") && !decide(stage, order_id, s, "shipped", SOUK_TEXT("")))
		return SOUK_FAILED;
	return answer(r, s, SOUK_TEXT("shipped"));
}

static enum souk_outcome give_up(struct souk_stage *stage, struct souk_record *r, struct souk_text order_id,
	const struct shipment *s)
{
	struct souk_text error = souk_raw(r, r->error_member);

	if (souk_text_is(s->state, "void"))
		return answer_void(stage, r, order_id, s);
	if (!souk_text_is(s->state, "held") || !is_of(r, s) || r->error_member->type != SOUK_OBJECT)
		return r->own_member ? answer(r, s, s->state) : SOUK_PASS;
	/* Stored without its brace, as errors are before they are written. */
	error.len--;
	if (!decide(stage, order_id, s, "void", error) ||
	    (s->fulfilment && !fulfilment_set(stage, order_id, s->fulfilment, "packed")))
		return SOUK_FAILED;
	return answer_void(stage, r, order_id, s);
}

/* No such shipment is known: a failed record must not say otherwise. */
static enum souk_outcome disown(struct souk_record *r, struct souk_text order_id)
{
	if (!r->error_member)
		return souk_refuse(r, "unknown_shipment",
			"of order %.*s no such shipment is held: souk-ship ship has to run before souk-ship settle",
			SOUK_ARG(order_id));
	if (!r->own_member)
		return SOUK_PASS;
	return souk_answer_state(r, "none");
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_text id, order_id;
	struct shipment s;

	if (!souk_need_id(r, &id) || !souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &order_id))
		return SOUK_REFUSED;
	switch (shipment_of_event(stage, r, order_id, id, &s)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return disown(r, order_id);
	case SOUK_STEP_ROW:
		break;
	}
	return r->error_member ? give_up(stage, r, order_id, &s) : commit(stage, r, order_id, &s);
}

static const char *const reads[] = {"id", "order_id", "ship?", NULL};

SOUK_VERB(settle) = {
	.function = &ship_function,
	.name = "settle",
	.summary = "note that held goods have gone, or give up a shipment that failed",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.acts_on = SOUK_ON_FAILED,
	.room = 64 << 10,
	.reads = reads,
	.map = map,
};
