/* SPDX-License-Identifier: ISC */
/* souk-promo export: what orders hold of limited promotions, and how often each is used. */
#include "promo.h"

static bool export_holds(struct souk_stage *stage, struct souk_writer *out)
{
	struct souk_query *q = souk_ask(stage->store, HOLD_LIST);
	enum souk_step step;

	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct souk_text uses = souk_column_text(q, 2), promotion, who;

		souk_add_string(&out->buffer, "{\"export\":\"promo.hold\"");
		souk_put_text(&out->buffer, "id", souk_column_text(q, 0));
		souk_put_text(&out->buffer, "state", souk_column_text(q, 1));
		souk_put_open(&out->buffer, "uses", '[');
		while (use_next(&uses, &promotion, &who)) {
			souk_put_open(&out->buffer, NULL, '{');
			use_put(&out->buffer, promotion, who);
			souk_put_close(&out->buffer, '}');
		}
		souk_add_string(&out->buffer, "]}");
		souk_writer_line_end(out);
	}
	return step == SOUK_STEP_DONE;
}

static bool export_uses(struct souk_stage *stage, struct souk_writer *out)
{
	struct souk_query *q = souk_ask(stage->store, USE_LIST);
	enum souk_step step;

	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		souk_add_string(&out->buffer, "{\"export\":\"promo.use\"");
		use_put(&out->buffer, souk_column_text(q, 0), souk_column_text(q, 1));
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
	/* One transaction, so that both belong to one moment. */
	done = souk_store_begin(stage->store, false) && export_holds(stage, &out) && export_uses(stage, &out);
	souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

SOUK_VERB(export) = {
	.function = &promo_function,
	.name = "export",
	.summary = "write all holds on limited promotions, and how often each is used",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.run = run,
};
