/* SPDX-License-Identifier: ISC */
/* souk-pay void: releases what was authorized and not captured. */
#include "event.h"

/* While the provider has not answered a capture, nobody knows what there is. */
static int64_t left(const struct payment *p)
{
	return p->state == AUTHORIZED && !p->capturing ? p->authorized - p->captured : 0;
}

static bool ask(struct souk_stage *stage, struct souk_text order_id, int64_t position,
	int64_t amount)
{
	struct souk_query *q = souk_ask(stage->store, PAYMENT_VOID);

	(void)amount;
	souk_bind_text(q, 1, order_id);
	souk_bind_int(q, 2, true);
	souk_bind_int(q, 3, position);
	return souk_do(q);
}

static bool conclude(struct souk_stage *stage, struct souk_text order_id, int64_t position,
	int64_t amount, bool approved)
{
	struct souk_query *q = souk_ask(stage->store, PAYMENT_RELEASED);

	(void)amount;
	souk_bind_text(q, 1, order_id);
	souk_bind_int(q, 2, position);
	souk_bind_text(q, 3, souk_text_of(payment_states[approved ? VOIDED : AUTHORIZED]));
	return souk_do(q);
}

static const struct event_kind kind = {
	.verb = "void",
	.done = "voided",
	.partly = "partly_voided",
	.too_much = "partial_void",
	.operation = VOID,
	.whole = true,
	.left = left,
	.ask = ask,
	.conclude = conclude,
};

static void open(struct souk_stage *stage)
{
	((struct events *)stage->state)->kind = &kind;
}

SOUK_VERB(void_verb) = {
	.function = &pay_function,
	.name = "void",
	.summary = "release what a placed order authorized and nothing captured",
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
