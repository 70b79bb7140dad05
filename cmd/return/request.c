/* SPDX-License-Identifier: ISC */
/* souk-return request: a customer wants to send something back. */
#include "return.h"

static void open(struct souk_stage *stage)
{
	static const char *const reads[] = {"lines", "price", "promo", "tax", "currency", NULL};
	struct steps *s = stage->state;

	souk_record_init(&s->order, return_function.name, &(struct souk_interest){.reads = reads});
}

/* What souk-order lookup said of the order. */
struct bought {
	struct souk_line *lines;
	int64_t *paid, *shipped;
	size_t count;
};

static bool read_shipped(struct souk_record *r, const struct souk_node *order, struct bought *b)
{
	const struct souk_node *progress, *n;
	size_t i = 0;

	if (!souk_need_node(r, order, "progress", SOUK_ARRAY, &progress))
		return false;
	if (souk_count(r, progress) != b->count) {
		souk_refuse_value(r, progress, "must be as long as lines of the order");
		return false;
	}
	b->shipped = souk_record_alloc(r, b->count * sizeof(*b->shipped));
	for (n = souk_first(r, progress); n; n = souk_next(r, progress, n))
		if (!souk_need_int(r, n, "shipped", 0, SOUK_MAX_QTY, &b->shipped[i++]))
			return false;
	return true;
}

static bool read_order(struct souk_stage *stage, struct souk_record *r, struct bought *b)
{
	const struct souk_currency *currency;
	const struct souk_node *order = NULL, *record;
	struct steps *s = stage->state;
	struct souk_text json;

	if (!souk_may_node(r, NULL, "order", SOUK_OBJECT, &order))
		return false;
	if (!order) {
		souk_refuse(r, "bad_record", "order is missing: souk-order lookup has to run before");
		return false;
	}
	if (!souk_need_node(r, order, "record", SOUK_OBJECT, &record))
		return false;
	json = souk_raw(r, record);
	if (!souk_record_parse(&s->order, json.at, json.len)) {
		souk_refuse_value(r, record, "%s", s->order.fault);
		return false;
	}
	if (!souk_order_lines(&s->order, &b->lines, &b->count) ||
	    !souk_order_currency(&s->order, &currency)) {
		souk_refuse_value(r, record, "is no order");
		return false;
	}
	b->paid = souk_record_alloc(r, b->count * sizeof(*b->paid));
	if (!paid_read(&s->order, b->count, b->paid)) {
		souk_refuse(r, "not_priced", "what was paid for the lines of the order can't be read: "
			"it went by souk-price or souk-tax");
		return false;
	}
	s->currency = souk_text_of(currency->code);
	return read_shipped(r, order, b);
}

/* Pieces of the line that were sent and that no return has a claim to. */
static bool left_of(struct souk_stage *stage, const struct taking *t, const struct bought *b,
	size_t line, int64_t *left)
{
	int64_t claimed;

	if (!line_sum(stage, LINE_CLAIMED, t->order_id, (int64_t)line, &claimed))
		return false;
	*left = b->shipped[line] > claimed ? b->shipped[line] - claimed : 0;
	return true;
}

static void add_item(struct souk_stage *stage, struct souk_record *r, const struct bought *b,
	size_t line, int64_t qty, struct souk_text reason)
{
	struct steps *s = stage->state;
	const struct souk_line *of = &b->lines[line];
	struct souk_text name = of->id;

	if (!name.len) {
		char *number = souk_record_alloc(r, 24);

		name = (struct souk_text){number, (size_t)snprintf(number, 24, "%zu", line + 1)};
	}
	s->items[s->count++] = (struct item){.name = name, .sku = of->sku, .reason = reason,
		.line = (int64_t)line, .bought = of->qty, .paid = b->paid[line], .requested = qty,
		.qty = qty};
}

static enum souk_outcome add_asked(struct souk_stage *stage, struct souk_record *r,
	const struct taking *t, const struct bought *b, const struct asked *a)
{
	size_t line = souk_line_find(b->lines, b->count, a->name);
	int64_t left, qty = a->qty;

	if (line == b->count) {
		souk_refuse(r, "unknown_line", "the order has no line %.*s", SOUK_ARG(a->name));
		souk_put_text(&r->error, "line", a->name);
		return SOUK_REFUSED;
	}
	if (!left_of(stage, t, b, line, &left))
		return SOUK_FAILED;
	if (qty == 0)
		return souk_refuse_value(r, a->node, "qty must be 1 or more, or left out for all");
	if (qty < 0)
		qty = left ? left : 1;
	if (qty > left)
		return refuse_too_many(r, a, "return", qty, left);
	add_item(stage, r, b, line, qty, a->reason);
	return SOUK_ANSWER;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct steps *s = stage->state;
	enum souk_outcome outcome;
	struct bought b;
	struct taking t;
	int64_t left;

	if (!step_begin(stage, r, REQUEST, &t, &outcome))
		return outcome;
	if (!read_order(stage, r, &b))
		return SOUK_REFUSED;
	s->order_id = t.order_id;
	s->items = souk_record_alloc(r, (t.asked ? t.count + 1 : b.count) * sizeof(*s->items));
	for (size_t i = 0; i < t.count; i++) {
		outcome = add_asked(stage, r, &t, &b, &t.asked[i]);
		if (outcome != SOUK_ANSWER)
			return outcome;
	}
	for (size_t i = 0; !t.asked && i < b.count; i++) {
		if (!left_of(stage, &t, &b, i, &left))
			return SOUK_FAILED;
		if (left)
			add_item(stage, r, &b, i, left, SOUK_TEXT(""));
	}
	if (!s->count)
		return souk_refuse(r, "nothing_left", "of order %.*s there is nothing left to return",
			SOUK_ARG(t.order_id));
	return step_end(stage, r, &t);
}

static const char *const reads[] = {"id", "order_id", "order", "return_id?", "lines?", "time?",
	"actor?", "reason?", NULL};

SOUK_VERB(request) = {
	.function = &return_function,
	.name = "request",
	.summary = "note what a customer wants to send back",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = 64 << 10,
	.reads = reads,
	.state_size = sizeof(struct steps),
	.open = open,
	.map = map,
	.close = steps_close,
};
