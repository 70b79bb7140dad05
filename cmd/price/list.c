/* SPDX-License-Identifier: ISC */
/* souk-price list: all prices as they were put. */
#include "price.h"

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct souk_writer out = {.fd = 1};
	struct souk_query *q;
	enum souk_step step;

	(void)operand_count, (void)operands;
	if (!souk_store_begin(stage->store, false))
		return SOUK_EXIT_SYSTEM;
	q = souk_ask(stage->store, PRICE_LIST);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct souk_text body = souk_column_text(q, 0);

		souk_add(&out.buffer, body.at, body.len);
		souk_writer_line_end(&out);
	}
	souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return step == SOUK_STEP_DONE ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

SOUK_VERB(list) = {
	.function = &price_function,
	.name = "list",
	.summary = "list all prices, by sku, as put takes them",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.run = run,
};
