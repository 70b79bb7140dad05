/* SPDX-License-Identifier: ISC */
/* souk-pay cards: gift cards and store credit with their balances, one a line. */
#include "credit_books.h"

#include "pay.h"

struct cards {
	const char *customer;
};

static bool card_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	struct card card = card_read(row);

	(void)stage;
	souk_put_open(out, NULL, '{');
	card_put(out, &card);
	souk_put_close(out, '}');
	return true;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	const struct cards *s = stage->state;
	struct souk_writer out = {.fd = 1};
	struct souk_query *q;
	bool done;

	(void)operand_count, (void)operands;
	if (!souk_store_begin(credit_books(false), false))
		return SOUK_EXIT_SYSTEM;
	q = souk_ask(credit_books(false), CARD_LIST);
	souk_bind_text(q, 1, souk_text_of(s->customer ? s->customer : ""));
	done = souk_write_rows(stage, q, card_line, &out);
	souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	providers_close();
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

static const struct souk_option options[] = {
	{0, "customer", "ID", SOUK_OPTION_TEXT, offsetof(struct cards, customer),
		"only the cards of this customer", 0, 0, NULL, false},
	{0},
};

SOUK_VERB(cards) = {
	.function = &pay_function,
	.name = "cards",
	.summary = "list gift cards and store credit with their balances",
	.kind = SOUK_SOURCE,
	.options = options,
	.state_size = sizeof(struct cards),
	.run = run,
};
