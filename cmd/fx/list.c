/* SPDX-License-Identifier: ISC */
/* souk-fx list: all rates, a record a day, as put takes them. */
#include "fx.h"

static void end_day(struct souk_writer *out)
{
	souk_add_string(&out->buffer, "}}");
	souk_writer_line_end(out);
}

/* A line is of several rows. */
static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	struct souk_query *q = souk_ask(stage->store, RATE_LIST);
	enum souk_step step;
	int64_t day = -1;

	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		char name[4] = {0};

		if (souk_column_int(q, 0) != day) {
			if (day >= 0)
				end_day(out);
			day = souk_column_int(q, 0);
			souk_put_open(&out->buffer, NULL, '{');
			souk_put_name(&out->buffer, "date");
			add_day(&out->buffer, day);
			souk_put_open(&out->buffer, "rates", '{');
		}
		memcpy(name, souk_column_text(q, 1).at, 3);
		souk_put_text(&out->buffer, name, souk_column_text(q, 2));
	}
	if (day >= 0)
		end_day(out);
	return step == SOUK_STEP_DONE;
}

SOUK_VERB(list) = {
	.function = &fx_function,
	.name = "list",
	.summary = "list all rates, as put takes them",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.write = write_all,
};
