/* SPDX-License-Identifier: ISC */
/* souk-stock list: the levels of all skus. */
#include "stock.h"

static bool level_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	struct souk_text sku = souk_column_text(row, 0);

	souk_put_open(out, NULL, '{');
	souk_put_text(out, "sku", sku);
	souk_put_open(out, "stock", '{');
	if (!level_put(stage, row, sku, out))
		return false;
	souk_add_string(out, "}}");
	return true;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	return reserved_read(stage->state, stage->store) &&
		souk_write_rows(stage, souk_ask(stage->store, LEVEL_LIST), level_line, out);
}

static void close(struct souk_stage *stage)
{
	struct reserved *reserved = stage->state;

	souk_cache_free(&reserved->pieces);
}

SOUK_VERB(list) = {
	.function = &stock_function,
	.name = "list",
	.summary = "list all levels",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.state_size = sizeof(struct reserved),
	.write = write_all,
	.close = close,
};
