/* SPDX-License-Identifier: ISC */
/* souk-ship list: all zones and then their rates, as they were put. */
#include "ship.h"

static bool zone_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	struct souk_text body = souk_column_text(row, 1);

	(void)stage;
	souk_add(out, body.at, body.len);
	return true;
}

static bool rate_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	struct souk_text body = souk_column_text(row, 0);

	(void)stage;
	souk_add(out, body.at, body.len);
	return true;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	return souk_write_rows(stage, souk_ask(stage->store, ZONE_LIST), zone_line, out) &&
		souk_write_rows(stage, souk_ask(stage->store, RATE_BODIES), rate_line, out);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	(void)operand_count, (void)operands;
	return souk_source_run(stage, write_all);
}

SOUK_VERB(list) = {
	.function = &ship_function,
	.name = "list",
	.summary = "list all zones and rates, as put takes them",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.run = run,
};
