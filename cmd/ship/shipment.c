/* SPDX-License-Identifier: ISC */
/* souk-ship ship: a parcel is to go out: holds its pieces, and says what is to be captured
 * for them. Whether it goes, souk-ship settle notes when the stages between have spoken. */
#include "event.h"

/* What was packed goes out: takes the pieces and the place from the fulfilment. */
static enum souk_outcome take_fulfilment(struct souk_stage *stage, struct souk_record *r, struct event *e,
	struct ordered *order)
{
	struct souk_text location;
	enum souk_outcome outcome = fulfilment_get(stage, r, e, &location);
	struct souk_query *q;
	enum souk_step step;

	if (outcome != SOUK_ANSWER)
		return outcome;
	if (!e->location.len)
		e->location = location;
	q = souk_ask(stage->store, CONTENT_GET);
	souk_bind_text(q, 1, e->order_id);
	souk_bind_int(q, 2, FULFILMENT);
	souk_bind_int(q, 3, e->number);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		size_t position = (size_t)souk_column_int(q, 0);

		if (position < order->count)
			order->lines[position].now = souk_column_int(q, 3);
	}
	return step == SOUK_STEP_DONE ? SOUK_ANSWER : SOUK_FAILED;
}

static bool store(struct souk_stage *stage, const struct event *e, const struct ordered *order, int64_t number,
	int64_t amount)
{
	struct souk_query *q;

	if (e->number && !fulfilment_set(stage, e->order_id, e->number, "shipped"))
		return false;
	q = souk_ask(stage->store, SHIPMENT_PUT);
	souk_bind_text(q, 1, e->order_id);
	souk_bind_int(q, 2, number);
	souk_bind_text(q, 3, e->id);
	souk_bind_int(q, 4, e->number);
	souk_bind_text(q, 5, e->location);
	souk_bind_text(q, 6, e->carrier);
	souk_bind_text(q, 7, e->tracking);
	souk_bind_text(q, 8, order->currency);
	souk_bind_int(q, 9, amount);
	souk_bind_int(q, 10, souk_now(stage));
	return souk_do(q) && ordered_store(stage, order, SHIPMENT, number);
}

static void answer(struct souk_buffer *out, const struct event *e, const struct ordered *order, int64_t number,
	int64_t amount)
{
	souk_put_open(out, NULL, '{');
	souk_put_string(out, "state", "held");
	souk_put_int(out, "shipment", number);
	if (e->number)
		souk_put_int(out, "fulfilment", e->number);
	souk_put_some(out, "location", e->location);
	souk_put_some(out, "carrier", e->carrier);
	souk_put_some(out, "tracking", e->tracking);
	ordered_put(out, order);
	souk_put_int(out, "left", ordered_left(order));
	souk_put_int(out, "amount", amount);
	souk_put_close(out, '}');
}

/* What was given up is refused again, as it was then. */
static enum souk_outcome again(struct souk_stage *stage, struct souk_record *r, const struct event *e)
{
	enum souk_outcome outcome = event_again(stage, r, e);
	struct shipment s;

	if (outcome != SOUK_ANSWER)
		return outcome;
	switch (shipment_of_event(stage, r, e->order_id, e->id, &s)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return SOUK_ANSWER;
	case SOUK_STEP_ROW:
		break;
	}
	return souk_text_is(s.state, "void") ? souk_refuse_again(r, s.error) : SOUK_ANSWER;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct event e;
	struct ordered order;
	enum souk_outcome outcome;
	int64_t number, amount;

	if (!event_read(stage, r, "ship", "fulfilment", &e))
		return SOUK_REFUSED;
	outcome = again(stage, r, &e);
	if (outcome != SOUK_PASS)
		return outcome;
	outcome = ordered_read(stage, r, e.order_id, &order);
	if (outcome == SOUK_ANSWER && e.number)
		outcome = take_fulfilment(stage, r, &e, &order);
	if (outcome != SOUK_ANSWER)
		return outcome;
	if (!e.number && !ordered_want(r, &order, e.lines, "ship"))
		return SOUK_REFUSED;
	amount = ordered_due(&order);
	number = event_next_number(stage, SHIPMENT_NEXT, e.order_id);
	if (!number || !store(stage, &e, &order, number, amount))
		return SOUK_FAILED;
	answer(&r->answer, &e, &order, number, amount);
	return event_store(stage, r, &e);
}

static const char *const reads[] = {
	"id", "order_id", "lines?", "fulfilment?", "location?", "carrier?", "tracking?", "order", NULL,
};

SOUK_VERB(ship) = {
	.function = &ship_function,
	.name = "ship",
	.summary = "hold goods of an order that are to go out, and say what is due for them",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = 64 << 10,
	.reads = reads,
	.state_size = sizeof(struct events),
	.map = map,
	.close = event_close,
};
