/* SPDX-License-Identifier: ISC */
/* souk-pay authorize: has the total of an order held by what it is paid with, all
 * of it or the order fails. */
#include "pay.h"

static const struct souk_bulk intents = {.one = PAYMENT_PUT, .all = PAYMENT_PUT_ALL, .columns = 11};
static const struct souk_bulk approvals = {.one = PAYMENT_ANSWER, .all = PAYMENT_AUTHORIZE_ALL,
	.columns = 7, .span = PAYMENT_ANSWER_SPAN, .compared = 2};

static bool put_intent(struct souk_stage *stage, struct work *work, struct souk_text order_id,
	struct payment *p, const unsigned char *digest)
{
	struct souk_query *q = souk_defer(stage->store, &intents);

	p->state = p->provider->immediate ? AUTHORIZED : INTENDED;
	p->key = make_key(&work->calls.memory, "authorize", order_id, p->position);
	souk_bind_text(q, 1, order_id);
	souk_bind_int(q, 2, p->position);
	souk_bind_text(q, 3, p->id);
	souk_bind_text(q, 4, p->method);
	souk_bind_text(q, 5, p->currency);
	souk_bind_int(q, 6, p->amount);
	souk_bind_text(q, 7, p->key);
	souk_bind_text(q, 8, souk_text_of(payment_states[p->state]));
	souk_bind_int(q, 9, p->provider->immediate ? p->amount : 0);
	if (p->position == 1)
		souk_bind_blob(q, 10, digest, SOUK_DIGEST_BYTES);
	else
		souk_bind_null(q, 10);
	souk_bind_int(q, 11, souk_now(stage));
	return souk_do(q);
}

/* Stores what is new. What was seen before is taken from the tables: *payments
 * becomes what is known of it. */
static bool store_intent(struct souk_stage *stage, struct work *work, struct souk_text order_id,
	const unsigned char *digest, struct payment **payments, bool *conflict)
{
	unsigned char stored[SOUK_DIGEST_BYTES] = {0};
	const struct payment *given = *payments;

	/* One statement tells a new order from one seen before. */
	if (!put_intent(stage, work, order_id, *payments, digest))
		return false;
	if (souk_store_changes(stage->store)) {
		for (struct payment *p = (*payments)->next; p; p = p->next)
			if (!put_intent(stage, work, order_id, p, digest))
				return false;
		return true;
	}
	if (!payments_get(stage->store, work, order_id, payments, stored))
		return false;
	*conflict = (*payments)->provider && memcmp(stored, digest, sizeof(stored));
	for (struct payment *p = *payments; p && given && !*conflict; p = p->next, given = given->next)
		p->token = given->token;
	return true;
}

static bool plan_record(struct souk_stage *stage, struct souk_record *r)
{
	struct work *work = stage->state;
	struct souk_arena *memory = &work->calls.memory;
	unsigned char digest[SOUK_DIGEST_BYTES];
	const struct souk_currency *currency;
	struct payment *payments = NULL;
	const struct souk_node *node;
	struct souk_text id;
	struct plan *plan;
	int64_t total;
	bool conflict = false;

	if (!souk_need_id(r, &id) || !souk_order_currency(r, &currency) ||
	    !souk_need_node(r, NULL, "total", SOUK_OBJECT, &node) ||
	    !souk_need_int(r, node, "total", 0, INT64_MAX, &total) ||
	    (total && !payments_read(r, work, total, &payments)))
		return work_refuse(work, r);
	if (payments) {
		souk_digest_begin(&work->digest);
		souk_digest_text(&work->digest, souk_text_of(currency->code));
		souk_digest_int(&work->digest, total);
		for (struct payment *p = payments; p; p = p->next) {
			p->currency = souk_text_of(currency->code);
			/* An escaped text would not outlive its record. */
			p->id = souk_arena_copy(memory, p->id);
			p->token = souk_arena_copy(memory, p->token);
			p->method = souk_text_of(p->provider->name);
			souk_digest_text(&work->digest, p->id);
			souk_digest_text(&work->digest, p->method);
			souk_digest_text(&work->digest, p->token);
			souk_digest_int(&work->digest, p->amount);
		}
		souk_digest_end(&work->digest, digest);
		if (!store_intent(stage, work, id, digest, &payments, &conflict))
			return false;
	}
	if (conflict) {
		souk_refuse(r, "id_conflict", "this id was paid for with another total or other means");
		return work_refuse(work, r);
	}
	plan = work_plan(work, r);
	plan->payments = payments;
	for (struct payment *p = payments; p; p = p->next)
		if (p->state == INTENDED || p->state == NEEDS_ACTION)
			payment_ask(work, p, p->key);
	return true;
}

