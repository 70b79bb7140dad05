/* SPDX-License-Identifier: ISC */
/* Reads an order as it was stored, and what of it was packed, shipped and cancelled. */
#include "goods.h"
#include "ordered.h"

#include <stdio.h>

/* The `lines` of a stage's member of the stored record, NULL each if there is no such
 * member or it has no lines: then of this stage nothing is known. */
static bool stage_lines(struct souk_record *r, const struct souk_node *record, const char *member, size_t count,
	const struct souk_node ***lines)
{
	const struct souk_node *object = NULL, *array = NULL;
	size_t i = 0;

	*lines = souk_record_alloc(r, count * sizeof(**lines));
	memset(*lines, 0, count * sizeof(**lines));
	if (!souk_may_node(r, record, member, SOUK_OBJECT, &object) ||
	    (object && !souk_may_node(r, object, "lines", SOUK_ARRAY, &array)))
		return false;
	if (!array)
		return true;
	if (souk_count(r, array) != count) {
		souk_refuse_value(r, array, "must be as long as lines");
		return false;
	}
	for (const struct souk_node *n = souk_first(r, array); n; n = souk_next(r, array, n))
		(*lines)[i++] = n;
	return true;
}

static struct souk_text number_text(struct souk_record *r, size_t number)
{
	char *at = souk_record_alloc(r, 24);

	return (struct souk_text){at, (size_t)snprintf(at, 24, "%zu", number)};
}

static bool read_line(struct souk_record *r, const struct souk_node *node, size_t number, struct ordered_line *line)
{
	*line = (struct ordered_line){.id = {"", 0}};
	if (!souk_need_object(r, node) ||
	    !souk_may_text(r, node, "id", 1, SOUK_MAX_ID, &line->id) ||
	    !souk_need_text(r, node, "sku", 1, SOUK_MAX_SKU, &line->sku) ||
	    !souk_need_int(r, node, "qty", 1, SOUK_MAX_QTY, &line->ordered))
		return false;
	line->wanted = line->ordered;
	if (!line->id.len)
		line->id = number_text(r, number);
	return true;
}

/* Each line's part of the total, and the rest. */
static bool read_dues(struct souk_record *r, const struct souk_node *record, struct ordered *order)
{
	const struct souk_node **prices, **discounts, **taxes, *total, *tax = NULL;
	bool inclusive = false;

	if (!stage_lines(r, record, "price", order->count, &prices) ||
	    !stage_lines(r, record, "promo", order->count, &discounts) ||
	    !stage_lines(r, record, "tax", order->count, &taxes) ||
	    !souk_may_node(r, record, "tax", SOUK_OBJECT, &tax) ||
	    (tax && !souk_may_bool(r, tax, "inclusive", &inclusive)) ||
	    !souk_need_node(r, record, "total", SOUK_OBJECT, &total) ||
	    !souk_need_int(r, total, "total", 0, INT64_MAX, &order->rest))
		return false;
	for (size_t i = 0; i < order->count; i++) {
		struct ordered_line *line = &order->lines[i];
		int64_t discount = 0, with_tax = 0;

		if ((prices[i] && !souk_may_int(r, prices[i], "subtotal", 0, INT64_MAX, &line->due)) ||
		    (discounts[i] && !souk_may_int(r, discounts[i], "discount", 0, line->due, &discount)) ||
		    (taxes[i] && !inclusive && !souk_may_int(r, taxes[i], "tax", 0, INT64_MAX, &with_tax)))
			return false;
		line->due -= discount;
		if (!souk_money_add(line->due, with_tax, &line->due) ||
		    (line->wanted && !souk_money_sub(order->rest, line->due, &order->rest))) {
			souk_refuse(r, "overflow", "the amounts of this order are too large to be added");
			return false;
		}
	}
	return true;
}

