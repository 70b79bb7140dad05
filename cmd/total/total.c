/* SPDX-License-Identifier: ISC */
/* souk-total: adds up what the stages before it found. It knows no rules of its
 * own: what an order costs has been decided when it comes here. */
#include "souk.h"

/* What goes into the sum, in minor units. */
struct parts {
	int64_t subtotal, discount, charges, tax;
	bool inclusive;           /* the other parts contain the tax */
};

/* The member that a stage before this one writes. */
static bool need_stage(struct souk_record *r, const char *member, const struct souk_node **object)
{
	if (souk_member(r, member))
		return souk_need_node(r, NULL, member, SOUK_OBJECT, object);
	souk_refuse(r, "bad_record", "%s is missing: souk-%s has to run before souk-total",
		member, member);
	return false;
}

static bool read_parts(struct souk_record *r, struct parts *parts)
{
	const struct souk_node *price, *tax, *promo = NULL;

	if (!need_stage(r, "price", &price) || !need_stage(r, "tax", &tax) ||
	    !souk_may_node(r, NULL, "promo", SOUK_OBJECT, &promo) ||
	    !souk_need_int(r, price, "subtotal", 0, INT64_MAX, &parts->subtotal) ||
	    !souk_need_int(r, tax, "tax", -INT64_MAX, INT64_MAX, &parts->tax) ||
	    !souk_may_bool(r, tax, "inclusive", &parts->inclusive))
		return false;
	/* What is off the lines, which souk-tax went by, must be off the sum. */
	return !(souk_find(r, promo, "lines") || souk_find(r, promo, "discount")) ||
		souk_need_int(r, promo, "discount", 0, parts->subtotal, &parts->discount);
}

enum sum { SUM_FITS, SUM_OVERFLOWS, SUM_REFUSED };

static enum sum add_charges(struct souk_record *r, int64_t *sum)
{
	const struct souk_node *at = NULL, *charges, *n;

	while (souk_order_charges(r, &at, &charges))
		for (n = souk_first(r, charges); n; n = souk_next(r, charges, n)) {
			int64_t amount;

			if (!souk_need_int(r, n, "amount", -INT64_MAX, INT64_MAX, &amount))
				return SUM_REFUSED;
			if (!souk_money_add(*sum, amount, sum))
				return SUM_OVERFLOWS;
		}
	return r->error.len ? SUM_REFUSED : SUM_FITS;
}

static bool add_up(const struct parts *parts, int64_t *total)
{
	return souk_money_sub(parts->subtotal, parts->discount, total) &&
		souk_money_add(*total, parts->charges, total) &&
		(parts->inclusive || souk_money_add(*total, parts->tax, total));
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct parts parts = {0};
	int64_t total;
	enum sum sum;

	(void)stage;
	if (!read_parts(r, &parts))
		return SOUK_REFUSED;
	sum = add_charges(r, &parts.charges);
	if (sum == SUM_REFUSED)
		return SOUK_REFUSED;
	if (sum == SUM_OVERFLOWS || !add_up(&parts, &total))
		return souk_refuse(r, "overflow", "the sum of this order is too large");
	souk_put_open(&r->answer, NULL, '{');
	souk_put_int(&r->answer, "subtotal", parts.subtotal);
	if (parts.discount)
		souk_put_int(&r->answer, "discount", parts.discount);
	souk_put_int(&r->answer, "charges", parts.charges);
	souk_put_int(&r->answer, "tax", parts.tax);
	souk_put_int(&r->answer, "total", total);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static const struct souk_function total_function = {
	.name = "total",
	.summary = "what an order comes to",
};

static const char *const reads[] = {"price", "promo?", "tax", "*.charges", NULL};

SOUK_VERB(total) = {
	.function = &total_function,
	.summary = "add up price, charges and tax of an order",
	.kind = SOUK_FILTER,
	.reads = reads,
	.map = map,
};
