/* SPDX-License-Identifier: ISC */
/* Takes the exports of stock and pay, and what they are compared with. */
#include "audit.h"

/* Of a payment's key at its provider. */
enum { MAX_KEY = 1024 };

/* Of a location; where none is named, it is main. */
enum { MAX_LOCATION = 64 };

/* No level and no count of pieces reaches this. */
#define MAX_PIECES (INT64_C(1) << 53)

static const char *const hold_states[] = {"held", "committed", "released", "refused", NULL};
static const char *const movement_verbs[] = {
	"receive", "adjust", "ship", "unship", "restock", "stocktake", "transfer", NULL};
static const char *const payment_states[] = {
	"intended", "action_required", "declined", "authorized", "voiding", "voided", NULL};
static const char *const event_verbs[] = {"capture", "void", "refund", NULL};
static const char *const event_states[] = {"intended", "done", "declined", NULL};

bool need_word(struct souk_record *r, const char *name, const char *const *words, struct souk_text *word)
{
	if (!souk_need_text(r, NULL, name, 1, 64, word))
		return false;
	for (; *words; words++)
		if (souk_text_is(*word, *words))
			return true;
	souk_refuse_value(r, souk_member(r, name), "%.*s is none that souk-audit knows", SOUK_ARG(*word));
	return false;
}

static bool need_bool(struct souk_record *r, const char *name, bool *value)
{
	if (souk_member(r, name))
		return souk_may_bool(r, NULL, name, value);
	souk_refuse(r, "bad_record", "%s is missing", name);
	return false;
}

static bool need_amount(struct souk_record *r, const char *name, int64_t *value)
{
	return souk_need_int(r, NULL, name, INT64_MIN + 1, INT64_MAX, value);
}

void note_twice(struct audit *a, const char *export, struct souk_text id)
{
	books_put(a, PUT_TWICE, "tt", souk_text_of(export), id);
}

static bool read_hold(struct audit *a)
{
	struct souk_record *r = &a->line;
	const struct souk_node *lines, *n;
	struct souk_text id, state, sku;
	bool is_new;

	if (!souk_need_id(r, &id) || !need_word(r, "state", hold_states, &state) ||
	    !souk_need_node(r, NULL, "lines", SOUK_ARRAY, &lines))
		return false;
	is_new = books_put(a, PUT_HOLD, "tt", id, state);
	if (!is_new)
		note_twice(a, "stock.hold", id);
	for (n = souk_first(r, lines); n; n = souk_next(r, lines, n)) {
		int64_t qty, backordered = 0, shipped = 0, released = 0;

		if (!souk_need_object(r, n) ||
		    !souk_need_text(r, n, "sku", 1, SOUK_MAX_SKU, &sku) ||
		    !souk_need_int(r, n, "qty", 1, MAX_PIECES, &qty) ||
		    !souk_may_int(r, n, "backordered", 0, qty, &backordered) ||
		    !souk_may_int(r, n, "shipped", 0, qty, &shipped) ||
		    !souk_may_int(r, n, "released", 0, qty - shipped, &released))
			return false;
		if (is_new)
			books_put(a, PUT_HOLD_LINE, "ttiii", id, sku, qty, backordered, shipped + released);
	}
	return true;
}

static bool read_movement(struct audit *a)
{
	struct souk_record *r = &a->line;
	struct souk_text id, verb, sku, location = SOUK_TEXT("main");
	int64_t qty, on_hand;

	if (!souk_need_id(r, &id) || !need_word(r, "verb", movement_verbs, &verb) ||
	    !souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, &sku) ||
	    !souk_need_int(r, NULL, "qty", -SOUK_MAX_QTY, SOUK_MAX_QTY, &qty) ||
	    !souk_may_text(r, NULL, "location", 1, MAX_LOCATION, &location) ||
	    !souk_need_int(r, NULL, "on_hand", -MAX_PIECES, MAX_PIECES, &on_hand))
		return false;
	if (books_put(a, PUT_MOVEMENT, "ttttii", verb, id, sku, location, qty, on_hand))
		a->movements++;
	else
		note_twice(a, "stock.movement", id);
	return true;
}

static bool read_level(struct audit *a)
{
	struct souk_record *r = &a->line;
	struct souk_text sku;
	int64_t on_hand, taken;

	if (!souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, &sku) ||
	    !souk_need_int(r, NULL, "on_hand", -MAX_PIECES, MAX_PIECES, &on_hand) ||
	    !souk_need_int(r, NULL, "taken", -MAX_PIECES, MAX_PIECES, &taken))
		return false;
	if (!books_put(a, PUT_LEVEL, "tii", sku, on_hand, taken))
		note_twice(a, "stock.level", sku);
	return true;
}

