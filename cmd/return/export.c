/* SPDX-License-Identifier: ISC */
/* souk-return export: all returns, and who took which step when. */
#include "return.h"

static bool return_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	bool done;

	souk_add_string(out, "{\"export\":\"return\"");
	return_put_names(row, out);
	done = return_put_rest(stage, row, out);
	souk_put_close(out, '}');
	return done;
}

static bool step_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	(void)stage;
	souk_add_string(out, "{\"export\":\"return.step\"");
	souk_put_text(out, "verb", souk_column_text(row, 0));
	souk_put_text(out, "id", souk_column_text(row, 1));
	souk_put_text(out, "return_id", souk_column_text(row, 2));
	souk_put_some(out, "actor", souk_column_text(row, 3));
	souk_put_time(out, "time", souk_column_int(row, 4));
	souk_put_close(out, '}');
	return true;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	struct souk_query *q = souk_ask(stage->store, RETURN_LIST);

	souk_bind_text(q, 1, SOUK_TEXT(""));
	souk_bind_text(q, 2, SOUK_TEXT(""));
	return souk_write_rows(stage, q, return_line, out) &&
		souk_write_rows(stage, souk_ask(stage->store, STEP_LIST), step_line, out);
}

SOUK_VERB(export) = {
	.function = &return_function,
	.name = "export",
	.summary = "write all returns and their steps",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.write = write_all,
};
