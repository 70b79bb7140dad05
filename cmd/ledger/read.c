/* SPDX-License-Identifier: ISC */
/* Takes exports other than orders; those that move neither money nor goods are passed over. */
#include "ledger.h"

enum { DAY_SECONDS = 86400, MAX_NAME = 256 };

bool need_day(struct souk_record *r, const struct souk_node *object, const char *name, int64_t *day)
{
	struct souk_text text;
	int64_t seconds;

	if (!souk_need_text(r, object, name, 1, 64, &text))
		return false;
	if (!souk_time_parse(text, &seconds)) {
		souk_refuse(r, "bad_record", "%s: must be a time (RFC 3339)", name);
		return false;
	}
	*day = (seconds - SOUK_TIME_FIRST) / DAY_SECONDS + SOUK_TIME_FIRST / DAY_SECONDS;
	return true;
}

bool refuse_twice(struct souk_record *r, const char *export, struct souk_text id)
{
	souk_refuse(r, "bad_record", "%s %.*s stands twice", export, SOUK_ARG(id));
	return false;
}

static bool read_payment(struct ledger *l)
{
	struct souk_record *r = &l->line;
	struct souk_text order_id, id, method, currency;

	if (!souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &order_id) || !souk_need_id(r, &id) ||
	    !souk_need_text(r, NULL, "method", 1, SOUK_MAX_ID, &method) ||
	    !souk_need_text(r, NULL, "currency", 3, 3, &currency))
		return false;
	return souk_scratch_put(&l->books, PAYMENT_PUT, "tttt", order_id, id, method, currency) ||
		refuse_twice(r, "pay.payment", order_id);
}

static bool read_payment_event(struct ledger *l)
{
	struct souk_record *r = &l->line;
	struct souk_text order_id, payment, verb, id, state;
	int64_t amount, day;

	if (!souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &order_id) || !souk_need_id(r, &id) ||
	    !souk_need_text(r, NULL, "payment", 1, SOUK_MAX_ID, &payment) ||
	    !souk_need_text(r, NULL, "verb", 1, 64, &verb) ||
	    !souk_need_text(r, NULL, "state", 1, 64, &state) ||
	    !souk_need_int(r, NULL, "amount", 0, INT64_MAX, &amount) || !need_day(r, NULL, "time", &day))
		return false;
	/* What is intended may still be declined, and a void moves nothing. */
	if (!souk_text_is(state, "done") || (!souk_text_is(verb, "capture") && !souk_text_is(verb, "refund")))
		return true;
	return souk_scratch_put(&l->books, PAYMENT_EVENT_PUT, "ttttii", order_id, payment, verb, id, amount,
		day) ||
		refuse_twice(r, "pay.event", id);
}

static bool read_order_event(struct ledger *l)
{
	struct souk_record *r = &l->line;
	struct souk_text order_id, id, event;
	int64_t day;

	if (!souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &order_id) || !souk_need_id(r, &id) ||
	    !souk_need_text(r, NULL, "event", 1, 64, &event) || !need_day(r, NULL, "time", &day))
		return false;
	return !souk_text_is(event, "cancel") ||
		souk_scratch_put(&l->books, CANCELLED_PUT, "tti", order_id, id, day) ||
		refuse_twice(r, "order.event", id);
}

static bool read_return(struct ledger *l)
{
	struct souk_record *r = &l->line;
	struct souk_text id, order_id, state, name;
	const struct souk_node *lines, *n;
	int64_t day, amount, part = 0;

	if (!souk_need_id(r, &id) || !souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &order_id) ||
	    !souk_need_text(r, NULL, "state", 1, 64, &state) || !need_day(r, NULL, "time", &day) ||
	    !souk_need_node(r, NULL, "lines", SOUK_ARRAY, &lines))
		return false;
	if (!souk_text_is(state, "refunded"))
		return true;
	for (n = souk_first(r, lines); n; n = souk_next(r, lines, n)) {
		if (!souk_need_object(r, n) || !souk_need_text(r, n, "id", 1, MAX_NAME, &name) ||
		    !souk_need_int(r, n, "amount", 0, INT64_MAX, &amount))
			return false;
		if (!souk_scratch_put(&l->books, GIVEN_BACK_PUT, "titiit", order_id, day, id, ++part, amount,
		    name))
			return refuse_twice(r, "return", id);
	}
	return true;
}

