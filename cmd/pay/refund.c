/* SPDX-License-Identifier: ISC */
/* souk-pay refund: gives back what was captured, all of it or a part. */
#include "event.h"

static int64_t left(const struct payment *p)
{
	return p->captured - p->refunded - p->refunding;
}

static bool intend_payment(struct souk_stage *stage, struct souk_text order_id,
	const struct payment *payment, int64_t amount)
{
	return event_move(stage, PAYMENT_REFUND, order_id, payment->position, amount, 0);
}

static bool conclude(struct souk_stage *stage, struct souk_text order_id, int64_t position,
	int64_t amount, bool approved)
{
	return event_move(stage, PAYMENT_REFUND, order_id, position, -amount, approved ? amount : 0);
}

static const struct event_kind kind = {
	.verb = "refund",
	.done = "refunded",
	.partly = "partly_refunded",
	.too_much = "over_refunded",
	.operation = REFUND,
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

SOUK_VERB(refund) = {
	.function = &pay_function,
	.name = "refund",
	.summary = "give back what was captured, or a part of it",
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
