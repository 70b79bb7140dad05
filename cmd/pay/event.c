/* SPDX-License-Identifier: ISC */
/* Captures, voids and refunds: what they share. */
#include "event.h"

/* Whether there is nothing to act on, or nobody knows yet what: a payment of which the
 * provider was asked and has not answered becomes `pending`. Where enough is left whatever
 * the answer, it does not matter. */
static bool finds_nothing(const struct event_kind *kind, const struct event *e,
	const struct payment *payments, struct souk_text *pending)
{
	int64_t left = 0;

	for (const struct payment *p = payments && payments->provider ? payments : NULL; p; p = p->next) {
		if (e->payment.len || !p->settled)
			return false;
		if (p->capturing || p->refunding || p->state == VOIDING)
			*pending = p->id;
		left += kind->left(p);
	}
	if (e->amount && left >= e->amount)
		*pending = SOUK_TEXT("");
	return !left || pending->len;
}

/* Whether the event may be, with `less` also for less than it asks for: false if refused. */
static bool allows(struct souk_record *r, const struct event_kind *kind, const struct event *e,
	const struct payment *payments, bool less)
{
	int64_t left = 0;
	bool known = false;

	if (!payments || !payments->provider) {
		souk_refuse(r, "unknown_order", "nothing was paid for an order %.*s",
			SOUK_ARG(e->order_id));
		return false;
	}
	for (const struct payment *p = payments; p; p = p->next) {
		if (!event_takes_part(e, p))
			continue;
		known = true;
		if (!p->settled) {
			souk_refuse(r, "not_settled", "order %.*s is not placed, or not yet settled",
				SOUK_ARG(e->order_id));
			return false;
		}
		/* The sum can't overflow: it is part of the order's total. */
		left += kind->left(p);
	}
	if (!known)
		souk_refuse(r, "unknown_payment", "order %.*s has no payment %.*s", SOUK_ARG(e->order_id),
			SOUK_ARG(e->payment));
	else if (!left)
		souk_refuse(r, "nothing_left", "of order %.*s there is nothing left to %s",
			SOUK_ARG(e->order_id), kind->verb);
	else if ((e->amount > left && !less) || (kind->whole && e->amount && e->amount != left))
		souk_refuse(r, kind->too_much, "of order %.*s %lld are left to %s%s", SOUK_ARG(e->order_id),
			(long long)left, kind->verb, kind->whole ? ", all at once" : "");
	else
		return true;
	souk_put_int(&r->error, "left", left);
	return false;
}

static bool plan_record(struct souk_stage *stage, struct souk_record *r)
{
	struct events *s = stage->state;
	const struct event_kind *kind = s->kind;
	struct work *work = &s->work;
	struct part *parts, *part;
	struct payment *payments;
	struct event e = {.payment = SOUK_TEXT("")};
	struct souk_text pending = SOUK_TEXT("");
	bool same = true, none;

	if (!event_read(r, kind, &e))
		return work_refuse(work, r);
	if (!event_get_parts(stage, work, kind, &e, &parts, &same) ||
	    !payments_get(stage->store, work, e.order_id, &payments, NULL))
		return false;
	if (!same) {
		souk_refuse(r, "id_conflict", "this id was used for another %s", kind->verb);
		return work_refuse(work, r);
	}
	none = !parts && (e.none || (s->if_any && finds_nothing(kind, &e, payments, &pending)));
	if (none) {
		struct plan *plan = work_plan(work, r);

		plan->none = true;
		plan->pending = pending;
		return true;
	}
	if (!parts && !allows(r, kind, &e, payments, s->if_any))
		return work_refuse(work, r);
	if (!parts && !event_spread(stage, work, kind, &e, payments, &parts))
		return false;
	work_plan(work, r)->parts = parts;
	for (part = parts; part; part = part->next) {
		struct payment *p = payments;

		if (!souk_text_is(part->state, "intended"))
			continue;
		while (p->position != part->position)
			p = p->next;
		part->request = payment_ask(work, p, part->key);
		part->request->amount = part->amount;
	}
	return true;
}

enum souk_intent event_intend(struct souk_stage *stage, struct souk_record *r)
{
	return work_intend(stage, r, plan_record);
}

