/* SPDX-License-Identifier: ISC */
/* The parts of an event: what it does to each payment, as stored. */
#include "event.h"

bool event_get_parts(struct souk_stage *stage, struct work *work,
	const struct event_kind *kind, const struct event *e, struct part **parts, bool *same)
{
	struct souk_arena *memory = &work->calls.memory;
	struct souk_query *q = souk_ask(stage->store, EVENT_GET);
	struct part **end = parts;
	enum souk_step step;

	*parts = NULL;
	souk_bind_text(q, 1, souk_text_of(kind->verb));
	souk_bind_text(q, 2, e->id);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct part *part = souk_arena_alloc(memory, sizeof(*part));

		*part = (struct part){
			.position = souk_column_int(q, 0),
			.payment = souk_arena_copy(memory, souk_column_text(q, 4)),
			.amount = souk_column_int(q, 5),
			.key = souk_arena_copy(memory, souk_column_text(q, 6)),
			.state = souk_arena_copy(memory, souk_column_text(q, 7)),
			.code = souk_arena_copy(memory, souk_column_text(q, 8)),
			.message = souk_arena_copy(memory, souk_column_text(q, 9)),
		};
		*same = souk_text_equal(souk_column_text(q, 1), e->order_id) &&
			souk_text_equal(souk_column_text(q, 2), e->payment) &&
			souk_column_int(q, 3) == e->amount;
		*end = part;
		end = &part->next;
	}
	return step == SOUK_STEP_DONE;
}

bool event_takes_part(const struct event *e, const struct payment *p)
{
	return !e->payment.len || souk_text_equal(e->payment, p->id);
}

static bool put_part(struct souk_stage *stage, const struct event_kind *kind, const struct event *e,
	const struct part *part)
{
	struct souk_query *q = souk_ask(stage->store, EVENT_PUT);

	souk_bind_text(q, 1, souk_text_of(kind->verb));
	souk_bind_text(q, 2, e->id);
	souk_bind_int(q, 3, part->position);
	souk_bind_text(q, 4, e->order_id);
	souk_bind_text(q, 5, e->payment);
	souk_bind_int(q, 6, e->amount);
	souk_bind_text(q, 7, part->payment);
	souk_bind_int(q, 8, part->amount);
	souk_bind_text(q, 9, part->key);
	souk_bind_int(q, 10, souk_now(stage));
	return souk_do(q);
}

bool event_spread(struct souk_stage *stage, struct work *work, const struct event_kind *kind,
	const struct event *e, const struct payment *payments, struct part **parts)
{
	struct souk_arena *memory = &work->calls.memory;
	int64_t rest = e->amount ? e->amount : INT64_MAX;

	for (const struct payment *p = payments; p && rest; p = p->next) {
		int64_t left = event_takes_part(e, p) ? kind->left(p) : 0, amount = left < rest ? left : rest;
		struct part *part;

		if (!amount)
			continue;
		rest -= amount;
		*parts = part = souk_arena_alloc(memory, sizeof(*part));
		*part = (struct part){.position = p->position, .amount = amount, .payment = p->id,
			.key = make_key(memory, kind->verb, e->id, p->position),
			.state = SOUK_TEXT("intended")};
		parts = &part->next;
		if (!put_part(stage, kind, e, part) || !kind->ask(stage, e->order_id, p->position, amount))
			return false;
	}
	return true;
}
