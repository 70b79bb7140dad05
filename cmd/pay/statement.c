/* SPDX-License-Identifier: ISC */
/* souk-pay statement: the books of the providers themselves, to reconcile with. */
#include "pay.h"

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	size_t count;
	const struct provider *const *all = providers(&count);
	struct souk_writer out = {.fd = 1};
	bool done = true;

	(void)stage, (void)operand_count, (void)operands;
	for (size_t i = 0; done && i < count; i++)
		done = !all[i]->statement || all[i]->statement(&out);
	souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	providers_close();
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

SOUK_VERB(statement) = {
	.function = &pay_function,
	.name = "statement",
	.summary = "write what providers have in their own books, to reconcile with",
	.kind = SOUK_SOURCE,
	.run = run,
};