/* Adds to what is asked for and to what is done. */
static bool move(struct souk_stage *stage, struct souk_text order_id, int64_t position,
	int64_t asked, int64_t done)
{
	const struct events *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, s->kind->statement);

	souk_bind_text(q, 1, order_id);
	souk_bind_int(q, 2, position);
	souk_bind_int(q, 3, asked);
	souk_bind_int(q, 4, done);
	return souk_do(q);
}

bool event_ask(struct souk_stage *stage, struct souk_text order_id, int64_t position,
	int64_t amount)
{
	return move(stage, order_id, position, amount, 0);
}

bool event_conclude(struct souk_stage *stage, struct souk_text order_id, int64_t position,
	int64_t amount, bool approved)
{
	return move(stage, order_id, position, -amount, approved ? amount : 0);
}

bool event_call(struct souk_stage *stage)
{
	struct events *s = stage->state;

	return calls_make(&s->work.calls, s->kind->operation, souk_now(stage));
}

static bool store_answer(struct souk_stage *stage, const struct event_kind *kind,
	const struct event *e, struct part *part)
{
	const struct request *request = part->request;
	struct souk_query *q;
	bool approved;

	if (!request || request->answer == UNKNOWN)
		return true;
	approved = request->answer == APPROVED;
	part->state = souk_text_of(approved ? "done" : "declined");
	part->code = request->code;
	part->message = request->message;
	q = souk_ask(stage->store, EVENT_ANSWER);
	souk_bind_text(q, 1, souk_text_of(kind->verb));
	souk_bind_text(q, 2, e->id);
	souk_bind_int(q, 3, part->position);
	souk_bind_text(q, 4, part->state);
	souk_bind_text(q, 5, part->code);
	souk_bind_text(q, 6, part->message);
	/* Another process may have stored the same answer: then the payment has it too. */
	return souk_do(q) && (!souk_store_changes(stage->store) ||
		kind->conclude(stage, e->order_id, part->position, part->amount, approved));
}

/* What another event of this record did with the payments stands. */
static enum souk_outcome answer_none(struct souk_record *r, const struct plan *plan)
{
	if (plan->pending.len)
		return wait_unknown(r, plan->pending);
	if (r->own_member)
		return SOUK_PASS;
	souk_add_string(&r->answer, "{\"state\":\"none\",\"amount\":0}");
	return SOUK_ANSWER;
}

enum souk_outcome event_map(struct souk_stage *stage, struct souk_record *r)
{
	struct events *s = stage->state;
	const struct event_kind *kind = s->kind;
	const struct part *declined = NULL;
	struct event e = {.payment = SOUK_TEXT("")};
	struct plan *plan = work_next(&s->work, r);
	int64_t sum = 0;

	if (plan->refused || !event_read(r, kind, &e))
		return SOUK_REFUSED;
	if (plan->none)
		return answer_none(r, plan);
	for (struct part *part = plan->parts; part; part = part->next)
		if (!store_answer(stage, kind, &e, part))
			return SOUK_FAILED;
	for (const struct part *part = plan->parts; part; part = part->next) {
		if (souk_text_is(part->state, "intended"))
			return wait_unknown(r, part->payment);
		if (souk_text_is(part->state, "declined"))
			declined = declined ? declined : part;
		else
			sum += part->amount;
	}
	if (!sum)
		return refuse_declined(r, declined->payment, declined->code, declined->message);
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", declined ? kind->partly : kind->done);
	souk_put_int(&r->answer, "amount", sum);
	souk_put_open(&r->answer, "payments", '[');
	for (const struct part *part = plan->parts; part; part = part->next) {
		bool done = !souk_text_is(part->state, "declined");

		souk_put_open(&r->answer, NULL, '{');
		souk_put_text(&r->answer, "id", part->payment);
		souk_put_int(&r->answer, "amount", part->amount);
		souk_put_string(&r->answer, "state", done ? kind->done : "declined");
		if (!done)
			souk_put_text(&r->answer, "decline_code", part->code);
		souk_put_close(&r->answer, '}');
	}
	souk_add_string(&r->answer, "]}");
	return SOUK_ANSWER;
}
