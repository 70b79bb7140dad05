/* SPDX-License-Identifier: ISC */
/* Storing a step of a return, and what the return is by it. */
#include "return.h"

struct item *step_item(struct souk_stage *stage, struct souk_record *r, const struct asked *asked)
{
	struct steps *s = stage->state;

	for (size_t i = 0; i < s->count; i++)
		if (souk_text_equal(s->items[i].name, asked->name))
			return &s->items[i];
	souk_refuse(r, "unknown_line", "the return has no line %.*s", SOUK_ARG(asked->name));
	souk_put_text(&r->error, "line", asked->name);
	return NULL;
}

enum souk_outcome refuse_too_many(struct souk_record *r, const struct asked *asked,
	const char *what, int64_t qty, int64_t left)
{
	souk_refuse(r, "over_returned", "of line %.*s there are %lld to %s, not %lld",
		SOUK_ARG(asked->name), (long long)left, what, (long long)qty);
	souk_put_text(&r->error, "line", asked->name);
	souk_put_int(&r->error, "qty", qty);
	souk_put_int(&r->error, "left", left);
	return SOUK_REFUSED;
}

static bool put_item(struct souk_stage *stage, const struct taking *t, const struct item *item)
{
	struct steps *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, LINE_PUT);

	souk_bind_text(q, 1, s->order_id);
	souk_bind_text(q, 2, t->return_id);
	souk_bind_int(q, 3, item->line);
	souk_bind_text(q, 4, item->name);
	souk_bind_text(q, 5, item->sku);
	souk_bind_text(q, 6, item->reason);
	souk_bind_int(q, 7, item->bought);
	souk_bind_int(q, 8, item->paid);
	souk_bind_int(q, 9, item->requested);
	souk_bind_int(q, 10, item->received);
	souk_bind_int(q, 11, item->accepted);
	souk_bind_int(q, 12, item->restock);
	souk_bind_int(q, 13, item->qty);
	souk_bind_int(q, 14, item->before);
	souk_bind_int(q, 15, item->amount);
	return souk_do(q);
}

static bool set_item(struct souk_stage *stage, const struct taking *t, const struct item *item)
{
	struct steps *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, LINE_SET);

	souk_bind_text(q, 1, s->order_id);
	souk_bind_int(q, 2, item->line);
	souk_bind_text(q, 3, t->return_id);
	souk_bind_int(q, 4, item->received);
	souk_bind_int(q, 5, item->accepted);
	souk_bind_int(q, 6, item->restock);
	souk_bind_int(q, 7, item->qty);
	souk_bind_int(q, 8, item->before);
	souk_bind_int(q, 9, item->amount);
	return souk_do(q);
}

static bool put_return(struct souk_stage *stage, const struct taking *t, int64_t amount)
{
	struct steps *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, t->step == REQUEST ? RETURN_PUT : RETURN_SET);

	souk_bind_text(q, 1, t->return_id);
	if (t->step != REQUEST) {
		souk_bind_text(q, 2, souk_text_of(return_states[t->step]));
		souk_bind_int(q, 3, amount);
		return souk_do(q);
	}
	souk_bind_text(q, 2, s->order_id);
	souk_bind_text(q, 3, s->currency);
	souk_bind_text(q, 4, souk_text_of(return_states[t->step]));
	souk_bind_text(q, 5, t->reason);
	souk_bind_int(q, 6, t->at);
	return souk_do(q);
}

static bool put_step(struct souk_stage *stage, const struct souk_record *r, const struct taking *t)
{
	struct souk_query *q = souk_ask(stage->store, STEP_PUT);

	souk_bind_text(q, 1, souk_text_of(step_verbs[t->step]));
	souk_bind_text(q, 2, t->id);
	souk_bind_text(q, 3, t->return_id);
	souk_bind_blob(q, 4, t->digest, sizeof(t->digest));
	souk_bind_text(q, 5, t->actor);
	souk_bind_text(q, 6, (struct souk_text){r->answer.at, r->answer.len});
	souk_bind_int(q, 7, t->at);
	return souk_do(q);
}

enum souk_outcome step_end(struct souk_stage *stage, struct souk_record *r, const struct taking *t)
{
	struct steps *s = stage->state;
	struct souk_buffer *out = &r->answer;
	int64_t amount = 0;

	/* The sum fits: it is part of what the order cost. */
	for (size_t i = 0; i < s->count; i++)
		amount += s->items[i].amount;
	souk_put_open(out, NULL, '{');
	souk_put_string(out, "state", return_states[t->step]);
	if (!souk_text_equal(t->id, t->return_id))
		souk_put_text(out, "id", t->return_id);
	if (t->step == REFUND) {
		souk_put_text(out, "currency", s->currency);
		souk_put_int(out, "amount", amount);
	}
	souk_put_open(out, "lines", '[');
	for (size_t i = 0; i < s->count; i++)
		item_put(out, &s->items[i], t->step);
	souk_add_string(out, "]}");
	for (size_t i = 0; i < s->count; i++)
		if (!(t->step == REQUEST ? put_item : set_item)(stage, t, &s->items[i]))
			return SOUK_FAILED;
	return put_return(stage, t, amount) && put_step(stage, r, t) ? SOUK_ANSWER : SOUK_FAILED;
}
