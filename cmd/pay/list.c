/* SPDX-License-Identifier: ISC */
/* souk-pay list: payments, one a line. */
#include "pay.h"

struct list {
	const char *order;
	int state; /* 1 + enum payment_state, 0: any */
};

static const char *const states[] = {"any", "intended", "action_required", "declined", "authorized",
	"voiding", "voided", NULL};

static bool payment_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	(void)stage;
	souk_put_open(out, NULL, '{');
	souk_put_text(out, "order_id", souk_column_text(row, 16));
	souk_put_text(out, "payment", souk_column_text(row, 1));
	payment_row_put(out, row);
	souk_put_some(out, "reference", souk_column_text(row, 13));
	souk_put_some(out, "decline_code", souk_column_text(row, 14));
	souk_put_close(out, '}');
	return true;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	const struct list *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, PAYMENT_LIST);

	souk_bind_text(q, 1, souk_text_of(s->order ? s->order : ""));
	souk_bind_text(q, 2, souk_text_of(s->order ? s->order : LAST_ID));
	souk_bind_text(q, 3, souk_text_of(s->state ? states[s->state] : ""));
	return souk_write_rows(stage, q, payment_line, out);
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
	.write = write_all,
};
