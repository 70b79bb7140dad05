/* SPDX-License-Identifier: ISC */
/* souk-order export: all orders and cancellations with their records, for souk-audit
 * and for whoever keeps books. */
#include "order.h"

static bool export_orders(struct souk_stage *stage, struct souk_writer *out)
{
	struct souk_query *q = souk_ask(stage->store, ORDER_EXPORT);
	enum souk_step step;

	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct order_row row = order_row_read(q);

		souk_add_string(&out->buffer, "{\"export\":\"order\"");
		souk_put_text(&out->buffer, "id", row.id);
		order_put_row(&out->buffer, &row);
		souk_put_name(&out->buffer, "record");
		if (!order_add_record(stage, row.seq, &out->buffer))
			return false;
		souk_add_char(&out->buffer, '}');
		souk_writer_line_end(out);
	}
	return step == SOUK_STEP_DONE;
}

static bool export_cancellations(struct souk_stage *stage, struct souk_writer *out)
{
	struct souk_query *q = souk_ask(stage->store, CANCEL_LIST);
	enum souk_step step;

	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		souk_add_string(&out->buffer, "{\"export\":\"order.cancellation\"");
		souk_put_text(&out->buffer, "id", souk_column_text(q, 0));
		order_put_time(&out->buffer, "time", souk_column_int(q, 1));
		souk_put_text(&out->buffer, "currency", souk_column_text(q, 2));
		if (souk_column_text(q, 3).len)
			souk_put_text(&out->buffer, "customer", souk_column_text(q, 3));
		souk_put_raw(&out->buffer, "order", souk_column_text(q, 4));
		souk_put_raw(&out->buffer, "record", souk_column_text(q, 5));
		souk_add_char(&out->buffer, '}');
		souk_writer_line_end(out);
	}
	return step == SOUK_STEP_DONE;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct souk_writer out = {.fd = 1};
	bool done;

	(void)operand_count, (void)operands;
	/* One transaction, so that all is seen at one moment. */
	done = souk_store_begin(stage->store, false) && export_orders(stage, &out) &&
		export_cancellations(stage, &out);
	if (done)
		souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

SOUK_VERB(export) = {
	.function = &order_function,
	.name = "export",
	.summary = "write all orders and cancellations with their records",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.run = run,
};
