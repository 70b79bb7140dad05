/* SPDX-License-Identifier: ISC */
/* souk-catalog list: all products as they were put. */
#include "catalog.h"

static bool product_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	struct souk_text body = souk_column_text(row, 0);

	(void)stage;
	souk_add(out, body.at, body.len);
	return true;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	return souk_write_rows(stage, souk_ask(stage->store, PRODUCT_LIST), product_line, out);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	(void)operand_count, (void)operands;
	return souk_source_run(stage, write_all);
}

SOUK_VERB(list) = {
	.function = &catalog_function,
	.name = "list",
	.summary = "list all products, by sku, as put takes them",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.run = run,
};
