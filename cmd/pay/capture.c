/* SPDX-License-Identifier: ISC */
/* souk-pay capture: takes what was authorized, all of it or a part. */
#include "event.h"

static int64_t left(const struct payment *p)
{
	return p->state == AUTHORIZED ? p->authorized - p->captured - p->capturing : 0;
}

static const struct event_kind kind = {
	.verb = "capture",
	.done = "captured",
	.partly = "partly_captured",
	.too_much = "over_captured",
	.operation = CAPTURE,
	.statement = PAYMENT_CAPTURE,
	.amount_in = "ship",
	.left = left,
	.ask = event_ask,
	.conclude = event_conclude,
};

static void open(struct souk_stage *stage)
{
	((struct events *)stage->state)->kind = &kind;
}

SOUK_VERB(capture) = {
	.function = &pay_function,
	.name = "capture",
	.summary = "take what a placed order authorized, or a part of it",
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