/* The day on which a return was refunded; the return itself tells when it was asked for. */
static bool read_return_step(struct ledger *l)
{
	struct souk_record *r = &l->line;
	struct souk_text verb, return_id;
	int64_t day;

	if (!souk_need_text(r, NULL, "verb", 1, 64, &verb) ||
	    !souk_need_text(r, NULL, "return_id", 1, SOUK_MAX_ID, &return_id) ||
	    !need_day(r, NULL, "time", &day))
		return false;
	if (souk_text_is(verb, "refund"))
		souk_scratch_put(&l->books, REFUND_DAY_PUT, "ti", return_id, day);
	return true;
}

static bool read_movement(struct ledger *l)
{
	struct souk_record *r = &l->line;
	struct souk_text id, verb, sku, location = SOUK_TEXT("");
	int64_t qty, day;

	if (!souk_need_id(r, &id) || !souk_need_text(r, NULL, "verb", 1, 64, &verb) ||
	    !souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, &sku) ||
	    !souk_may_text(r, NULL, "location", 1, MAX_NAME, &location) ||
	    !souk_need_int(r, NULL, "qty", -SOUK_MAX_QTY, SOUK_MAX_QTY, &qty) ||
	    !need_day(r, NULL, "time", &day))
		return false;
	return souk_scratch_put(&l->books, MOVEMENT_PUT, "ttttii", verb, id, sku, location, qty, day) ||
		refuse_twice(r, "stock.movement", id);
}

static bool read_hold(struct ledger *l)
{
	struct souk_record *r = &l->line;
	const struct souk_node *lines, *n;
	struct souk_text id, state, sku;
	int64_t qty, part = 0;

	if (!souk_need_id(r, &id) || !souk_need_text(r, NULL, "state", 1, 64, &state) ||
	    !souk_need_node(r, NULL, "lines", SOUK_ARRAY, &lines))
		return false;
	for (n = souk_first(r, lines); n; n = souk_next(r, lines, n)) {
		int64_t released = 0;

		if (!souk_need_object(r, n) || !souk_need_text(r, n, "sku", 1, SOUK_MAX_SKU, &sku) ||
		    !souk_need_int(r, n, "qty", 1, INT64_MAX, &qty) ||
		    !souk_may_int(r, n, "released", 0, qty, &released))
			return false;
		if (souk_text_is(state, "committed") &&
		    !souk_scratch_put(&l->books, HOLD_PUT, "ttii", id, sku, ++part, qty - released))
			return refuse_twice(r, "stock.hold", id);
	}
	return true;
}

bool read_cost(struct ledger *l)
{
	const struct souk_currency *currency;
	struct souk_decimal unit;
	struct souk_text sku;

	if (!souk_cost_read(&l->line, &sku, &currency, &unit))
		return false;
	return !currency || souk_scratch_put(&l->books, COST_PUT, "ttii", sku, souk_text_of(currency->code),
		unit.digits, (int64_t)unit.scale) || refuse_twice(&l->line, "cost", sku);
}

bool read_export(struct ledger *l)
{
	static const struct {
		const char *name;
		bool (*read)(struct ledger *l);
	} kinds[] = {
		{"order", read_order}, {"order.event", read_order_event},
		{"pay.payment", read_payment}, {"pay.event", read_payment_event},
		{"pay.card", read_card}, {"return", read_return},
		{"return.step", read_return_step}, {"stock.movement", read_movement},
		{"stock.hold", read_hold},
	};
	struct souk_text name;

	if (!souk_need_text(&l->line, NULL, "export", 1, 64, &name))
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (souk_text_is(name, kinds[i].name))
			return kinds[i].read(l);
	return true;
}
