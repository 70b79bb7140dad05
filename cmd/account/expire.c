/* SPDX-License-Identifier: ISC */
/* souk-account expire: what has ended goes: sessions, registrations, letters, tokens, and what is
 * remembered of attempts and of what was done long ago. */
#include "account.h"

struct expire {
	int64_t after;
};

enum { DEFAULT_AFTER = 30 * DAY };

static const struct what {
	const char *name;
	size_t statement;
} whats[] = {
	{"sessions", SESSION_EXPIRE}, {"registrations", REGISTRATION_EXPIRE}, {"letters", LETTER_EXPIRE},
	{"tokens", TOKEN_EXPIRE}, {"attempts", ATTEMPT_EXPIRE}, {"familiar", FAMILIAR_EXPIRE}, {"events", EVENT_EXPIRE},
};

static bool expire(struct souk_stage *stage, const struct what *what, struct souk_buffer *out)
{
	const struct expire *s = stage->state;
	struct souk_query *q;
	int64_t until = souk_now(stage);

	if (what->statement == EVENT_EXPIRE)
		until -= s->after ? s->after : DEFAULT_AFTER;
	else if (what->statement == FAMILIAR_EXPIRE)
		until -= FAMILIAR_SPAN;
	if (!souk_store_begin(stage->store, true))
		return false;
	q = souk_ask(stage->store, SECURELY);
	if (souk_step(q) == SOUK_STEP_ROW)
		souk_done(q);
	q = souk_ask(stage->store, what->statement);
	souk_bind_int(q, 1, until);
	if (!souk_do(q)) {
		souk_store_rollback(stage->store);
		return false;
	}
	souk_put_int(out, what->name, souk_store_changes(stage->store));
	return souk_store_commit(stage->store);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct souk_writer out = {.fd = 1};
	bool done = true;

	(void)operand_count, (void)operands;
	souk_put_open(&out.buffer, NULL, '{');
	souk_put_open(&out.buffer, "expired", '{');
	for (size_t i = 0; done && i < sizeof(whats) / sizeof(*whats); i++)
		done = expire(stage, &whats[i], &out.buffer);
	souk_add_string(&out.buffer, "}}");
	souk_writer_line_end(&out);
	if (done)
		souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

static const struct souk_option options[] = {
	{0, "after", "SPAN", SOUK_OPTION_SPAN, offsetof(struct expire, after),
		"how long it is remembered what was done (default 30d)", 0, 0, NULL, false},
	{0},
};

SOUK_VERB(expire_verb) = {
	.function = &account_function,
	.name = "expire",
	.summary = "let go of sessions, registrations and letters that have ended",
	.kind = SOUK_SOURCE,
	.effects = SOUK_OWN_STATE,
	.options = options,
	.state_size = sizeof(struct expire),
	.run = run,
};
