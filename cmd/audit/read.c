/* SPDX-License-Identifier: ISC */
/* Reads the exports of order, stock and pay, and what they are compared with. */
#include "audit.h"

#include <fcntl.h>
#include <unistd.h>

enum {
	MAX_KEY = 1024,       /* of a payment at its provider */
	BAD_LINES_NAMED = 10, /* of bad lines so many are named, the rest counted */
};

/* No level and no count of pieces reaches this. */
#define MAX_PIECES (INT64_C(1) << 53)

static const char *const hold_states[] = {"held", "committed", "released", "refused", NULL};
static const char *const movement_verbs[] = {"receive", "adjust", NULL};
static const char *const payment_states[] = {
	"intended", "action_required", "declined", "authorized", "voiding", "voided", NULL};
static const char *const event_verbs[] = {"capture", "void", "refund", NULL};
static const char *const event_states[] = {"intended", "done", "declined", NULL};

static bool need_word(struct souk_record *r, const char *name, const char *const *words,
	struct souk_text *word)
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

static void note_twice(struct audit *a, const char *export, struct souk_text id)
{
	books_put(a, PUT_TWICE, "tt", souk_text_of(export), id);
}

static bool read_hold(struct audit *a)
{
	struct souk_record *r = &a->line;
	const struct souk_node *lines, *n;
	struct souk_text id, state, sku;
	bool is_new;
	int64_t qty;

	if (!souk_need_id(r, &id) || !need_word(r, "state", hold_states, &state) ||
	    !souk_need_node(r, NULL, "lines", SOUK_ARRAY, &lines))
		return false;
	is_new = books_put(a, PUT_HOLD, "tt", id, state);
	if (!is_new)
		note_twice(a, "stock.hold", id);
	for (n = souk_first(r, lines); n; n = souk_next(r, lines, n)) {
		if (n->type != SOUK_OBJECT) {
			souk_refuse_value(r, n, "must be an object");
			return false;
		}
		if (!souk_need_text(r, n, "sku", 1, SOUK_MAX_SKU, &sku) ||
		    !souk_need_int(r, n, "qty", 1, MAX_PIECES, &qty))
			return false;
		if (is_new)
			books_put(a, PUT_HOLD_LINE, "tti", id, sku, qty);
	}
	return true;
}

static bool read_movement(struct audit *a)
{
	struct souk_record *r = &a->line;
	struct souk_text id, verb, sku;
	int64_t qty;

	if (!souk_need_id(r, &id) || !need_word(r, "verb", movement_verbs, &verb) ||
	    !souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, &sku) ||
	    !souk_need_int(r, NULL, "qty", -SOUK_MAX_QTY, SOUK_MAX_QTY, &qty))
		return false;
	if (books_put(a, PUT_MOVEMENT, "ttti", verb, id, sku, qty))
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
	{"order", read_order}, {"stock.hold", read_hold}, {"stock.movement", read_movement},
	{"stock.level", read_level}, {"pay.payment", read_payment}, {"pay.event", read_event},
	{"pay.statement", read_statement}, {"stocktake", read_stocktake},
};

static bool read_export(struct audit *a)
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

/* What has no id entered without one, and was refused for that. */
static bool read_entered(struct audit *a)
{
	struct souk_text id;

	if (souk_need_id(&a->line, &id) && books_put(a, PUT_ENTERED, "t", id))
		a->entered_count++;
	return true;
}

static bool read_answer(struct audit *a)
{
	struct souk_record *r = &a->line;
	const struct souk_node *order = NULL;
	struct souk_text id, state = {0};

	if (!souk_need_id(r, &id))
		return true;
	if (!souk_may_node(r, NULL, "order", SOUK_OBJECT, &order) ||
	    (order && !souk_may_text(r, order, "state", 1, 64, &state)))
		return false;
	if (!state.at && r->error_member)
		state = SOUK_TEXT("refused");
	if (state.at)
		books_put(a, PUT_ANSWERED, "tt", id, state);
	return true;
}

/* Names a bad line, as long as they are few. */
static void bad_line(struct audit *a, const char *path, uint64_t number, struct souk_text message)
{
	bool named = path && strcmp(path, "-");

	if (a->bad_lines++ < BAD_LINES_NAMED)
		souk_warn("%s%sline %llu: %.*s", named ? path : "", named ? ": " : "",
			(unsigned long long)number, SOUK_ARG(message));
}

/* The message within an error object that is not yet closed: its last member. */
static struct souk_text message_of(const struct souk_record *r)
{
	static const char before[] = "\"message\":\"";
	const char *at = memmem(r->error.at, r->error.len, before, sizeof(before) - 1);

	at += sizeof(before) - 1;
	return (struct souk_text){at, (size_t)(r->error.at + r->error.len - at - 1)};
}

void read_source(struct audit *a, enum source source, const char *path)
{
	static bool (*const take[])(struct audit *) = {
		[EXPORTS] = read_export, [ENTERED] = read_entered, [ANSWERS] = read_answer};
	static const char *const members[] = {"export", "id", "state", "closed", "currency", "total",
		"record", "lines", "verb", "sku", "qty", "on_hand", "taken", "order_id", "method", "amount",
		"settled", "authorized", "captured", "refunded", "key", "reference", "payment", "provider",
		"voided", NULL};
	static const char *const answer_members[] = {"id", "order", NULL};
	int fd = path && strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	const struct souk_input_line *lines;
	struct souk_record *r = &a->line;
	struct souk_input *input;
	struct souk_buffer fault = {0};
	size_t count;

	if (fd < 0)
		souk_die_errno("cannot open %s", path);
	souk_record_init(r, "audit",
		&(struct souk_interest){.reads = source == EXPORTS ? members : answer_members});
	input = souk_input_open(fd, (size_t)a->max_record, -1);
	while ((count = souk_input_next(input, &lines, 0))) {
		for (size_t i = 0; i < count; i++) {
			bool is_record = !lines[i].too_long && souk_record_parse(r, lines[i].at, lines[i].len);

			if (is_record && !take[source](a))
				bad_line(a, path, lines[i].number, message_of(r));
			/* What is no record has no id by which it could be looked for. */
			if (is_record || source != EXPORTS)
				continue;
			fault.len = 0;
			if (lines[i].too_long)
				souk_add_format(&fault, "longer than %lld bytes (--max-record)",
					(long long)a->max_record);
			else
				souk_add_format(&fault, "%s (byte %u of the line)", r->fault, r->fault_at + 1);
			bad_line(a, path, lines[i].number, (struct souk_text){fault.at, fault.len});
		}
	}
	souk_buffer_free(&fault);
	souk_input_close(input);
	souk_record_free(r);
	if (fd != STDIN_FILENO)
		close(fd);
}
