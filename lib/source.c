/* SPDX-License-Identifier: ISC */
/* Sources: what is stored, as lines. */
#include "batch.h"
#include "error.h"

bool souk_write_rows(struct souk_stage *stage, struct souk_query *q, souk_put_row *put,
	struct souk_writer *out)
{
	enum souk_step step;
	size_t start;

	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		start = out->buffer.len;
		if (!put(stage, q, &out->buffer)) {
			out->buffer.len = start;
			souk_done(q);
			return false;
		}
		souk_writer_line_end(out);
	}
	return step == SOUK_STEP_DONE;
}

bool souk_write_body(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	struct souk_text body = souk_column_text(row, 0);

	(void)stage;
	souk_add(out, body.at, body.len);
	return true;
}

int souk_source_run(struct souk_stage *stage,
	bool (*write)(struct souk_stage *stage, struct souk_writer *out))
{
	struct souk_writer out = {.fd = 1};
	bool done = souk_store_begin(stage->store, false) && write(stage, &out);

	souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}
