/* SPDX-License-Identifier: ISC */
/* souk-notify forget: takes the words and addresses out of mails that were written long ago
 * and are done. That they were sent stays known. */
#include "batch.h"
#include "notify.h"

struct forget {
	int64_t after;
};

enum { ROWS = 1000 };

/* What is freed is overwritten. */
static bool begin_securely(struct souk_stage *stage)
{
	struct souk_query *q = souk_ask(stage->store, SECURELY);
	enum souk_step step = souk_step(q);

	if (step == SOUK_STEP_ROW)
		souk_done(q);
	return step != SOUK_STEP_FAILED;
}

static bool last_row(struct souk_stage *stage, int64_t *last)
{
	struct souk_query *q;
	bool done;

	if (!souk_store_begin(stage->store, false))
		return false;
	q = souk_ask(stage->store, MAIL_LAST);
	done = souk_step(q) == SOUK_STEP_ROW;
	if (done) {
		*last = souk_column_int(q, 0);
		souk_done(q);
	}
	return done && souk_store_commit(stage->store);
}

/* In steps, so that who sends mails need not wait for all of it. */
static bool forget_rows(struct souk_stage *stage, int64_t from, int64_t before, int64_t *forgotten)
{
	struct souk_query *q;

	if (!souk_store_begin(stage->store, true))
		return false;
	q = souk_ask(stage->store, MAIL_FORGET);
	souk_bind_int(q, 1, from);
	souk_bind_int(q, 2, from + ROWS - 1);
	souk_bind_int(q, 3, before);
	if (!souk_do(q))
		return false;
	*forgotten += souk_store_changes(stage->store);
	return souk_store_commit(stage->store);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	const struct forget *s = stage->state;
	struct souk_writer out = {.fd = 1};
	int64_t last = 0, forgotten = 0, before;
	bool done;

	(void)operand_count, (void)operands;
	if (__builtin_sub_overflow(souk_now(stage), s->after, &before))
		before = SOUK_TIME_FIRST;
	done = last_row(stage, &last) && begin_securely(stage);
	for (int64_t from = 1; done && from <= last; from += ROWS)
		done = forget_rows(stage, from, before, &forgotten);
	if (done) {
		souk_put_open(&out.buffer, NULL, '{');
		souk_put_int(&out.buffer, "forgotten", forgotten);
		souk_put_close(&out.buffer, '}');
		souk_writer_line_end(&out);
		souk_writer_flush(&out);
	}
	souk_buffer_free(&out.buffer);
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

static const struct souk_option options[] = {
	{0, "after", "SPAN", SOUK_OPTION_SPAN, offsetof(struct forget, after),
		"how long ago a mail was written: 90d", 0, 0, NULL, true},
	{0},
};

SOUK_VERB(forget) = {
	.function = &notify_function,
	.name = "forget",
	.summary = "take words and addresses out of mails that are long done",
	.kind = SOUK_SOURCE,
	.effects = SOUK_OWN_STATE,
	.options = options,
	.state_size = sizeof(struct forget),
	.run = run,
};
