/* SPDX-License-Identifier: ISC */
/* souk-stock list: the levels of all skus. */
#include "stock.h"

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct reserved *reserved = stage->state;
	struct souk_writer out = {.fd = 1};
	struct souk_query *q;
	enum souk_step step;

	(void)operand_count, (void)operands;
	if (!souk_store_begin(stage->store, false) || !reserved_read(reserved, stage->store))
		return SOUK_EXIT_SYSTEM;
	q = souk_ask(stage->store, LEVEL_LIST);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct souk_text sku = souk_column_text(q, 0);

		souk_put_open(&out.buffer, NULL, '{');
		souk_put_text(&out.buffer, "sku", sku);
		souk_put_open(&out.buffer, "stock", '{');
		level_put(reserved, &out.buffer, sku, souk_column_int(q, 1), souk_column_int(q, 2));
		souk_add_string(&out.buffer, "}}");
		souk_writer_line_end(&out);
	}
	souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return step == SOUK_STEP_DONE ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
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
	.run = run,
	.close = close,
};
