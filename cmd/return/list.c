/* SPDX-License-Identifier: ISC */
/* souk-return list: returns and where they are. */
#include "return.h"

struct list {
	int state;               /* among the choices */
	const char *order;
};

static const char *const choices[] = {"any", "requested", "received", "inspected", "refunded", NULL};

static bool return_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	bool done;

	souk_put_open(out, NULL, '{');
	return_put_names(row, out);
	souk_put_open(out, "return", '{');
	done = return_put_rest(stage, row, out);
	souk_add_string(out, "}}");
	return done;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	const struct list *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, RETURN_LIST);

	souk_bind_text(q, 1, souk_text_of(s->state ? choices[s->state] : ""));
	souk_bind_text(q, 2, souk_text_of(s->order ? s->order : ""));
	return souk_write_rows(stage, q, return_line, out);
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
	.write = write_all,
};
