/* SPDX-License-Identifier: ISC */
/* Reading the book: orders as rows, their records, walks through them. */
#include "order.h"

struct order_row order_row_read(struct souk_query *q)
{
	return (struct order_row){
		.seq = souk_column_int(q, 0), .id = souk_column_text(q, 1),
		.state = (enum order_state)souk_column_int(q, 2),
		.currency = souk_column_text(q, 3),
		.total = souk_column_int(q, 4), .customer = souk_column_text(q, 5),
		.closed = souk_column_int(q, 6), .opened_at = souk_column_int(q, 7),
		.decided_at = souk_column_int(q, 8), .closed_at = souk_column_int(q, 9),
		.error = souk_column_text(q, 10),
	};
}

enum souk_step order_find(struct souk_stage *stage, struct souk_text id, struct souk_query **q)
{
	*q = souk_ask(stage->store, ORDER_GET);
	souk_bind_text(*q, 1, id);
	return souk_step(*q);
}

void order_put_row(struct souk_buffer *out, const struct order_row *row)
{
	souk_put_string(out, "state", order_states[row->state]);
	souk_put_bool(out, "closed", row->closed);
	souk_put_text(out, "currency", row->currency);
	souk_put_int(out, "total", row->total);
	souk_put_some(out, "customer", row->customer);
	souk_put_time(out, "opened", row->opened_at);
	if (row->state != ORDER_OPEN)
		souk_put_time(out, "decided", row->decided_at);
	if (row->error.len)
		souk_put_raw(out, "reason", row->error);
}

bool order_add_record(struct souk_stage *stage, int64_t seq, struct souk_buffer *out)
{
	struct souk_query *q = souk_ask(stage->store, BODY_GET);
	struct souk_text record;

	souk_bind_int(q, 1, seq);
	switch (souk_step(q)) {
	case SOUK_STEP_DONE:
		souk_warn("the record of order number %lld is not in the database", (long long)seq);
		return false;
	case SOUK_STEP_FAILED:
		return false;
	case SOUK_STEP_ROW:
		break;
	}
	record = souk_column_text(q, 0);
	souk_add(out, record.at, record.len);
	souk_done(q);
	return true;
}

bool order_filter_begin(struct souk_stage *stage, struct order_filter *filter)
{
	struct souk_query *q = souk_ask(stage->store, ORDER_LAST);

	*filter = (struct order_filter){
		.state = -1, .since = SOUK_TIME_FIRST, .until = SOUK_TIME_LAST + 1};
	if (souk_step(q) != SOUK_STEP_ROW)
		return false;
	filter->last = souk_column_int(q, 0);
	souk_done(q);
	return true;
}

struct souk_query *order_select(struct souk_stage *stage, const struct order_filter *filter)
{
	struct souk_query *q = souk_ask(stage->store,
		filter->not_closed ? ORDER_LIST_NOT_CLOSED : ORDER_LIST);

	souk_bind_int(q, 1, filter->after);
	souk_bind_int(q, 2, filter->last);
	souk_bind_int(q, 3, filter->state);
	souk_bind_text(q, 4, souk_text_of(filter->customer ? filter->customer : ""));
	souk_bind_int(q, 5, filter->since);
	souk_bind_int(q, 6, filter->until);
	return q;
}
