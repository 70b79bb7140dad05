/* SPDX-License-Identifier: ISC */
/* souk-order export: all orders with their records, for souk-audit and for whoever
 * keeps books. */
#include "order.h"

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct souk_writer out = {.fd = 1};
	struct souk_query *q;
	enum souk_step step = SOUK_STEP_FAILED;
	bool done;

	(void)operand_count, (void)operands;
	/* One transaction, so that all orders are seen at one moment. */
	done = souk_store_begin(stage->store, false);
	q = souk_ask(stage->store, ORDER_EXPORT);
	while (done && (step = souk_step(q)) == SOUK_STEP_ROW) {
		struct order_row row = order_row_read(q);

		souk_add_string(&out.buffer, "{\"export\":\"order\"");
		souk_put_text(&out.buffer, "id", row.id);
		order_put_row(&out.buffer, &row);
		souk_put_name(&out.buffer, "record");
		done = order_add_record(stage, row.seq, &out.buffer);
		souk_add_char(&out.buffer, '}');
		if (done)
			souk_writer_line_end(&out);
	}
	done &= step == SOUK_STEP_DONE;
	if (done)
		souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

SOUK_VERB(export) = {
	.function = &order_function,
	.name = "export",
	.summary = "write all orders with their records",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.run = run,
};
