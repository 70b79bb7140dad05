/* SPDX-License-Identifier: ISC */
/* souk-notify retry: sends what is due: what was only stored, what a server put off, what
 * a crash left. For a timer. */
#include "batch.h"
#include "notify.h"

struct retry {
	struct outbox outbox;
	bool unknown;
};

enum { MAILS = 100 };

/* The keys of what is due. Those whose sender died at the end may be with the server. */
static bool collect(struct souk_stage *stage)
{
	struct retry *s = stage->state;
	struct souk_query *q;
	enum souk_step step;

	outbox_begin(&s->outbox);
	if (!souk_store_begin(stage->store, true))
		return false;
	q = souk_ask(stage->store, MAIL_LOST);
	souk_bind_int(q, 1, souk_now(stage));
	if (!souk_do(q))
		return false;
	q = souk_ask(stage->store, MAIL_DUE);
	souk_bind_int(q, 1, souk_now(stage));
	souk_bind_int(q, 2, s->unknown);
	souk_bind_int(q, 3, MAILS);
	while ((step = souk_step(q)) == SOUK_STEP_ROW)
		outbox_add(&s->outbox, souk_column_text(q, 0), souk_column_text(q, 1));
	for (size_t i = 0; s->unknown && step == SOUK_STEP_DONE && i < s->outbox.count; i++) {
		q = souk_ask(stage->store, MAIL_AGAIN);
		souk_bind_text(q, 1, s->outbox.keys[i].kind);
		souk_bind_text(q, 2, s->outbox.keys[i].id);
		if (!souk_do(q))
			return false;
	}
	return step == SOUK_STEP_DONE && souk_store_commit(stage->store);
}

/* Says what became of each; *again: there may be more that is due. */
static bool tell(struct souk_stage *stage, struct souk_writer *out, bool *again)
{
	struct retry *s = stage->state;
	size_t tried = 0;

	if (!souk_store_begin(stage->store, false))
		return false;
	for (size_t i = 0; i < s->outbox.count; i++) {
		struct souk_query *q = souk_ask(stage->store, MAIL_GET);

		souk_bind_text(q, 1, s->outbox.keys[i].kind);
		souk_bind_text(q, 2, s->outbox.keys[i].id);
		if (souk_step(q) != SOUK_STEP_ROW)
			return false;
		tried += !souk_text_is(souk_column_text(q, 1), "queued");
		souk_put_open(&out->buffer, NULL, '{');
		souk_put_text(&out->buffer, "id", s->outbox.keys[i].id);
		souk_put_open(&out->buffer, "notify", '{');
		souk_put_text(&out->buffer, "kind", s->outbox.keys[i].kind);
		souk_put_text(&out->buffer, "state", souk_column_text(q, 1));
		souk_add_string(&out->buffer, "}}");
		souk_writer_line_end(out);
		souk_done(q);
	}
	/* Where nothing got through nothing will. */
	*again = s->outbox.count == MAILS && tried > 0;
	return souk_store_commit(stage->store);
}

static void open(struct souk_stage *stage)
{
	struct retry *s = stage->state;

	outbox_open(&s->outbox);
	if (!s->outbox.smtp)
		souk_die_usage("--smtp or SOUK_SMTP must name the mail server, as in smtp://localhost");
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct retry *s = stage->state;
	struct souk_writer out = {.fd = 1};
	bool again = true, done = true;

	(void)operand_count, (void)operands;
	while (done && again)
		done = collect(stage) && outbox_send(&s->outbox, stage) && tell(stage, &out, &again);
	souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

static void close(struct souk_stage *stage)
{
	outbox_close(&((struct retry *)stage->state)->outbox);
}

static const struct souk_option options[] = {
	OUTBOX_OPTIONS(struct retry, outbox),
	{0, "unknown", NULL, SOUK_OPTION_FLAG, offsetof(struct retry, unknown),
		"also send again what the server may have accepted already", 0, 0, NULL, false},
	{0},
};

SOUK_VERB(retry) = {
	.function = &notify_function,
	.name = "retry",
	.summary = "send the mails that are due",
	.kind = SOUK_SOURCE,
	.effects = SOUK_EXTERNAL,
	.needs_no_id = true,
	.options = options,
	.state_size = sizeof(struct retry),
	.open = open,
	.run = run,
	.close = close,
};