/* Takes off what events cancelled. */
static bool read_cancelled(struct souk_record *r, const struct souk_node *events, struct ordered *order)
{
	for (const struct souk_node *e = souk_first(r, events); e; e = souk_next(r, events, e)) {
		const struct souk_node *lines = NULL;
		struct souk_text name = {0}, id;

		if (e->type != SOUK_OBJECT)
			continue;
		if (!souk_may_text(r, e, "event", 1, SOUK_MAX_ID, &name) ||
		    !souk_may_node(r, e, "lines", SOUK_ARRAY, &lines))
			return false;
		if (!souk_text_is(name, "cancel"))
			continue;
		for (const struct souk_node *n = souk_first(r, lines); n; n = souk_next(r, lines, n)) {
			int64_t qty;

			if (!souk_need_text(r, n, "id", 1, SOUK_MAX_ID, &id) ||
			    !souk_need_int(r, n, "qty", 1, SOUK_MAX_QTY, &qty))
				return false;
			for (size_t i = 0; i < order->count; i++)
				if (souk_text_equal(order->lines[i].id, id))
					order->lines[i].wanted -= qty;
		}
		for (size_t i = 0; !lines && i < order->count; i++)
			order->lines[i].wanted = 0;
	}
	return true;
}

static bool read_record(struct souk_record *r, const struct souk_node *record, struct ordered *order)
{
	const struct souk_node *lines, **catalog, *n;
	size_t i = 0;

	if (!souk_need_node(r, record, "lines", SOUK_ARRAY, &lines) ||
	    !souk_need_text(r, record, "currency", 3, 3, &order->currency))
		return false;
	order->count = souk_count(r, lines);
	order->lines = souk_record_alloc(r, order->count * sizeof(*order->lines) + 1);
	if (!stage_lines(r, record, "catalog", order->count, &catalog))
		return false;
	for (n = souk_first(r, lines); n; n = souk_next(r, lines, n), i++) {
		bool sent = true;

		if (!read_line(r, n, i + 1, &order->lines[i]) || (catalog[i] && !line_is_sent(r, catalog[i], &sent)))
			return false;
		if (!sent)
			order->lines[i].wanted = 0;
	}
	return read_dues(r, record, order);
}

static bool read_order(struct souk_record *r, struct ordered *order)
{
	const struct souk_node *member, *record, *events = NULL;
	struct souk_text state = {0};

	if (!souk_find(r, souk_member(r, "order"), "record")) {
		souk_refuse(r, "bad_record", "order.record is missing: souk-order lookup has to run before souk-ship");
		return false;
	}
	member = souk_member(r, "order");
	if (!souk_need_node(r, member, "record", SOUK_OBJECT, &record) ||
	    !souk_may_text(r, member, "state", 1, SOUK_MAX_ID, &state) ||
	    !souk_may_node(r, member, "events", SOUK_ARRAY, &events))
		return false;
	if (souk_text_is(state, "open") || souk_text_is(state, "rejected") || souk_text_is(state, "cancelled")) {
		souk_refuse(r, "not_placed", "order %.*s is %.*s", SOUK_ARG(order->id), SOUK_ARG(state));
		return false;
	}
	return read_record(r, record, order) && read_cancelled(r, events, order);
}

static bool read_charged(struct souk_stage *stage, struct ordered *order)
{
	struct souk_query *q = souk_ask(stage->store, CHARGED_OF_ORDER);

	souk_bind_text(q, 1, order->id);
	if (souk_step(q) != SOUK_STEP_ROW)
		return false;
	order->charged = souk_column_int(q, 0);
	souk_done(q);
	return true;
}

enum souk_outcome ordered_read(struct souk_stage *stage, struct souk_record *r, struct souk_text order_id,
	struct ordered *order)
{
	struct souk_query *q;
	enum souk_step step;

	*order = (struct ordered){.id = order_id};
	if (!read_order(r, order))
		return SOUK_REFUSED;
	if (!read_charged(stage, order))
		return SOUK_FAILED;
	q = souk_ask(stage->store, DONE_OF_ORDER);
	souk_bind_text(q, 1, order_id);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		size_t position = (size_t)souk_column_int(q, 0);

		if (position >= order->count)
			continue;
		order->lines[position].packed = souk_column_int(q, 1);
		order->lines[position].shipped = souk_column_int(q, 2);
	}
	return step == SOUK_STEP_DONE ? SOUK_ANSWER : SOUK_FAILED;
}
