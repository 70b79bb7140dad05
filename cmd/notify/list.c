/* SPDX-License-Identifier: ISC */
/* souk-notify list: mails and what became of them, without their words and addresses. */
#include "notify.h"

struct list {
	int state;
};

static bool mail_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	(void)stage;
	souk_put_open(out, NULL, '{');
	mail_put(out, row);
	souk_put_close(out, '}');
	return true;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	const struct list *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, MAIL_LIST);

	souk_bind_text(q, 1, souk_text_of(s->state ? states[s->state] : ""));
	return souk_write_rows(stage, q, mail_line, out);
}

static const struct souk_option options[] = {
	{0, "state", "STATE", SOUK_OPTION_CHOICE, offsetof(struct list, state), "only mails in this state", 0, 0,
		states, false},
	{0},
};

SOUK_VERB(list) = {
	.function = &notify_function,
	.name = "list",
	.summary = "list mails and what became of them",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.options = options,
	.state_size = sizeof(struct list),
	.write = write_all,
};
