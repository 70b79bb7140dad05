/* SPDX-License-Identifier: ISC */
/* souk-tax list: all rates, as records that put takes back. */
#include "tax.h"

static void put_time(struct souk_buffer *out, const char *name, int64_t seconds)
{
	const int64_t day = 24 * 60 * 60;

	souk_put_time(out, name, seconds);
	/* A midnight is a date, as people write it. */
	if (seconds % day == 0) {
		out->len -= strlen("T00:00:00Z\"");
		souk_add_char(out, '"');
	}
}

static bool rate_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	int64_t from = souk_column_int(row, 2), to = souk_column_int(row, 3);

	(void)stage;
	souk_put_open(out, NULL, '{');
	souk_put_text(out, "country", souk_column_text(row, 0));
	souk_put_text(out, "class", souk_column_text(row, 1));
	souk_put_text(out, "rate", souk_column_text(row, 4));
	if (from != RATE_FROM_EVER)
		put_time(out, "from", from);
	if (to != RATE_FOR_EVER)
		put_time(out, "to", to);
	souk_put_close(out, '}');
	return true;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	return souk_write_rows(stage, souk_ask(stage->store, RATE_LIST), rate_line, out);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	(void)operand_count, (void)operands;
	return souk_source_run(stage, write_all);
}

SOUK_VERB(list) = {
	.function = &tax_function,
	.name = "list",
	.summary = "list all rates, as put takes them",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.run = run,
};
