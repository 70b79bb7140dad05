/* SPDX-License-Identifier: ISC */
/* souk-pay capture: takes what was authorized, all of it or a part. */
#include "event.h"

static int64_t left(const struct payment *p)
{
	return p->state == AUTHORIZED ? p->authorized - p->captured - p->capturing : 0;
}

static bool intend_payment(struct souk_stage *stage, struct souk_text order_id,
	const struct payment *payment, int64_t amount)
{
	return event_move(stage, PAYMENT_CAPTURE, order_id, payment->position, amount, 0);
}

static bool conclude(struct souk_stage *stage, struct souk_text order_id, int64_t position,
	int64_t amount, bool approved)
{
	return event_move(stage, PAYMENT_CAPTURE, order_id, position, -amount, approved ? amount : 0);
}

static const struct event_kind kind = {
	.verb = "capture",
	.done = "captured",
	.partly = "partly_captured",
	.too_much = "over_captured",
	.operation = CAPTURE,
	.left = left,
	.intend = intend_payment,
	.conclude = conclude,
};

static bool plan_record(struct souk_stage *stage, struct souk_record *r)
{
	return event_intend(stage, r, &kind);
}

static enum souk_intent intend(struct souk_stage *stage, struct souk_record *r)
{
	return work_intend(stage, r, plan_record);
}

static bool call(struct souk_stage *stage)
{
	return event_call(stage, &kind);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	return event_map(stage, r, &kind);
}

SOUK_VERB(capture) = {
	.function = &pay_function,
	.name = "capture",
	.summary = "take what a placed order authorized, or a part of it",
	.kind = SOUK_FILTER,
	.effects = SOUK_EXTERNAL,
	.reads = event_reads,
	.state_size = sizeof(struct work),
	.begin = pay_begin,
	.intend = intend,
	.call = call,
	.map = map,
	.close = pay_close,
};
