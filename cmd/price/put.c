/* SPDX-License-Identifier: ISC */
/* souk-price put: stores a price, or replaces the one of the same sku, currency,
 * list, group, min_qty and from. */
#include "price.h"

struct put {
	struct souk_buffer body;
};

struct price {
	struct souk_text sku, list, group;
	const struct souk_currency *currency;
	int64_t min_qty, max_qty, from, to;
	struct souk_decimal amount;
};

static bool read_price(struct souk_record *r, struct price *p)
{
	*p = (struct price){.min_qty = 1, .max_qty = SOUK_MAX_QTY,
		.from = SOUK_TIME_FIRST, .to = SOUK_TIME_LAST + 1};
	if (!souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, &p->sku) ||
	    !souk_order_currency(r, &p->currency) ||
	    !need_unit_price(r, NULL, "amount", "amount_decimal", &p->amount) ||
	    !souk_may_int(r, NULL, "min_qty", 1, SOUK_MAX_QTY, &p->min_qty) ||
	    !souk_may_int(r, NULL, "max_qty", p->min_qty, SOUK_MAX_QTY, &p->max_qty) ||
	    !souk_may_text(r, NULL, "list", 1, MAX_LIST, &p->list) ||
	    !souk_may_text(r, NULL, "group", 1, MAX_GROUP, &p->group) ||
	    !souk_may_time(r, "from", &p->from) || !souk_may_time(r, "to", &p->to))
		return false;
	if (p->from < p->to)
		return true;
	souk_refuse(r, "bad_record", "to must be later than from: at it the price ends");
	return false;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct put *s = stage->state;
	struct souk_query *q;
	struct price p;

	if (!read_price(r, &p))
		return SOUK_REFUSED;
	souk_make_body(&s->body, r);
	q = souk_ask(stage->store, PRICE_PUT);
	souk_bind_text(q, 1, p.sku);
	souk_bind_text(q, 2, souk_text_of(p.currency->code));
	souk_bind_text(q, 3, p.list);
	souk_bind_text(q, 4, p.group);
	souk_bind_int(q, 5, p.min_qty);
	souk_bind_int(q, 6, p.from);
	souk_bind_int(q, 7, p.max_qty);
	souk_bind_int(q, 8, p.to);
	souk_bind_int(q, 9, p.amount.digits);
	souk_bind_int(q, 10, p.amount.scale);
	souk_bind_text(q, 11, (struct souk_text){s->body.at, s->body.len});
	return souk_do(q) ? souk_answer_state(r, "stored") : SOUK_FAILED;
}

static void close(struct souk_stage *stage)
{
	struct put *s = stage->state;

	souk_buffer_free(&s->body);
}

/* All members are read, as all are kept. */
static const char *const reads[] = {"sku", "currency", "*", NULL};

SOUK_VERB(put) = {
	.function = &price_function,
	.name = "put",
	.summary = "store a price, or replace it",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.needs_no_id = true,
	.reads = reads,
	.state_size = sizeof(struct put),
	.map = map,
	.close = close,
};