static enum souk_intent intend(struct souk_stage *stage, struct souk_record *r)
{
	return work_intend(stage, r, plan_record);
}

static bool call(struct souk_stage *stage)
{
	struct work *work = stage->state;

	return calls_make(&work->calls, AUTHORIZE, souk_now(stage));
}

/* Stores the provider's answer. *moved: the payment is not what it was, as somebody
 * else answered or voided it meanwhile. */
static bool store_answer(struct souk_stage *stage, struct souk_text order_id, struct payment *p,
	bool *moved)
{
	static const enum payment_state becomes[] = {
		[UNKNOWN] = INTENDED, [APPROVED] = AUTHORIZED, [DECLINED] = REFUSED,
		[ACTION_REQUIRED] = NEEDS_ACTION};
	const struct request *request = p->request;
	struct souk_query *q;

	if (request && request->answer == UNKNOWN)
		p->state = INTENDED;
	if (!request || request->answer == UNKNOWN)
		return true;
	p->state = becomes[request->answer];
	p->reference = request->answer_reference;
	p->code = request->code;
	p->message = request->message;
	q = p->state == AUTHORIZED ? souk_defer(stage->store, &approvals)
				   : souk_ask(stage->store, PAYMENT_ANSWER);
	souk_bind_text(q, 1, order_id);
	souk_bind_int(q, 2, p->position);
	souk_bind_text(q, 3, souk_text_of(payment_states[p->state]));
	souk_bind_int(q, 4, p->state == AUTHORIZED ? p->amount : 0);
	souk_bind_text(q, 5, p->reference);
	souk_bind_text(q, 6, p->code);
	souk_bind_text(q, 7, p->message);
	if (!souk_do(q))
		return false;
	*moved |= souk_store_changes(stage->store) == 0;
	return true;
}

/* What became of a placed order's payment later does not count: the same record
 * has the same answer. */
static const struct payment *first_in(const struct payment *p, enum payment_state state)
{
	while (p && (p->settled || p->state != state))
		p = p->next;
	return p;
}

static enum souk_outcome answer(struct souk_record *r, const struct payment *payments)
{
	const struct payment *p;

	if (first_in(payments, VOIDED) || first_in(payments, VOIDING))
		return souk_refuse(r, "voided", "the payments of this order were voided");
	if ((p = first_in(payments, REFUSED)))
		return refuse_declined(r, p->id, p->code, p->message);
	if ((p = first_in(payments, INTENDED)))
		return wait_unknown(r, p->id);
	if ((p = first_in(payments, NEEDS_ACTION))) {
		if (!p->request || p->request->answer != ACTION_REQUIRED)
			return wait_unknown(r, p->id);
		souk_wait(r, "action_required", "the customer has to confirm payment %.*s",
			SOUK_ARG(p->id));
		souk_put_text(&r->error, "payment", p->id);
		souk_put_text(&r->error, "url", p->request->url);
		souk_put_name(&r->error, "until");
		souk_add_char(&r->error, '"');
		souk_add_time(&r->error, p->request->until);
		souk_add_char(&r->error, '"');
		return SOUK_WAITING;
	}
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", payments ? "authorized" : "none");
	if (payments) {
		souk_put_open(&r->answer, "payments", '[');
		for (p = payments; p; p = p->next)
			put_payment(&r->answer, p, "authorized");
		souk_put_close(&r->answer, ']');
	}
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct work *work = stage->state;
	struct plan *plan = work_next(work, r);
	struct payment *stored;
	struct souk_text id;
	bool moved = false;

	if (plan->refused || !souk_need_id(r, &id))
		return SOUK_REFUSED;
	for (struct payment *p = plan->payments; p; p = p->next)
		if (!store_answer(stage, id, p, &moved))
			return SOUK_FAILED;
	if (moved) {
		struct payment *asked = plan->payments;

		if (!payments_get(stage->store, work, id, &stored, NULL))
			return SOUK_FAILED;
		for (struct payment *p = stored; p && asked; p = p->next, asked = asked->next)
			p->request = asked->request;
		plan->payments = stored;
	}
	return answer(r, plan->payments);
}

static const char *const reads[] = {"id", "currency", "total.total", "pay_with?", NULL};

SOUK_VERB(authorize) = {
	.function = &pay_function,
	.name = "authorize",
	.summary = "have the total of an order held by what it is paid with",
	.kind = SOUK_FILTER,
	.effects = SOUK_EXTERNAL,
	.room = 12 << 10, /* for MAX_PAYMENTS payments */
	.reads = reads,
	.state_size = sizeof(struct work),
	.begin = pay_begin,
	.intend = intend,
	.call = call,
	.map = map,
	.close = pay_close,
};
