/* SPDX-License-Identifier: ISC */
/* souk-order open: stores the priced order before anything is held or charged. */
#include "order.h"

struct open {
	struct souk_digest digest;
	int64_t last;             /* seq of the newest order */
	bool counted;             /* `last` was read */
};

static bool begin(struct souk_stage *stage)
{
	struct open *s = stage->state;
	bool changed = souk_store_changed(stage->store);
	struct souk_query *q;

	if (s->counted && !changed && !stage->repeated)
		return true;
	q = souk_ask(stage->store, ORDER_LAST);
	if (souk_step(q) != SOUK_STEP_ROW)
		return false;
	s->last = souk_column_int(q, 0);
	s->counted = true;
	souk_done(q);
	return true;
}

static bool put_body(struct souk_stage *stage, const struct souk_record *r, int64_t seq)
{
	struct souk_query *q = souk_ask(stage->store, BODY_PUT);

	souk_bind_int(q, 1, seq);
	souk_bind_text(q, 2, (struct souk_text){r->line, r->len});
	return souk_do(q);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct open *s = stage->state;
	struct order_content c;
	struct souk_query *q;

	if (!order_read(stage, r, &s->digest, &c))
		return SOUK_REFUSED;
	if (c.expects && c.expect_total != c.total) {
		souk_refuse(r, "price_changed", "the total is %lld, not the %lld that is expected",
			(long long)c.total, (long long)c.expect_total);
		souk_put_int(&r->error, "total", c.total);
		souk_put_int(&r->error, "expect_total", c.expect_total);
		return SOUK_REFUSED;
	}
	/* One statement tells a new order from one seen before. */
	q = souk_ask(stage->store, ORDER_PUT);
	souk_bind_int(q, 1, s->last + 1);
	souk_bind_text(q, 2, c.id);
	souk_bind_blob(q, 3, c.digest, sizeof(c.digest));
	souk_bind_text(q, 4, c.currency);
	souk_bind_int(q, 5, c.total);
	souk_bind_text(q, 6, c.customer);
	souk_bind_int(q, 7, souk_now(stage));
	if (!souk_do(q))
		return SOUK_FAILED;
	if (!souk_store_changes(stage->store))
		return order_answer_stored(stage, r, &c);
	s->last++;
	return put_body(stage, r, s->last) ? order_answer(r, ORDER_OPEN) : SOUK_FAILED;
}

static void close(struct souk_stage *stage)
{
	struct open *s = stage->state;

	souk_buffer_free(&s->digest.values);
}

SOUK_VERB(open_verb) = {
	.function = &order_function,
	.name = "open",
	.summary = "store an order before anything is held or charged",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	/* What is let in must have room for all that the stages behind it have to say. */
	.room = 64 << 10,
	.reads = order_members,
	.state_size = sizeof(struct open),
	.begin = begin,
	.map = map,
	.close = close,
};
