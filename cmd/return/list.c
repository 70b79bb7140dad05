/* SPDX-License-Identifier: ISC */
/* souk-return list: returns and where they are. */
#include "return.h"

struct list {
	int state;               /* among the choices */
	const char *order;
};

static const char *const choices[] = {"any", "requested", "received", "inspected", "refunded", NULL};

/* The row of RETURN_LIST, but for its id and order. */
static bool put_row(struct souk_stage *stage, struct souk_query *q, struct souk_buffer *out)
{
	struct souk_query *lines = souk_ask(stage->store, LINE_GET);
	enum souk_step step;

	souk_put_text(out, "state", souk_column_text(q, 3));
	souk_put_text(out, "currency", souk_column_text(q, 2));
	souk_put_int(out, "amount", souk_column_int(q, 5));
	if (souk_column_text(q, 4).len)
		souk_put_text(out, "reason", souk_column_text(q, 4));
	souk_put_open(out, "lines", '[');
	souk_bind_text(lines, 1, souk_column_text(q, 0));
	while ((step = souk_step(lines)) == SOUK_STEP_ROW) {
		souk_put_open(out, NULL, '{');
		souk_put_text(out, "id", souk_column_text(lines, 1));
		souk_put_text(out, "sku", souk_column_text(lines, 2));
		souk_put_int(out, "requested", souk_column_int(lines, 6));
		souk_put_int(out, "received", souk_column_int(lines, 7));
		souk_put_int(out, "accepted", souk_column_int(lines, 8));
		souk_put_int(out, "restock", souk_column_int(lines, 9));
		souk_put_int(out, "amount", souk_column_int(lines, 12));
		if (souk_column_text(lines, 3).len)
			souk_put_text(out, "reason", souk_column_text(lines, 3));
		souk_put_close(out, '}');
	}
	souk_put_close(out, ']');
	return step == SOUK_STEP_DONE;
}

bool returns_write(struct souk_stage *stage, struct souk_text state, struct souk_text order,
	bool export, struct souk_writer *w)
{
	struct souk_query *q = souk_ask(stage->store, RETURN_LIST);
	struct souk_buffer *out = &w->buffer;
	enum souk_step step;

	souk_bind_text(q, 1, state);
	souk_bind_text(q, 2, order);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		souk_put_open(out, NULL, '{');
		if (export)
			souk_put_string(out, "export", "return");
		souk_put_text(out, "id", souk_column_text(q, 0));
		souk_put_text(out, "order_id", souk_column_text(q, 1));
		souk_put_name(out, "time");
		souk_add_char(out, '"');
		souk_add_time(out, souk_column_int(q, 6));
		souk_add_char(out, '"');
		if (!export)
			souk_put_open(out, "return", '{');
		if (!put_row(stage, q, out))
			return false;
		if (!export)
			souk_put_close(out, '}');
		souk_put_close(out, '}');
		souk_writer_line_end(w);
	}
	return step == SOUK_STEP_DONE;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	const struct list *s = stage->state;
	struct souk_writer out = {.fd = 1};
	bool done;

	(void)operand_count, (void)operands;
	done = souk_store_begin(stage->store, false) && returns_write(stage,
		souk_text_of(s->state ? choices[s->state] : ""), souk_text_of(s->order ? s->order : ""),
		false, &out);
	if (done)
		souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

static const struct souk_option options[] = {
	{0, "state", "STATE", SOUK_OPTION_CHOICE, offsetof(struct list, state),
		"returns in this state", 0, 0, choices, false},
	{0, "order", "ID", SOUK_OPTION_TEXT, offsetof(struct list, order),
		"returns of this order", 0, 0, NULL, false},
	{0},
};

SOUK_VERB(list_verb) = {
	.function = &return_function,
	.name = "list",
	.summary = "list returns and where they are",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.options = options,
	.state_size = sizeof(struct list),
	.run = run,
};
