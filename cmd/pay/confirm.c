/* SPDX-License-Identifier: ISC */
/* souk-pay confirm: stands in for the customer who confirms a payment on the page
 * of a provider that is pretended. Only the provider learns of it; the order's
 * record goes through authorize again. */
#include "pay.h"

static bool plan_record(struct souk_stage *stage, struct souk_record *r)
{
	struct work *work = stage->state;
	struct payment *payments;
	struct souk_text id;
	bool any = false;

	if (!souk_need_id(r, &id))
		return work_refuse(work, r);
	if (!payments_get(stage->store, work, id, &payments, NULL))
		return false;
	for (struct payment *p = payments; p; p = p->next) {
		any |= p->state == AUTHORIZED;
		if (p->state == INTENDED || p->state == NEEDS_ACTION) {
			payment_ask(work, p, p->key);
			any = true;
		}
	}
	if (!any) {
		souk_refuse(r, "nothing_to_confirm", "no payment of order %.*s waits for its customer",
			SOUK_ARG(id));
		return work_refuse(work, r);
	}
	work_plan(work, r)->payments = payments;
	return true;
}

static enum souk_intent intend(struct souk_stage *stage, struct souk_record *r)
{
	return work_intend(stage, r, plan_record);
}

static bool call(struct souk_stage *stage)
{
	struct work *work = stage->state;

	return calls_make(&work->calls, CONFIRM, souk_now(stage));
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct plan *plan = work_next(stage->state, r);

	if (plan->refused)
		return SOUK_REFUSED;
	for (const struct payment *p = plan->payments; p; p = p->next) {
		if (p->request && p->request->answer == DECLINED)
			return refuse_declined(r, p->id, p->request->code, p->request->message);
		if (p->request && p->request->answer != APPROVED)
			return wait_unknown(r, p->id);
	}
	return souk_answer_state(r, "confirmed");
}

static const char *const reads[] = {"id", NULL};

SOUK_VERB(confirm) = {
	.function = &pay_function,
	.name = "confirm",
	.summary = "confirm payments at the test provider as their customer would",
	.kind = SOUK_FILTER,
	.effects = SOUK_EXTERNAL,
	.reads = reads,
	.state_size = sizeof(struct work),
	.begin = pay_begin,
	.intend = intend,
	.call = call,
	.map = map,
	.close = pay_close,
};
