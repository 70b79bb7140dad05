/* SPDX-License-Identifier: ISC */
/* souk-account put: the shopkeeper makes an account, or sets its password and role anew. The role
 * is said on the command line: no record can make anybody staff. */
#include "account.h"

struct put {
	struct passwords passwords;
	int role;
};

static bool read_put(struct souk_stage *stage, struct souk_record *r, struct newcomer *n)
{
	struct put *s = stage->state;

	if (!read_newcomer(stage, r, n))
		return false;
	souk_digest_int(&s->passwords.event.digest, s->role);
	return true;
}

static enum souk_intent intend(struct souk_stage *stage, struct souk_record *r)
{
	struct newcomer a;

	if (!read_put(stage, r, &a))
		return SOUK_INTENT_ANSWERED;
	return job_ask(stage, job_add(stage, (struct souk_text){0}, a.password));
}

static bool make(struct souk_stage *stage, const struct newcomer *a, const struct job *job, struct souk_text id)
{
	const struct put *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, ACCOUNT_PUT);

	bind_texts(q, 7, (struct souk_text[]){id, a->email.key, a->email.as_given, a->name, a->language,
		souk_text_of(roles[s->role]), souk_text_of(job->fresh)});
	souk_bind_int(q, 8, souk_now(stage));
	return souk_do(q) && do_text(stage, TOKEN_DROP_OF, a->email.key) &&
		do_text(stage, REGISTRATION_DROP, a->email.key);
}

static bool set(struct souk_stage *stage, const struct newcomer *a, const struct job *job, struct souk_text id)
{
	const struct put *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, ACCOUNT_SET);

	bind_texts(q, 6, (struct souk_text[]){id, a->email.as_given, a->name, a->language,
		souk_text_of(roles[s->role]), souk_text_of(job->fresh)});
	return souk_do(q) && sessions_drop(stage, id, NULL) && letter_tokens_drop(stage, id);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct put *s = stage->state;
	const struct job *job;
	enum souk_outcome outcome;
	struct person person;
	enum souk_step step;
	char id[DERIVED_ID];
	struct newcomer a;

	if (!read_put(stage, r, &a))
		return SOUK_REFUSED;
	job = job_take(stage);
	outcome = event_again(stage, r);
	if (outcome != SOUK_PASS)
		return outcome;
	step = person_find(stage, r, ACCOUNT_BY_EMAIL, a.email.key, &person);
	if (step == SOUK_STEP_FAILED)
		return SOUK_FAILED;
	if (step == SOUK_STEP_DONE) {
		derive_id(stage, 'c', s->passwords.event.id, id);
		person.id = souk_text_of(id);
	}
	if (!(step == SOUK_STEP_DONE ? make : set)(stage, &a, job, person.id))
		return SOUK_FAILED;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "stored");
	souk_put_open(&r->answer, "customer", '{');
	souk_put_text(&r->answer, "id", person.id);
	souk_put_close(&r->answer, '}');
	souk_put_string(&r->answer, "role", roles[s->role]);
	souk_put_close(&r->answer, '}');
	return event_store(stage, r, person.id) ? SOUK_ANSWER : SOUK_FAILED;
}

static const char *const reads[] = {"id", "account", NULL};

static const struct souk_option options[] = {
	{0, "role", "ROLE", SOUK_OPTION_CHOICE, offsetof(struct put, role),
		"what they may do here (default customer)", 0, 0, roles, false},
	HASHING_OPTIONS,
	{0},
};

SOUK_VERB(put) = {
	.function = &account_function,
	.name = "put",
	.summary = "make an account without a letter, or set its password and role",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct put),
	.open = passwords_open,
	.begin = passwords_begin,
	.intend = intend,
	.call = passwords_call,
	.map = map,
	.close = passwords_close,
};
