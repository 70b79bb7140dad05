/* SPDX-License-Identifier: ISC */
/* souk-pay settle: keeps the authorizations of a placed order, voids those of a
 * rejected one. Whether an order was placed, the record's order.state says. */
#include "pay.h"

static const struct souk_bulk settlements = {.one = PAYMENT_SETTLE, .all = PAYMENT_SETTLE_ALL,
	.columns = 1, .span = PAYMENT_SETTLE_SPAN, .compared = 1, .any_number = true};

/* An order that was rejected before anything was paid: whatever of it comes late
 * must not be authorized. */
static bool bar(struct souk_stage *stage, struct souk_text id)
{
	struct souk_query *q = souk_ask(stage->store, PAYMENT_BAR);

	souk_bind_text(q, 1, id);
	souk_bind_int(q, 2, souk_now(stage));
	return souk_do(q);
}

/* Only what has to be voided is intended: a placed order needs no call. */
static bool plan_record(struct souk_stage *stage, struct souk_record *r)
{
	struct work *work = stage->state;
	struct souk_arena *memory = &work->calls.memory;
	enum souk_decision decision;
	struct souk_text id;
	struct plan *plan;
	struct souk_query *q;

	if (!souk_order_decision(r, &id, &decision))
		return work_refuse(work, r);
	plan = work_plan(work, r);
	plan->decision = decision;
	if (decision != SOUK_REJECTED)
		return true;
	plan->id = souk_arena_copy(memory, id);
	q = souk_ask(stage->store, PAYMENT_VOID);
	souk_bind_text(q, 1, plan->id);
	souk_bind_int(q, 2, false);
	souk_bind_int(q, 3, 0);
	if (!souk_do(q) || !payments_get(stage->store, work, plan->id, &plan->payments, NULL))
		return false;
	if (!plan->payments)
		return bar(stage, plan->id);
	for (struct payment *p = plan->payments; p; p = p->next)
		if (p->state == VOIDING && !p->settled)
			payment_ask(work, p, make_key(memory, "settle", plan->id, p->position));
	return true;
}

static enum souk_intent intend(struct souk_stage *stage, struct souk_record *r)
{
	return work_intend(stage, r, plan_record);
}

static bool call(struct souk_stage *stage)
{
	struct work *work = stage->state;

	return calls_make(&work->calls, VOID, souk_now(stage));
}

static bool store_void(struct souk_stage *stage, struct souk_text id, struct payment *p)
{
	struct souk_query *q;

	if (!p->request || p->request->answer != APPROVED)
		return true;
	p->state = VOIDED;
	q = souk_ask(stage->store, PAYMENT_VOIDED);
	souk_bind_text(q, 1, id);
	souk_bind_int(q, 2, p->position);
	souk_bind_text(q, 3, souk_text_of(payment_states[VOIDED]));
	souk_bind_int(q, 4, p->request->authorized);
	return souk_do(q);
}

/* What became of a placed order's payment later, by events, is not told here: the
 * same record has the same answer. */
static enum payment_state shown(const struct payment *p)
{
	return p->settled ? AUTHORIZED : p->state;
}

/* The state of all payments together, by the one that matters most. */
static enum payment_state worst(const struct payment *payments)
{
	static const unsigned char weight[] = {
		[INTENDED] = 4, [NEEDS_ACTION] = 4, [REFUSED] = 1, [AUTHORIZED] = 3, [VOIDING] = 5,
		[VOIDED] = 2};
	enum payment_state state = REFUSED;

	for (const struct payment *p = payments; p; p = p->next)
		if (weight[shown(p)] > weight[state])
			state = shown(p);
	return state;
}

static enum souk_outcome answer(struct souk_record *r, const struct payment *payments)
{
	enum payment_state state = worst(payments);
	bool any = payments && payments->provider;

	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", any ? payment_states[state] : "none");
	if (any) {
		souk_put_open(&r->answer, "payments", '[');
		for (const struct payment *p = payments; p; p = p->next)
			put_payment(&r->answer, p, payment_states[shown(p)]);
		souk_put_close(&r->answer, ']');
	}
	if (state == REFUSED || state == AUTHORIZED || state == VOIDED)
		souk_put_bool(&r->answer, "settled", true);
	souk_put_close(&r->answer, '}');
	for (const struct payment *p = payments; p; p = p->next) {
		if (shown(p) != VOIDING)
			continue;
		if (!p->request || p->request->answer == UNKNOWN)
			return wait_unknown(r, p->id);
		souk_wait(r, "void_declined", "the provider declined to void payment %.*s: %.*s",
			SOUK_ARG(p->id), SOUK_ARG(p->request->message));
		souk_put_text(&r->error, "payment", p->id);
		return SOUK_WAITING;
	}
	return SOUK_ANSWER;
}

/* The answer of authorize stands, with the mark that it is settled. */
static enum souk_outcome answer_kept(struct souk_record *r)
{
	static const char *const changed[] = {"settled", NULL};

	souk_put_open(&r->answer, NULL, '{');
	souk_put_kept(&r->answer, r, r->own_member, changed);
	souk_put_bool(&r->answer, "settled", true);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct work *work = stage->state;
	struct plan *plan = work_next(work, r);
	struct souk_query *q;

	if (plan->refused)
		return SOUK_REFUSED;
	if (plan->decision == SOUK_UNDECIDED)
		return SOUK_PASS;
	if (plan->decision == SOUK_REJECTED) {
		for (struct payment *p = plan->payments; p; p = p->next)
			if (!store_void(stage, plan->id, p))
				return SOUK_FAILED;
		return answer(r, plan->payments);
	}
	if (!souk_need_id(r, &plan->id))
		return SOUK_REFUSED;
	q = souk_defer(stage->store, &settlements);
	souk_bind_text(q, 1, plan->id);
	if (!souk_do(q))
		return SOUK_FAILED;
	if (r->own_member)
		return answer_kept(r);
	if (!payments_get(stage->store, work, plan->id, &plan->payments, NULL))
		return SOUK_FAILED;
	return answer(r, plan->payments);
}

static const char *const reads[] = {"id", "order", NULL};

SOUK_VERB(settle) = {
	.function = &pay_function,
	.name = "settle",
	.summary = "keep what a placed order authorized, void what a rejected one did",
	.kind = SOUK_FILTER,
	.effects = SOUK_EXTERNAL,
	.acts_on = SOUK_ON_FAILED | SOUK_ON_WAITING,
	.reads = reads,
	.state_size = sizeof(struct work),
	.begin = pay_begin,
	.intend = intend,
	.call = call,
	.map = map,
	.close = pay_close,
};
