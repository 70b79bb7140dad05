/* SPDX-License-Identifier: ISC */
/* What an event does to the lines of its order. */
#include "ordered.h"

/* So many of the lines of which too much is wanted are named. */
enum { NAMED = 20 };

static struct ordered_line *line_of(const struct ordered *order, struct souk_text id)
{
	for (size_t i = 0; i < order->count; i++)
		if (souk_text_equal(order->lines[i].id, id))
			return &order->lines[i];
	return NULL;
}

static int64_t left_of(const struct ordered_line *line)
{
	int64_t left = line->wanted - line->packed - line->shipped;

	return left > 0 ? left : 0;
}

/* Begins the error, or goes on with it. */
static void name_too_many(struct souk_record *r, const struct ordered_line *line, size_t named, const char *verb)
{
	if (!named) {
		souk_refuse(r, "too_many", "of line %.*s %lld are left to %s, and %lld are wanted", SOUK_ARG(line->id),
			(long long)left_of(line), verb, (long long)line->now);
		souk_put_open(&r->error, "lines", '[');
	}
	souk_put_open(&r->error, NULL, '{');
	souk_put_text(&r->error, "id", line->id);
	souk_put_int(&r->error, "wanted", line->now);
	souk_put_int(&r->error, "left", left_of(line));
	souk_put_close(&r->error, '}');
}

static bool check(struct souk_record *r, const struct ordered *order, const char *verb)
{
	size_t named = 0;
	bool any = false;

	for (size_t i = 0; i < order->count; i++) {
		any |= order->lines[i].now > 0;
		if (order->lines[i].now > left_of(&order->lines[i]) && named < NAMED)
			name_too_many(r, &order->lines[i], named++, verb);
	}
	if (named)
		souk_put_close(&r->error, ']');
	else if (!any)
		souk_refuse(r, "nothing_left", "of order %.*s there is nothing left to %s", SOUK_ARG(order->id), verb);
	return any && !named;
}

bool ordered_want(struct souk_record *r, struct ordered *order, const struct souk_node *lines,
	const char *verb)
{
	if (!lines) {
		for (size_t i = 0; i < order->count; i++)
			order->lines[i].now = left_of(&order->lines[i]);
		return check(r, order, verb);
	}
	for (const struct souk_node *n = souk_first(r, lines); n; n = souk_next(r, lines, n)) {
		struct ordered_line *line;
		struct souk_text id;
		int64_t qty;

		if (!souk_need_text(r, n, "id", 1, SOUK_MAX_ID, &id) ||
		    !souk_need_int(r, n, "qty", 1, SOUK_MAX_QTY, &qty))
			return false;
		line = line_of(order, id);
		if (!line) {
			souk_refuse(r, "unknown_line", "order %.*s has no line %.*s", SOUK_ARG(order->id), SOUK_ARG(id));
			return false;
		}
		line->now += qty;
	}
	return check(r, order, verb);
}

/* What is due for the first `pieces` of a line. */
static int64_t due_for(const struct ordered_line *line, int64_t pieces)
{
	int64_t weights[] = {pieces, line->ordered - pieces}, shares[2] = {0, 0};

	/* It fits: the weights are the pieces of a line, and not negative. */
	souk_money_spread(line->due, weights, 2, shares);
	return shares[0];
}

int64_t ordered_due(const struct ordered *order)
{
	int64_t due = order->rest;

	for (size_t i = 0; i < order->count; i++)
		due += due_for(&order->lines[i], order->lines[i].shipped + order->lines[i].now);
	/* A rest below 0, a charge that gives something back, is taken off what comes first. */
	due = due < 0 ? 0 : due;
	/* Of a parcel that was given up, what it was to bring is due again with the next. */
	return due > order->charged ? due - order->charged : 0;
}

bool ordered_store(struct souk_stage *stage, const struct ordered *order, int parcel, int64_t number)
{
	for (size_t i = 0; i < order->count; i++) {
		const struct ordered_line *line = &order->lines[i];
		struct souk_query *q;

		if (!line->now)
			continue;
		q = souk_ask(stage->store, CONTENT_PUT);
		souk_bind_text(q, 1, order->id);
		souk_bind_int(q, 2, parcel);
		souk_bind_int(q, 3, number);
		souk_bind_int(q, 4, (int64_t)i);
		souk_bind_text(q, 5, line->id);
		souk_bind_text(q, 6, line->sku);
		souk_bind_int(q, 7, line->now);
		if (!souk_do(q))
			return false;
	}
	return true;
}

void ordered_put(struct souk_buffer *out, const struct ordered *order)
{
	souk_put_open(out, "lines", '[');
	for (size_t i = 0; i < order->count; i++) {
		if (!order->lines[i].now)
			continue;
		souk_put_open(out, NULL, '{');
		souk_put_text(out, "id", order->lines[i].id);
		souk_put_text(out, "sku", order->lines[i].sku);
		souk_put_int(out, "qty", order->lines[i].now);
		souk_put_close(out, '}');
	}
	souk_put_close(out, ']');
}

int64_t ordered_left(const struct ordered *order)
{
	int64_t left = 0;

	for (size_t i = 0; i < order->count; i++) {
		const struct ordered_line *line = &order->lines[i];
		int64_t more = line->wanted - line->shipped - line->now;

		left += more > 0 ? more : 0;
	}
	return left;
}