/* What of a level is at another location than main. */
static bool read_shelf(struct audit *a)
{
	struct souk_record *r = &a->line;
	struct souk_text sku, location;
	int64_t on_hand, taken;

	if (!souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, &sku) ||
	    !souk_need_text(r, NULL, "location", 1, MAX_LOCATION, &location) ||
	    !souk_need_int(r, NULL, "on_hand", -MAX_PIECES, MAX_PIECES, &on_hand) ||
	    !souk_need_int(r, NULL, "taken", -MAX_PIECES, MAX_PIECES, &taken))
		return false;
	if (!books_put(a, PUT_SHELF, "ttii", sku, location, on_hand, taken))
		note_twice(a, "stock.shelf", sku);
	return true;
}

static bool read_payment(struct audit *a)
{
	struct souk_record *r = &a->line;
	struct souk_text order_id, id, method, currency, state, key, reference = {0};
	int64_t amount, authorized, captured, refunded;
	bool settled;

	if (!souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &order_id) || !souk_need_id(r, &id) ||
	    !souk_need_text(r, NULL, "method", 1, SOUK_MAX_ID, &method) ||
	    !souk_need_text(r, NULL, "currency", 3, 3, &currency) || !need_amount(r, "amount", &amount) ||
	    !need_word(r, "state", payment_states, &state) || !need_bool(r, "settled", &settled) ||
	    !need_amount(r, "authorized", &authorized) || !need_amount(r, "captured", &captured) ||
	    !need_amount(r, "refunded", &refunded) || !souk_need_text(r, NULL, "key", 1, MAX_KEY, &key) ||
	    !souk_may_text(r, NULL, "reference", 1, MAX_KEY, &reference))
		return false;
	if (books_put(a, PUT_PAYMENT, "ttttitiiiitt", order_id, id, method, currency, amount, state,
	    (int64_t)settled, authorized, captured, refunded, key, reference))
		a->payments++;
	else
		note_twice(a, "pay.payment", order_id);
	return true;
}

static bool read_event(struct audit *a)
{
	struct souk_record *r = &a->line;
	struct souk_text order_id, payment, verb, id, state;
	int64_t amount;

	if (!souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &order_id) || !souk_need_id(r, &id) ||
	    !souk_need_text(r, NULL, "payment", 1, SOUK_MAX_ID, &payment) ||
	    !need_word(r, "verb", event_verbs, &verb) || !need_amount(r, "amount", &amount) ||
	    !need_word(r, "state", event_states, &state))
		return false;
	if (!books_put(a, PUT_EVENT, "ttttit", order_id, payment, verb, id, amount, state))
		note_twice(a, "pay.event", id);
	return true;
}

static bool read_statement(struct audit *a)
{
	struct souk_record *r = &a->line;
	struct souk_text provider, key, reference = {0}, currency;
	int64_t authorized, captured, refunded;
	bool voided;

	if (!souk_need_text(r, NULL, "provider", 1, SOUK_MAX_ID, &provider) ||
	    !souk_need_text(r, NULL, "key", 1, MAX_KEY, &key) ||
	    !souk_may_text(r, NULL, "reference", 1, MAX_KEY, &reference) ||
	    !souk_need_text(r, NULL, "currency", 3, 3, &currency) ||
	    !need_amount(r, "authorized", &authorized) || !need_amount(r, "captured", &captured) ||
	    !need_amount(r, "refunded", &refunded) || !need_bool(r, "voided", &voided))
		return false;
	a->statements++;
	if (!books_put(a, PUT_STATEMENT, "ttttiiii", key, provider, reference, currency, authorized,
	    captured, refunded, (int64_t)voided))
		note_twice(a, "pay.statement", key);
	return true;
}

static bool read_stocktake(struct audit *a)
{
	struct souk_record *r = &a->line;
	struct souk_text sku;
	int64_t qty;

	if (!souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, &sku) ||
	    !souk_need_int(r, NULL, "qty", 0, SOUK_MAX_QTY, &qty))
		return false;
	a->counted++;
	books_put(a, PUT_STOCKTAKE, "ti", sku, qty);
	return true;
}

static const struct kind {
	const char *name;
	bool (*read)(struct audit *a);
} kinds[] = {
	{"order", read_order}, {"order.cancellation", read_cancellation}, {"order.event", read_order_event},
	{"return", read_return}, {"return.step", read_return_step}, {"invoice", read_invoice},
	{"pay.card", read_card},
	{"stock.hold", read_hold},
	{"stock.movement", read_movement},
	{"stock.level", read_level}, {"stock.shelf", read_shelf}, {"pay.payment", read_payment}, {"pay.event", read_event},
	{"pay.statement", read_statement}, {"stocktake", read_stocktake},
	{"promo.hold", read_promotion_hold}, {"promo.use", read_promotion_use},
};

bool read_export(struct audit *a)
{
	struct souk_record *r = &a->line;
	struct souk_text name;

	if (!souk_need_text(r, NULL, "export", 1, 64, &name))
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (souk_text_is(name, kinds[i].name))
			return kinds[i].read(a);
	souk_refuse_value(r, souk_member(r, "export"), "%.*s is none that souk-audit knows",
		SOUK_ARG(name));
	return false;
}
