/* SPDX-License-Identifier: ISC */
#include "order.h"

bool souk_order_lines(struct souk_record *r, struct souk_line **lines, size_t *count)
{
	const struct souk_node *array, *node;
	struct souk_line *line;

	if (!souk_need_node(r, NULL, "lines", SOUK_ARRAY, &array))
		return false;
	*count = souk_count(r, array);
	if (!*count) {
		souk_refuse_value(r, array, "must hold at least one line");
		return false;
	}
	*lines = line = souk_record_alloc(r, *count * sizeof(*line));
	for (node = souk_first(r, array); node; node = souk_next(r, array, node), line++) {
		*line = (struct souk_line){.node = node};
		if (!souk_need_object(r, node) ||
		    !souk_may_text(r, node, "id", 1, SOUK_MAX_ID, &line->id) ||
		    !souk_need_text(r, node, "sku", 1, SOUK_MAX_SKU, &line->sku) ||
		    !souk_need_int(r, node, "qty", 1, SOUK_MAX_QTY, &line->qty))
			return false;
	}
	return true;
}

size_t souk_line_find(const struct souk_line *lines, size_t count, struct souk_text name)
{
	size_t number = 0;

	for (size_t i = 0; i < count; i++)
		if (lines[i].id.len && souk_text_equal(lines[i].id, name))
			return i;
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] < '0' + !i || name.at[i] > '9' || number > count)
			return count;
		number = number * 10 + (size_t)(name.at[i] - '0');
	}
	return number && number <= count && !lines[number - 1].id.len ? number - 1 : count;
}

bool souk_order_currency(struct souk_record *r, const struct souk_currency **currency)
{
	struct souk_text code;

	if (!souk_need_text(r, NULL, "currency", 3, 3, &code))
		return false;
	*currency = souk_currency_find(code);
	if (!*currency)
		souk_refuse_value(r, souk_member(r, "currency"), "%.*s is no currency of ISO 4217 in use",
			SOUK_ARG(code));
	return *currency;
}

bool souk_is_country(struct souk_text text)
{
	return text.len == 2 && text.at[0] >= 'A' && text.at[0] <= 'Z' && text.at[1] >= 'A' &&
		text.at[1] <= 'Z';
}

bool souk_stage_lines(struct souk_record *r, const char *member, size_t count, const struct souk_node ***lines)
{
	const struct souk_node *object, *array;
	size_t i = 0;

	if (!souk_need_node(r, NULL, member, SOUK_OBJECT, &object) ||
	    !souk_need_node(r, object, "lines", SOUK_ARRAY, &array))
		return false;
	if (souk_count(r, array) != count) {
		souk_refuse_value(r, array, "must be as long as lines");
		return false;
	}
	*lines = souk_record_alloc(r, count * sizeof(**lines));
	for (const struct souk_node *n = souk_first(r, array); n; n = souk_next(r, array, n))
		(*lines)[i++] = n;
	return true;
}

static bool may_charge(struct souk_record *r, const struct souk_node *name)
{
	static const char *const never[] = {
		"customer", "ship_to", "bill_to", "lines", "coupons", "pay_with", "tax", "total", "order", "error", "wait",
	};
	struct souk_text text;

	if (!souk_decode(r, name, &text))
		return false;
	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
		if (souk_text_is(text, never[i]))
			return false;
	return true;
}

bool souk_order_charges(struct souk_record *r, const struct souk_node **at, const struct souk_node **charges)
{
	const struct souk_node *record = &r->nodes[0];

	r->error.len = 0;
	for (*at = *at ? souk_next(r, record, *at) : souk_first(r, record); *at; *at = souk_next(r, record, *at)) {
		const struct souk_node *member = *at + 1;

		*charges = NULL;
		if (member->type != SOUK_OBJECT || !souk_find(r, member, "charges") || !may_charge(r, *at))
			continue;
		if (!souk_may_node(r, member, "charges", SOUK_ARRAY, charges))
			return false;
		if (*charges)
			return true;
	}
	return false;
}

bool souk_digest_lines(struct souk_record *r, const struct souk_node *lines, struct souk_digest *digest)
{
	for (const struct souk_node *n = souk_first(r, lines); n; n = souk_next(r, lines, n)) {
		struct souk_text id;
		int64_t qty;

		if (!souk_need_object(r, n) || !souk_need_text(r, n, "id", 1, SOUK_MAX_ID, &id) ||
		    !souk_need_int(r, n, "qty", 1, SOUK_MAX_QTY, &qty))
			return false;
		souk_digest_text(digest, id);
		souk_digest_int(digest, qty);
	}
	return true;
}

bool souk_order_decision(struct souk_record *r, struct souk_text *id, enum souk_decision *decision)
{
	const struct souk_node *order = NULL;
	struct souk_text state = SOUK_TEXT("");

	if (!souk_need_id(r, id) || !souk_may_node(r, NULL, "order", SOUK_OBJECT, &order) ||
	    (order && !souk_may_text(r, order, "state", 1, 32, &state)))
		return false;
	*decision = souk_text_is(state, "placed") ? SOUK_PLACED
		: souk_text_is(state, "rejected") ? SOUK_REJECTED : SOUK_UNDECIDED;
	return true;
}

enum souk_outcome souk_order_forget(struct souk_stage *stage, struct souk_record *r, size_t statement)
{
	enum souk_decision decision;
	struct souk_query *q;
	struct souk_text id;
	bool closed = false;

	if (!souk_order_decision(r, &id, &decision) ||
	    (souk_member(r, "order") && !souk_may_bool(r, souk_member(r, "order"), "closed", &closed)))
		return SOUK_REFUSED;
	if (decision != SOUK_REJECTED || !closed)
		return SOUK_PASS;
	q = souk_ask(stage->store, statement);
	souk_bind_text(q, 1, id);
	if (!souk_do(q))
		return SOUK_FAILED;
	souk_add_string(&r->answer, "{\"state\":\"forgotten\"}");
	return SOUK_ANSWER;
}
