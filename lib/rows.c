/* SPDX-License-Identifier: ISC */
/* Rows of tables as lines. Apart from source.c, which is in functions without tables too. */
#include "batch.h"

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
