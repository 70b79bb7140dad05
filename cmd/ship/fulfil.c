/* SPDX-License-Identifier: ISC */
/* souk-ship fulfil: goods of an order are packed, all that is left or a part. */
#include "event.h"

static bool store(struct souk_stage *stage, const struct event *e, const struct ordered *order, int64_t number)
{
	struct souk_query *q = souk_ask(stage->store, FULFILMENT_PUT);

	souk_bind_text(q, 1, e->order_id);
	souk_bind_int(q, 2, number);
	souk_bind_text(q, 3, e->id);
	souk_bind_text(q, 4, e->location);
	souk_bind_int(q, 5, souk_now(stage));
	return souk_do(q) && ordered_store(stage, order, FULFILMENT, number);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct event e;
	struct ordered order;
	enum souk_outcome outcome;
	int64_t number;

	if (!event_read(stage, r, "fulfil", NULL, &e))
		return SOUK_REFUSED;
	outcome = event_again(stage, r, &e);
	if (outcome != SOUK_PASS)
		return outcome;
	outcome = ordered_read(stage, r, e.order_id, &order);
	if (outcome != SOUK_ANSWER)
		return outcome;
	if (!ordered_want(r, &order, e.lines, "pack"))
		return SOUK_REFUSED;
	number = event_next_number(stage, FULFILMENT_NEXT, e.order_id);
	if (!number || !store(stage, &e, &order, number))
		return SOUK_FAILED;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "packed");
	souk_put_int(&r->answer, "fulfilment", number);
	souk_put_some(&r->answer, "location", e.location);
	ordered_put(&r->answer, &order);
	souk_put_close(&r->answer, '}');
	return event_store(stage, r, &e);
}

static const char *const reads[] = {"id", "order_id", "lines?", "location?", "order", NULL};

SOUK_VERB(fulfil) = {
	.function = &ship_function,
	.name = "fulfil",
	.summary = "note that goods of an order are packed",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = 64 << 10,
	.reads = reads,
	.state_size = sizeof(struct events),
	.map = map,
	.close = event_close,
};
