/* SPDX-License-Identifier: ISC */
/* souk-pay list: payments, one a line. */
#include "pay.h"

struct list {
	const char *order;
	int state; /* 1 + enum payment_state, 0: any */
};

static const char *const states[] = {"any", "intended", "action_required", "declined", "authorized",
	"voiding", "voided", NULL};

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	const struct list *s = stage->state;
	struct souk_writer out = {.fd = 1};
	struct souk_query *q;
	enum souk_step step;

	(void)operand_count, (void)operands;
	if (!souk_store_begin(stage->store, false))
		return SOUK_EXIT_SYSTEM;
	q = souk_ask(stage->store, PAYMENT_LIST);
	souk_bind_text(q, 1, souk_text_of(s->order ? s->order : ""));
	souk_bind_text(q, 2, souk_text_of(s->order ? s->order : LAST_ID));
	souk_bind_text(q, 3, souk_text_of(s->state ? states[s->state] : ""));
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		souk_put_open(&out.buffer, NULL, '{');
		souk_put_text(&out.buffer, "order_id", souk_column_text(q, 16));
		souk_put_text(&out.buffer, "payment", souk_column_text(q, 1));
		souk_put_text(&out.buffer, "method", souk_column_text(q, 2));
		souk_put_text(&out.buffer, "currency", souk_column_text(q, 3));
		souk_put_int(&out.buffer, "amount", souk_column_int(q, 4));
		souk_put_text(&out.buffer, "state", souk_column_text(q, 6));
		souk_put_bool(&out.buffer, "settled", souk_column_int(q, 7));
		souk_put_int(&out.buffer, "authorized", souk_column_int(q, 8));
		souk_put_int(&out.buffer, "captured", souk_column_int(q, 9));
		souk_put_int(&out.buffer, "refunded", souk_column_int(q, 11));
		if (souk_column_text(q, 13).len)
			souk_put_text(&out.buffer, "reference", souk_column_text(q, 13));
		if (souk_column_text(q, 14).len)
			souk_put_text(&out.buffer, "decline_code", souk_column_text(q, 14));
		souk_put_close(&out.buffer, '}');
		souk_writer_line_end(&out);
	}
	souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return step == SOUK_STEP_DONE ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

static const struct souk_option options[] = {
	{0, "order", "ID", SOUK_OPTION_TEXT, offsetof(struct list, order),
		"only the payments of this order", 0, 0, NULL, false},
	{0, "state", "STATE", SOUK_OPTION_CHOICE, offsetof(struct list, state),
		"only payments in this state", 0, 0, states, false},
	{0},
};

SOUK_VERB(list_verb) = {
	.function = &pay_function,
	.name = "list",
	.summary = "list payments",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.options = options,
	.state_size = sizeof(struct list),
	.run = run,
};
