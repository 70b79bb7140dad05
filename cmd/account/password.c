/* SPDX-License-Identifier: ISC */
/* souk-account password: another password, by the one before or by a letter; all others are
 * logged out. */
#include "account.h"

struct asked {
	const struct souk_node *request;
	bool by_letter;
	struct souk_text old, new, client;
};

static bool read_change(struct souk_stage *stage, struct souk_record *r, struct asked *a)
{
	struct passwords *s = stage->state;
	struct session session = {0};

	*a = (struct asked){0};
	if (!event_read(stage, r) || !read_request(r, &a->request) ||
	    !read_new_password(r, a->request, "new_password", &a->new) || !read_client(r, &a->client))
		return false;
	a->by_letter = souk_find(r, a->request, "token") != NULL;
	if (a->by_letter)
		return letter_token_read(stage, r, a->request);
	session_named(r, &session);
	souk_digest_text(&s->event.digest, (struct souk_text){(char *)session.digest, sizeof(session.digest)});
	return souk_need_text(r, a->request, "password", 1, MAX_PASSWORD, &a->old);
}

static enum souk_intent intend(struct souk_stage *stage, struct souk_record *r)
{
	struct asked a;

	if (!read_change(stage, r, &a))
		return SOUK_INTENT_ANSWERED;
	return a.by_letter ? job_ask(stage, job_add(stage, a.old, a.new)) : proof_ask(stage, r, a.client, a.old, a.new);
}

/* Whose letter it is: SOUK_PASS, or what becomes of the record. Who has it also tries anew. */
static enum souk_outcome find(struct souk_stage *stage, struct souk_record *r, const struct asked *a,
	struct person *person)
{
	const struct passwords *s = stage->state;
	struct attempt attempt = {.client = a->client, .event = s->event.id};
	enum souk_outcome outcome;
	struct souk_text id;

	outcome = letter_token(stage, r, a->request, RESET, &id);
	if (outcome != SOUK_PASS)
		return outcome;
	switch (person_find(stage, r, ACCOUNT_BY_ID, id, person)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return souk_refuse(r, "bad_token", "the account has been closed");
	case SOUK_STEP_ROW:
		break;
	}
	attempt.email_key = person->email_key;
	return attempt_forgive(stage, &attempt) && letter_tokens_drop(stage, id) ? SOUK_PASS : SOUK_FAILED;
}

static bool store(struct souk_stage *stage, const struct job *job, const struct session *session, bool kept)
{
	struct passwords *s = stage->state;
	const struct person *p = &session->person;
	struct souk_query *q = souk_ask(stage->store, ACCOUNT_REHASH);

	souk_bind_text(q, 1, p->id);
	souk_bind_text(q, 2, souk_text_of(job->fresh));
	return souk_do(q) && sessions_drop(stage, p->id, kept ? session : NULL) &&
		letter_put(stage, s->event.id, &(struct letter){.kind = PASSWORD_CHANGED, .about = p->id,
			.email = {.as_given = p->email, .key = p->email_key}, .name = p->name,
			.language = p->language, .until = souk_now(stage) + VERIFY_SPAN}, NULL);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	const struct job *job;
	struct session session = {0};
	enum souk_outcome outcome;
	struct asked a;

	if (!read_change(stage, r, &a))
		return SOUK_REFUSED;
	job = job_take(stage);
	outcome = event_again(stage, r);
	if (outcome != SOUK_PASS)
		return outcome;
	outcome = a.by_letter ? find(stage, r, &a, &session.person) : proof_check(stage, r, a.client, job, &session);
	if (outcome != SOUK_PASS)
		return outcome;
	souk_answer_state(r, "changed");
	return store(stage, job, &session, !a.by_letter) && event_store(stage, r, session.person.id) ? SOUK_ANSWER
											      : SOUK_FAILED;
}

static const char *const reads[] = {"id", "account", "session?", "client?", NULL};

static const struct souk_option options[] = {
	HASHING_OPTIONS,
	{0},
};

SOUK_VERB(password) = {
	.function = &account_function,
	.name = "password",
	.summary = "change a password, by the one before or by the token in a letter",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct passwords),
	.open = passwords_open,
	.begin = passwords_begin,
	.intend = intend,
	.call = passwords_call,
	.map = map,
	.close = passwords_close,
};
