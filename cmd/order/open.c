/* SPDX-License-Identifier: ISC */
/* souk-order open: stores the priced order before anything is held or charged. */
#include "order.h"

static const struct souk_bulk order_puts = {.one = ORDER_PUT, .all = ORDER_PUT_ALL, .columns = 6};
static const struct souk_bulk body_puts = {.one = BODY_PUT, .all = BODY_PUT_ALL, .columns = 2};

struct open {
	struct souk_digest digest;
};

static bool put_body(struct souk_stage *stage, const struct souk_record *r, struct souk_text id)
{
	struct souk_query *q = souk_defer(stage->store, &body_puts);

	souk_bind_text(q, 1, id);
	souk_bind_lasting(q, 2, (struct souk_text){r->line, r->len});
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
	q = souk_defer(stage->store, &order_puts);
	souk_bind_text(q, 1, c.id);
	souk_bind_blob(q, 2, c.digest, sizeof(c.digest));
	souk_bind_text(q, 3, c.currency);
	souk_bind_int(q, 4, c.total);
	souk_bind_text(q, 5, c.customer);
	souk_bind_int(q, 6, souk_now(stage));
	if (!souk_do(q))
		return SOUK_FAILED;
	if (!souk_store_changes(stage->store))
		return order_answer_stored(stage, r, &c);
	return put_body(stage, r, c.id) ? order_answer(r, ORDER_OPEN) : SOUK_FAILED;
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
	.whole = true,
	.reads = order_members,
	.state_size = sizeof(struct open),
	.map = map,
	.close = close,
};
