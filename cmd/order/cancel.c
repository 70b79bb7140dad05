/* SPDX-License-Identifier: ISC */
/* Reading a cancellation. */
#include "cancel.h"

const char *const cancel_members[] = {"id", "time?", "currency", "customer.id?", "lines", NULL};

bool cancel_read_price(struct souk_record *r, const struct souk_node *object,
	struct souk_decimal *price)
{
	struct souk_text text = {0};
	int64_t amount = -1;

	if (!souk_may_int(r, object, "unit_price", 0, INT64_MAX, &amount) ||
	    !souk_may_text(r, object, "unit_price_decimal", 1, 40, &text))
		return false;
	if ((amount >= 0) == (text.at != NULL)) {
		souk_refuse_value(r, object, "must have either unit_price or unit_price_decimal");
		return false;
	}
	*price = (struct souk_decimal){.digits = amount};
	if (!text.at || (souk_decimal_parse(text, price) && price->digits >= 0))
		return true;
	souk_refuse_value(r, souk_find(r, object, "unit_price_decimal"),
		"must be a decimal in minor units such as \"12.5\", not negative");
	return false;
}

static bool read_lines(struct souk_record *r, struct souk_digest *d, struct cancellation *c)
{
	if (!souk_order_lines(r, &c->lines, &c->count))
		return false;
	c->prices = souk_record_alloc(r, c->count * sizeof(*c->prices));
	souk_digest_int(d, (int64_t)c->count);
	for (size_t i = 0; i < c->count; i++) {
		const struct souk_line *line = &c->lines[i];
		const struct souk_node *agreed = NULL;

		c->prices[i] = (struct souk_decimal){.scale = CANCEL_ANY_PRICE};
		if (!souk_may_node(r, line->node, "agreed", SOUK_OBJECT, &agreed) ||
		    (agreed && !cancel_read_price(r, agreed, &c->prices[i])))
			return false;
		souk_digest_text(d, line->id);
		souk_digest_text(d, line->sku);
		souk_digest_int(d, line->qty);
		souk_digest_int(d, c->prices[i].digits);
		souk_digest_int(d, c->prices[i].scale);
	}
	return true;
}

bool cancel_read(struct souk_stage *stage, struct souk_record *r, struct souk_digest *d,
	struct cancellation *c)
{
	const struct souk_node *customer = NULL, *time = souk_member(r, "time");
	const struct souk_currency *currency;

	*c = (struct cancellation){0};
	if (!souk_need_id(r, &c->id) || !souk_order_currency(r, &currency) ||
	    !souk_may_node(r, NULL, "customer", SOUK_OBJECT, &customer) ||
	    (customer && !souk_may_text(r, customer, "id", 1, SOUK_MAX_ID, &c->customer)) ||
	    !souk_order_time(stage, r, &c->time))
		return false;
	c->currency = souk_text_of(currency->code);
	souk_digest_begin(d);
	souk_digest_text(d, c->currency);
	souk_digest_text(d, c->customer);
	/* The time of a record without one is when it came, and so no part of it. */
	souk_digest_int(d, time && time->type != SOUK_NULL ? c->time : SOUK_NO_TIME);
	if (!read_lines(r, d, c))
		return false;
	souk_digest_end(d, c->digest);
	return true;
}
