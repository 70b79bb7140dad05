/* SPDX-License-Identifier: ISC */
/* souk-return export: all returns, and who took which step when. */
#include "return.h"

static bool export_steps(struct souk_stage *stage, struct souk_writer *w)
{
	struct souk_query *q = souk_ask(stage->store, STEP_LIST);
	struct souk_buffer *out = &w->buffer;
	enum souk_step step;

	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		souk_add_string(out, "{\"export\":\"return.step\"");
		souk_put_text(out, "verb", souk_column_text(q, 0));
		souk_put_text(out, "id", souk_column_text(q, 1));
		souk_put_text(out, "return_id", souk_column_text(q, 2));
		if (souk_column_text(q, 3).len)
			souk_put_text(out, "actor", souk_column_text(q, 3));
		souk_put_name(out, "time");
		souk_add_char(out, '"');
		souk_add_time(out, souk_column_int(q, 4));
		souk_add_string(out, "\"}");
		souk_writer_line_end(w);
	}
	return step == SOUK_STEP_DONE;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct souk_writer out = {.fd = 1};
	bool done;

	(void)operand_count, (void)operands;
	/* One transaction, so that all is seen at one moment. */
	done = souk_store_begin(stage->store, false) &&
		returns_write(stage, SOUK_TEXT(""), SOUK_TEXT(""), true, &out) &&
		export_steps(stage, &out);
	if (done)
		souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

SOUK_VERB(export) = {
	.function = &return_function,
	.name = "export",
	.summary = "write all returns and their steps",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.run = run,
};
