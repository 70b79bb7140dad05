/* SPDX-License-Identifier: ISC */
/* souk-order export: all orders and cancellations with their records, and what happened
 * to the orders, for souk-audit and for whoever keeps books. */
#include "event.h"

static bool order_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	struct order_row order = order_row_read(row);

	souk_add_string(out, "{\"export\":\"order\"");
	souk_put_text(out, "id", order.id);
	order_put_row(out, &order);
	souk_put_name(out, "record");
	if (!order_add_record(stage, order.seq, out))
		return false;
	souk_add_char(out, '}');
	return true;
}

static bool cancellation_line(struct souk_stage *stage, struct souk_query *row,
	struct souk_buffer *out)
{
	(void)stage;
	souk_add_string(out, "{\"export\":\"order.cancellation\"");
	souk_put_text(out, "id", souk_column_text(row, 0));
	souk_put_time(out, "time", souk_column_int(row, 1));
	souk_put_text(out, "currency", souk_column_text(row, 2));
	souk_put_some(out, "customer", souk_column_text(row, 3));
	souk_put_raw(out, "order", souk_column_text(row, 4));
	souk_put_raw(out, "record", souk_column_text(row, 5));
	souk_add_char(out, '}');
	return true;
}

static bool event_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	struct event_row event = event_row_read(row);

	(void)stage;
	souk_add_string(out, "{\"export\":\"order.event\"");
	souk_put_text(out, "id", event.id);
	souk_put_text(out, "order_id", souk_column_text(row, EVENT_COLUMN_COUNT));
	souk_put_text(out, "event", event.event);
	souk_put_time(out, "time", event.at);
	event_put(out, &event, true);
	souk_add_char(out, '}');
	return true;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	return souk_write_rows(stage, souk_ask(stage->store, ORDER_EXPORT), order_line, out) &&
		souk_write_rows(stage, souk_ask(stage->store, CANCEL_LIST), cancellation_line, out) &&
		souk_write_rows(stage, souk_ask(stage->store, EVENT_LIST), event_line, out);
}

SOUK_VERB(export) = {
	.function = &order_function,
	.name = "export",
	.summary = "write all orders and cancellations with their records, and all events",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.write = write_all,
};
