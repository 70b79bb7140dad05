/* SPDX-License-Identifier: ISC */
/* What a verb that calls providers keeps of a batch between its two passes. */
#include "pay.h"

#include <stdlib.h>

void work_begin(struct work *work)
{
	calls_begin(&work->calls);
	work->count = work->next = 0;
}

void work_free(struct work *work)
{
	calls_free(&work->calls);
	free(work->plans);
	souk_buffer_free(&work->digest.values);
}

struct plan *work_plan(struct work *work, const struct souk_record *r)
{
	if (work->count == work->capacity) {
		work->capacity = work->capacity ? work->capacity * 2 : SOUK_BATCH_RECORDS;
		work->plans = realloc(work->plans, work->capacity * sizeof(*work->plans));
		if (!work->plans)
			souk_die("out of memory");
	}
	work->plans[work->count] = (struct plan){.number = r->number};
	return &work->plans[work->count++];
}

bool work_refuse(struct work *work, const struct souk_record *r)
{
	struct plan *plan = work_plan(work, r);

	plan->refused = true;
	plan->error = souk_arena_copy(&work->calls.memory, (struct souk_text){r->error.at, r->error.len});
	return true;
}

enum souk_intent work_intend(struct souk_stage *stage, struct souk_record *r,
	bool (*plan_record)(struct souk_stage *, struct souk_record *))
{
	struct work *work = stage->state;
	size_t before = work->calls.count;

	if (!plan_record(stage, r))
		return SOUK_INTENT_FAILED;
	return work->calls.count > before ? SOUK_INTENT_CALL : SOUK_INTENT_ANSWERED;
}

struct plan *work_next(struct work *work, struct souk_record *r)
{
	struct plan *plan = &work->plans[work->count - 1];

	/* A record that needs no call is mapped right after it was planned; the others
	 * in their order, once the calls are made. */
	if (plan->number != r->number) {
		while (work->next < work->count && work->plans[work->next].number != r->number)
			work->next++;
		if (work->next == work->count)
			souk_die("line %llu was not seen before the calls", (unsigned long long)r->number);
		plan = &work->plans[work->next];
	}
	if (plan->refused)
		souk_refuse_again(r, plan->error);
	return plan;
}

bool pay_begin(struct souk_stage *stage)
{
	work_begin(stage->state);
	return true;
}

void pay_close(struct souk_stage *stage)
{
	work_free(stage->state);
	providers_close();
}

struct request *payment_ask(struct work *work, struct payment *p, struct souk_text key)
{
	struct request *request = calls_add(&work->calls, p->provider);

	request->key = key;
	request->authorization = p->key;
	request->reference = p->reference;
	request->currency = p->currency;
	request->token = p->token;
	request->amount = p->amount;
	p->request = request;
	return request;
}
