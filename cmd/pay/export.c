/* SPDX-License-Identifier: ISC */
/* souk-pay export: all payments and what was done with them, for souk-audit and for
 * whoever keeps books. */
#include "pay.h"

static bool export_payments(struct souk_stage *stage, struct souk_writer *out)
{
	struct souk_query *q = souk_ask(stage->store, PAYMENT_LIST);
	enum souk_step step;

	souk_bind_text(q, 1, SOUK_TEXT(""));
	souk_bind_text(q, 2, SOUK_TEXT(LAST_ID));
	souk_bind_text(q, 3, SOUK_TEXT(""));
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		souk_add_string(&out->buffer, "{\"export\":\"pay.payment\"");
		souk_put_text(&out->buffer, "order_id", souk_column_text(q, 16));
		souk_put_text(&out->buffer, "id", souk_column_text(q, 1));
		souk_put_text(&out->buffer, "method", souk_column_text(q, 2));
		souk_put_text(&out->buffer, "currency", souk_column_text(q, 3));
		souk_put_int(&out->buffer, "amount", souk_column_int(q, 4));
		souk_put_text(&out->buffer, "state", souk_column_text(q, 6));
		souk_put_bool(&out->buffer, "settled", souk_column_int(q, 7));
		souk_put_int(&out->buffer, "authorized", souk_column_int(q, 8));
		souk_put_int(&out->buffer, "captured", souk_column_int(q, 9));
		souk_put_int(&out->buffer, "refunded", souk_column_int(q, 11));
		souk_put_text(&out->buffer, "key", souk_column_text(q, 5));
		if (souk_column_text(q, 13).len)
			souk_put_text(&out->buffer, "reference", souk_column_text(q, 13));
		souk_put_close(&out->buffer, '}');
		souk_writer_line_end(out);
	}
	return step == SOUK_STEP_DONE;
}

static bool export_events(struct souk_stage *stage, struct souk_writer *out)
{
	struct souk_query *q = souk_ask(stage->store, EVENT_LIST);
	enum souk_step step;

	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		souk_add_string(&out->buffer, "{\"export\":\"pay.event\"");
		souk_put_text(&out->buffer, "verb", souk_column_text(q, 0));
		souk_put_text(&out->buffer, "id", souk_column_text(q, 1));
		souk_put_text(&out->buffer, "order_id", souk_column_text(q, 2));
		souk_put_text(&out->buffer, "payment", souk_column_text(q, 3));
		souk_put_int(&out->buffer, "amount", souk_column_int(q, 4));
		souk_put_text(&out->buffer, "state", souk_column_text(q, 5));
		souk_put_name(&out->buffer, "time");
		souk_add_char(&out->buffer, '"');
		souk_add_time(&out->buffer, souk_column_int(q, 6));
		souk_add_string(&out->buffer, "\"}");
		souk_writer_line_end(out);
	}
	return step == SOUK_STEP_DONE;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct souk_writer out = {.fd = 1};
	bool done;

	(void)operand_count, (void)operands;
	/* One transaction, so that both parts belong to one moment. */
	done = souk_store_begin(stage->store, false) && export_payments(stage, &out) &&
		export_events(stage, &out);
	souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

SOUK_VERB(export) = {
	.function = &pay_function,
	.name = "export",
	.summary = "write all payments, captures, voids and refunds",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.run = run,
};
