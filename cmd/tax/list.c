/* SPDX-License-Identifier: ISC */
/* souk-tax list: all rates, as records that put takes back. */
#include "tax.h"

static void put_time(struct souk_buffer *out, const char *name, int64_t seconds)
{
	const int64_t day = 24 * 60 * 60;

	souk_put_name(out, name);
	souk_add_char(out, '"');
	souk_add_time(out, seconds);
	/* A midnight is a date, as people write it. */
	if (seconds % day == 0)
		out->len -= strlen("T00:00:00Z");
	souk_add_char(out, '"');
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct souk_writer out = {.fd = 1};
	struct souk_query *q;
	enum souk_step step;

	(void)operand_count, (void)operands;
	if (!souk_store_begin(stage->store, false))
		return SOUK_EXIT_SYSTEM;
	q = souk_ask(stage->store, RATE_LIST);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		int64_t from = souk_column_int(q, 2), to = souk_column_int(q, 3);

		souk_put_open(&out.buffer, NULL, '{');
		souk_put_text(&out.buffer, "country", souk_column_text(q, 0));
		souk_put_text(&out.buffer, "class", souk_column_text(q, 1));
		souk_put_text(&out.buffer, "rate", souk_column_text(q, 4));
		if (from != RATE_FROM_EVER)
			put_time(&out.buffer, "from", from);
		if (to != RATE_FOR_EVER)
			put_time(&out.buffer, "to", to);
		souk_put_close(&out.buffer, '}');
		souk_writer_line_end(&out);
	}
	souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return step == SOUK_STEP_DONE ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

SOUK_VERB(list) = {
	.function = &tax_function,
	.name = "list",
	.summary = "list all rates, as put takes them",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.run = run,
};
