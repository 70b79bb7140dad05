/* SPDX-License-Identifier: ISC */
/* souk-account close: the account goes, with all that says who its customer was. */
#include "account.h"

struct asked {
	struct souk_text password, client;
};

/* The database overwrites what it frees. */
static bool begin(struct souk_stage *stage)
{
	struct souk_query *q = souk_ask(stage->store, SECURELY);
	enum souk_step step = souk_step(q);

	if (step == SOUK_STEP_ROW)
		souk_done(q);
	return step != SOUK_STEP_FAILED && passwords_begin(stage);
}

static bool read_close(struct souk_stage *stage, struct souk_record *r, struct asked *a)
{
	struct passwords *s = stage->state;
	struct session session = {0};
	const struct souk_node *request;

	if (!event_read(stage, r) || !read_request(r, &request) || !read_client(r, &a->client) ||
	    !souk_need_text(r, request, "password", 1, MAX_PASSWORD, &a->password))
		return false;
	session_named(r, &session);
	souk_digest_text(&s->event.digest, (struct souk_text){(char *)session.digest, sizeof(session.digest)});
	return true;
}

static enum souk_intent intend(struct souk_stage *stage, struct souk_record *r)
{
	struct asked a;

	if (!read_close(stage, r, &a))
		return SOUK_INTENT_ANSWERED;
	return proof_ask(stage, r, a.client, a.password, (struct souk_text){0});
}

static bool drop_all(struct souk_stage *stage, const struct person *p)
{
	return sessions_drop(stage, p->id, NULL) && do_text(stage, ADDRESS_DROP_ALL, p->id) &&
		letter_tokens_drop(stage, p->id) && do_text(stage, TOKEN_DROP_OF, p->email_key) &&
		do_text(stage, REGISTRATION_DROP, p->email_key) && do_text(stage, LETTER_DROP, p->email_key) &&
		do_text(stage, EVENT_DROP_OF, p->id) && do_text(stage, ACCOUNT_DROP, p->id);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	const struct job *job;
	enum souk_outcome outcome;
	struct session session;
	struct asked a;

	if (!read_close(stage, r, &a))
		return SOUK_REFUSED;
	job = job_take(stage);
	outcome = event_again(stage, r);
	if (outcome != SOUK_PASS)
		return outcome;
	outcome = proof_check(stage, r, a.client, job, &session);
	if (outcome != SOUK_PASS)
		return outcome;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "closed");
	souk_put_open(&r->answer, "customer", '{');
	souk_put_text(&r->answer, "id", session.person.id);
	souk_add_string(&r->answer, "}}");
	return drop_all(stage, &session.person) && event_store(stage, r, SOUK_TEXT("")) ? SOUK_ANSWER : SOUK_FAILED;
}

static const char *const reads[] = {"id", "account", "session", "client?", NULL};

static const struct souk_option options[] = {
	HASHING_OPTIONS,
	{0},
};

SOUK_VERB(close_verb) = {
	.function = &account_function,
	.name = "close",
	.summary = "close an account, and let go of all that it says of its customer",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct passwords),
	.open = passwords_open,
	.begin = begin,
	.intend = intend,
	.call = passwords_call,
	.map = map,
	.close = passwords_close,
};
