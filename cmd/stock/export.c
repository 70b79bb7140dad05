/* SPDX-License-Identifier: ISC */
/* souk-stock export: all movements, holds and levels, for souk-audit and for
 * whoever keeps books. */
#include "stock.h"

static bool export_movements(struct souk_stage *stage, struct souk_writer *out)
{
	struct souk_query *q = souk_ask(stage->store, MOVEMENT_LIST);
	enum souk_step step;

	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		souk_add_string(&out->buffer, "{\"export\":\"stock.movement\"");
		souk_put_text(&out->buffer, "verb", souk_column_text(q, 0));
		souk_put_text(&out->buffer, "id", souk_column_text(q, 1));
		souk_put_text(&out->buffer, "sku", souk_column_text(q, 2));
		souk_put_int(&out->buffer, "qty", souk_column_int(q, 3));
		if (souk_column_text(q, 4).len)
			souk_put_text(&out->buffer, "reason", souk_column_text(q, 4));
		souk_put_int(&out->buffer, "on_hand", souk_column_int(q, 5));
		souk_put_name(&out->buffer, "time");
		souk_add_char(&out->buffer, '"');
		souk_add_time(&out->buffer, souk_column_int(q, 6));
		souk_add_string(&out->buffer, "\"}");
		souk_writer_line_end(out);
	}
	return step == SOUK_STEP_DONE;
}

static bool export_holds(struct souk_stage *stage, struct souk_writer *out)
{
	struct souk_query *q = souk_ask(stage->store, HOLD_LIST);
	enum souk_step step;

	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct souk_text lines = souk_column_text(q, 2), sku;
		bool refused = souk_text_is(souk_column_text(q, 1), "refused");
		int64_t qty;

		souk_add_string(&out->buffer, "{\"export\":\"stock.hold\"");
		souk_put_text(&out->buffer, "id", souk_column_text(q, 0));
		souk_put_text(&out->buffer, "state", souk_column_text(q, 1));
		souk_put_open(&out->buffer, "lines", '[');
		while (!refused && hold_line_next(&lines, &sku, &qty)) {
			souk_put_open(&out->buffer, NULL, '{');
			souk_put_text(&out->buffer, "sku", sku);
			souk_put_int(&out->buffer, "qty", qty);
			souk_put_close(&out->buffer, '}');
		}
		souk_add_string(&out->buffer, "]}");
		souk_writer_line_end(out);
	}
	return step == SOUK_STEP_DONE;
}

static bool export_levels(struct souk_stage *stage, struct souk_writer *out)
{
	struct souk_query *q = souk_ask(stage->store, LEVEL_LIST);
	enum souk_step step;

	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		souk_add_string(&out->buffer, "{\"export\":\"stock.level\"");
		souk_put_text(&out->buffer, "sku", souk_column_text(q, 0));
		souk_put_int(&out->buffer, "on_hand", souk_column_int(q, 1));
		souk_put_int(&out->buffer, "taken", souk_column_int(q, 2));
		souk_put_close(&out->buffer, '}');
		souk_writer_line_end(out);
	}
	return step == SOUK_STEP_DONE;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct souk_writer out = {.fd = 1};
	bool done;

	(void)operand_count, (void)operands;
	/* One transaction, so that the three parts belong to one moment. */
	done = souk_store_begin(stage->store, false) && export_movements(stage, &out) &&
		export_holds(stage, &out) && export_levels(stage, &out);
	souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

SOUK_VERB(export) = {
	.function = &stock_function,
	.name = "export",
	.summary = "write all movements, holds and levels",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.run = run,
};
