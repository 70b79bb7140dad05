/* SPDX-License-Identifier: ISC */
/* What makes an order the same order: the values that souk-order acts on. */
#include "order.h"

static bool digest_lines(struct souk_record *r, struct souk_digest *d)
{
	struct souk_line *lines;
	size_t count;

	if (!souk_order_lines(r, &lines, &count))
		return false;
	souk_digest_int(d, (int64_t)count);
	for (size_t i = 0; i < count; i++) {
		souk_digest_text(d, lines[i].id);
		souk_digest_text(d, lines[i].sku);
		souk_digest_int(d, lines[i].qty);
	}
	return true;
}

static bool digest_pay_with(struct souk_record *r, struct souk_digest *d)
{
	const struct souk_node *array = NULL;

	if (!souk_may_node(r, NULL, "pay_with", SOUK_ARRAY, &array))
		return false;
	souk_digest_int(d, array ? (int64_t)souk_count(r, array) : 0);
	for (const struct souk_node *n = souk_first(r, array); n; n = souk_next(r, array, n)) {
		struct souk_text id = {0}, method = {0}, token = {0};
		int64_t amount = -1;

		if (!souk_need_object(r, n) ||
		    !souk_may_text(r, n, "id", 1, SOUK_MAX_ID, &id) ||
		    !souk_may_text(r, n, "method", 1, SOUK_MAX_ID, &method) ||
		    !souk_may_text(r, n, "token", 1, 1024, &token) ||
		    !souk_may_int(r, n, "amount", 0, INT64_MAX, &amount))
			return false;
		souk_digest_text(d, id);
		souk_digest_text(d, method);
		souk_digest_text(d, token);
		souk_digest_int(d, amount);
	}
	return true;
}

/* A member with all that is in it, decoded: where the goods go. */
static bool digest_whole(struct souk_record *r, struct souk_digest *d, const char *name)
{
	const struct souk_node *member = souk_member(r, name);
	const struct souk_node *end = member ? &r->nodes[member->next] : NULL;

	souk_digest_int(d, member != NULL);
	for (const struct souk_node *n = member; n < end; n++) {
		struct souk_text text = {0};

		souk_digest_int(d, n->type);
		if (n->type == SOUK_OBJECT && n->flagged) {
			souk_refuse_value(r, n, "a member name stands twice in it");
			return false;
		}
		if (n->type == SOUK_OBJECT || n->type == SOUK_ARRAY) {
			souk_digest_int(d, (int64_t)n->next - (n - r->nodes));
			continue;
		}
		if (n->type != SOUK_STRING) {
			text = souk_raw(r, n);
		} else if (!souk_decode(r, n, &text)) {
			souk_refuse_value(r, member, "has half of a surrogate pair, which is no character");
			return false;
		}
		souk_digest_text(d, text);
	}
	return true;
}

bool order_read(struct souk_stage *stage, struct souk_record *r, struct souk_digest *d,
	struct order_content *c)
{
	const struct souk_node *customer = NULL, *total;
	const struct souk_currency *currency;
	int64_t time = SOUK_NO_TIME;

	*c = (struct order_content){.expect_total = -1};
	if (!souk_need_id(r, &c->id) || !souk_order_currency(r, &currency) ||
	    !souk_may_node(r, NULL, "customer", SOUK_OBJECT, &customer) ||
	    (customer && !souk_may_text(r, customer, "id", 1, SOUK_MAX_ID, &c->customer)) ||
	    !souk_need_node(r, NULL, "total", SOUK_OBJECT, &total) ||
	    !souk_need_int(r, total, "total", 0, INT64_MAX, &c->total) ||
	    !souk_may_int(r, NULL, "expect_total", 0, INT64_MAX, &c->expect_total))
		return false;
	/* The time of a record without one is when it came, and so no part of it. */
	if (souk_member(r, "time") && souk_member(r, "time")->type != SOUK_NULL &&
	    !souk_order_time(stage, r, &time))
		return false;
	c->currency = souk_text_of(currency->code);
	c->expects = c->expect_total >= 0;
	souk_digest_begin(d);
	souk_digest_text(d, c->currency);
	souk_digest_text(d, c->customer);
	souk_digest_int(d, time);
	souk_digest_int(d, c->total);
	souk_digest_int(d, c->expect_total);
	if (!digest_lines(r, d) || !digest_pay_with(r, d) || !digest_whole(r, d, "ship_to") ||
	    !digest_whole(r, d, "bill_to") || !digest_whole(r, d, "ship_method"))
		return false;
	souk_digest_end(d, c->digest);
	return true;
}

