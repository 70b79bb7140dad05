/* SPDX-License-Identifier: ISC */
/* A change of a cart: told from those made before, kept within its limits, stored. */
#include "cart.h"

const char *const change_members[] = {"id", "cart_id", "line", NULL};

void change_open(struct souk_stage *stage)
{
	struct change *s = stage->state;

	if (!s->max_lines)
		s->max_lines = DEFAULT_LINES;
	if (!s->max_qty)
		s->max_qty = DEFAULT_QTY;
}

void change_close(struct souk_stage *stage)
{
	struct change *s = stage->state;

	cart_free(&s->cart);
	souk_buffer_free(&s->digest.values);
}

bool change_read(struct souk_stage *stage, struct souk_record *r)
{
	struct change *s = stage->state;

	if (!souk_need_id(r, &s->event) || !souk_need_text(r, NULL, "cart_id", 1, SOUK_MAX_ID, &s->cart.id))
		return false;
	souk_digest_begin(&s->digest);
	souk_digest_text(&s->digest, s->cart.id);
	return true;
}

bool change_begin(struct souk_stage *stage, struct souk_record *r, enum souk_outcome *outcome)
{
	struct change *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, EVENT_GET);

	souk_digest_end(&s->digest, s->digested);
	souk_bind_text(q, 1, souk_text_of(stage->verb->name));
	souk_bind_text(q, 2, s->event);
	*outcome = souk_answer_again(r, q, s->digested);
	if (*outcome == SOUK_REFUSED)
		souk_refuse(r, "id_conflict", "this id was used for another %s", stage->verb->name);
	if (*outcome != SOUK_PASS)
		return false;
	*outcome = SOUK_FAILED;
	return cart_read(stage, &s->cart, s->cart.id);
}

enum souk_outcome change_end(struct souk_stage *stage, struct souk_record *r, bool changed,
	void (*put_more)(struct souk_stage *stage, struct souk_buffer *out))
{
	struct change *s = stage->state;
	struct souk_query *q;

	if (changed && !cart_store(stage, &s->cart))
		return SOUK_FAILED;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", s->cart.count ? "open" : "empty");
	cart_put_lines(&s->cart, &r->answer);
	souk_put_int(&r->answer, "version", s->cart.version);
	if (put_more)
		put_more(stage, &r->answer);
	souk_put_close(&r->answer, '}');
	q = souk_ask(stage->store, EVENT_PUT);
	souk_bind_text(q, 1, souk_text_of(stage->verb->name));
	souk_bind_text(q, 2, s->event);
	souk_bind_blob(q, 3, s->digested, sizeof(s->digested));
	souk_bind_text(q, 4, (struct souk_text){r->answer.at, r->answer.len});
	souk_bind_int(q, 5, souk_now(stage));
	return souk_do(q) ? SOUK_ANSWER : SOUK_FAILED;
}

enum souk_outcome change_set(struct souk_stage *stage, struct souk_record *r, struct souk_text sku, int64_t qty)
{
	struct change *s = stage->state;
	struct cart_line *line = cart_find(&s->cart, sku);

	if (qty > s->max_qty) {
		souk_refuse(r, "too_many", "a line of a cart holds %lld pieces at most, not %lld",
			(long long)s->max_qty, (long long)qty);
		souk_put_text(&r->error, "sku", sku);
		souk_put_int(&r->error, "limit", s->max_qty);
		return SOUK_REFUSED;
	}
	if (!line && !qty)
		return SOUK_ANSWER;
	if (!line && (int64_t)s->cart.count >= s->max_lines) {
		souk_refuse(r, "cart_full", "a cart holds %lld lines at most", (long long)s->max_lines);
		souk_put_int(&r->error, "limit", s->max_lines);
		return SOUK_REFUSED;
	}
	if (!line)
		line = cart_append(&s->cart, sku);
	line->qty = qty;
	if (!qty)
		cart_remove(&s->cart, line);
	return SOUK_ANSWER;
}
