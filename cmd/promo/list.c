/* SPDX-License-Identifier: ISC */
/* souk-promo list: all promotions as they were put; of limited ones how often they are used. */
#include "promo.h"

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct souk_writer out = {.fd = 1};
	struct souk_query *q;
	enum souk_step step;

	(void)operand_count, (void)operands;
	if (!souk_store_begin(stage->store, false))
		return SOUK_EXIT_SYSTEM;
	q = souk_ask(stage->store, PROMOTION_LIST);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct souk_text body = souk_column_text(q, 1);

		souk_add(&out.buffer, body.at, body.len);
		if (souk_column_int(q, 2)) {
			/* What put makes of the list does not hold it. */
			out.buffer.len--;
			souk_put_open(&out.buffer, "promo", '{');
			souk_put_int(&out.buffer, "used", souk_column_int(q, 3));
			souk_add_string(&out.buffer, "}}");
		}
		souk_writer_line_end(&out);
	}
	souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return step == SOUK_STEP_DONE ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

SOUK_VERB(list) = {
	.function = &promo_function,
	.name = "list",
	.summary = "list all promotions, as put takes them",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.run = run,
};
