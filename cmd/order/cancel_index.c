/* SPDX-License-Identifier: ISC */
/* What was sold, by customer and sku: made of the bodies of placed orders when it is
 * needed. The orders opened since the last time are looked at, and those that were
 * undecided then; so it is the same in whatever order the decisions come. */
#include "cancel.h"

/* So many orders are added in one transaction. */
enum { ORDERS_AT_ONCE = 1000 };

void sold_reader_open(struct sold_reader *reader)
{
	static const char *const reads[] = {"lines", "price", "time", NULL};

	souk_record_init(&reader->record, order_function.name,
		&(struct souk_interest){.reads = reads});
}

void sold_reader_close(struct sold_reader *reader)
{
	souk_record_free(&reader->record);
	souk_buffer_free(&reader->line);
}

/* A row of SOLD_NEW and SOLD_DECIDED; text lives until the next step. */
struct sold_order {
	int64_t seq, opened_at;
	enum order_state state;
	struct souk_text customer, currency, record;
};

static bool put_line(struct souk_stage *stage, const struct sold_order *order, int64_t at,
	size_t number, const struct souk_line *line, struct souk_decimal price)
{
	struct souk_query *q = souk_ask(stage->store, SOLD_PUT);

	souk_bind_text(q, 1, order->customer);
	souk_bind_text(q, 2, line->sku);
	souk_bind_int(q, 3, at);
	souk_bind_int(q, 4, order->seq);
	souk_bind_int(q, 5, (int64_t)number);
	souk_bind_text(q, 6, line->id);
	souk_bind_text(q, 7, order->currency);
	souk_bind_int(q, 8, price.digits);
	souk_bind_int(q, 9, price.scale);
	souk_bind_int(q, 10, line->qty);
	return souk_do(q);
}

/* An order without prices in its lines has nothing that can be matched. */
static bool read_order(struct souk_stage *stage, struct sold_reader *reader,
	const struct sold_order *order, int64_t *at, struct souk_line **lines,
	const struct souk_node ***prices, size_t *count)
{
	struct souk_record *r = &reader->record;
	const struct souk_node *time;

	if (!souk_record_parse_copy(r, &reader->line, order->record)) {
		souk_warn("the record of order number %lld is damaged: %s", (long long)order->seq,
			r->fault);
		return false;
	}
	*at = order->opened_at;
	time = souk_member(r, "time");
	if (time && time->type != SOUK_NULL && !souk_order_time(stage, r, at))
		return false;
	return souk_order_lines(r, lines, count) && souk_stage_lines(r, "price", *count, prices);
}

static bool add_order(struct souk_stage *stage, struct sold_reader *reader,
	const struct sold_order *order)
{
	const struct souk_node **prices;
	struct souk_line *lines;
	size_t count;
	int64_t at;

	/* Guests can't be told from each other. */
	if (order->state != ORDER_PLACED || !order->customer.len ||
	    !read_order(stage, reader, order, &at, &lines, &prices, &count))
		return true;
	for (size_t i = 0; i < count; i++) {
		struct souk_decimal price;

		/* For what cost nothing, nothing is given back. */
		if (cancel_read_price(&reader->record, prices[i], &price) && price.digits > 0 &&
		    !put_line(stage, order, at, i, &lines[i], price))
			return false;
	}
	return true;
}

static bool note(struct souk_stage *stage, size_t statement, int64_t seq)
{
	struct souk_query *q = souk_ask(stage->store, statement);

	souk_bind_int(q, 1, seq);
	return souk_do(q);
}

/* Adds the orders that the query gives; `last` becomes the seq of the last. An order of
 * SOLD_DECIDED is noted as done, one of SOLD_NEW that is undecided for later. */
static bool add_orders(struct souk_stage *stage, struct sold_reader *reader,
	struct souk_query *q, bool deferred, int64_t *last, size_t *count)
{
	enum souk_step step;

	for (*count = 0; (step = souk_step(q)) == SOUK_STEP_ROW; ++*count) {
		struct sold_order order = {
			.seq = souk_column_int(q, 0), .state = (enum order_state)souk_column_int(q, 1),
			.customer = souk_column_text(q, 2), .currency = souk_column_text(q, 3),
			.opened_at = souk_column_int(q, 4), .record = souk_column_text(q, 5),
		};

		*last = order.seq;
		if (deferred && !note(stage, SOLD_SETTLE, order.seq))
			return false;
		if (order.state == ORDER_OPEN ? !note(stage, SOLD_DEFER, order.seq)
					      : !add_order(stage, reader, &order))
			return false;
	}
	return step == SOUK_STEP_DONE;
}

/* One step; `more` says that there may be more to do. */
static bool add_some(struct souk_stage *stage, struct sold_reader *reader, bool *more)
{
	struct souk_query *q = souk_ask(stage->store, SOLD_DECIDED);
	int64_t last, upto;
	size_t decided, new;

	souk_bind_int(q, 1, ORDERS_AT_ONCE);
	if (!add_orders(stage, reader, q, true, &last, &decided))
		return false;
	q = souk_ask(stage->store, SOLD_UPTO);
	if (souk_step(q) != SOUK_STEP_ROW)
		return false;
	upto = last = souk_column_int(q, 0);
	souk_done(q);
	q = souk_ask(stage->store, SOLD_NEW);
	souk_bind_int(q, 1, upto);
	souk_bind_int(q, 2, ORDERS_AT_ONCE);
	if (!add_orders(stage, reader, q, false, &last, &new))
		return false;
	*more = decided == ORDERS_AT_ONCE || new == ORDERS_AT_ONCE;
	return last == upto || note(stage, SOLD_RAISE, last);
}

bool sold_catch_up(struct souk_stage *stage, struct sold_reader *reader)
{
	bool more;

	while (add_some(stage, reader, &more)) {
		if (!more)
			return true;
		if (!souk_store_commit(stage->store) || !souk_store_begin(stage->store, true))
			return false;
	}
	return false;
}
