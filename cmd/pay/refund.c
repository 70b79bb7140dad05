/* SPDX-License-Identifier: ISC */
/* souk-pay refund: gives back what was captured, all of it or a part. */
#include "event.h"

static int64_t left(const struct payment *p)
{
	return p->captured - p->refunded - p->refunding;
}

static const struct event_kind kind = {
	.verb = "refund",
	.done = "refunded",
	.partly = "partly_refunded",
	.too_much = "over_refunded",
	.operation = REFUND,
	.statement = PAYMENT_REFUND,
	.amount_in = "return",
	.left = left,
	.ask = event_ask,
	.conclude = event_conclude,
};

static void open(struct souk_stage *stage)
{
	((struct events *)stage->state)->kind = &kind;
}

SOUK_VERB(refund) = {
	.function = &pay_function,
	.name = "refund",
	.summary = "give back what was captured, or a part of it",
	.kind = SOUK_FILTER,
	.effects = SOUK_EXTERNAL,
	.reads = event_reads,
	.state_size = sizeof(struct events),
	.open = open,
	.options = event_options,
	.begin = pay_begin,
	.intend = event_intend,
	.call = event_call,
	.map = event_map,
	.close = pay_close,
};
