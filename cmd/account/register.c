/* SPDX-License-Identifier: ISC */
/* souk-account register: a letter goes to the address, and only that says whether it has an
 * account already. */
#include "account.h"

static enum souk_intent intend(struct souk_stage *stage, struct souk_record *r)
{
	struct newcomer a;

	if (!read_newcomer(stage, r, &a))
		return SOUK_INTENT_ANSWERED;
	return job_ask(stage, job_add(stage, (struct souk_text){0}, a.password));
}

/* Of several registrations of one address that one counts whose letter is answered first. */
static bool store(struct souk_stage *stage, const struct newcomer *a, const struct job *job)
{
	struct passwords *s = stage->state;
	char id[DERIVED_ID];
	struct letter letter = {.kind = VERIFY, .email = a->email, .name = a->name, .language = a->language,
		.until = souk_now(stage) + VERIFY_SPAN};
	struct souk_query *q;
	bool stored;

	derive_id(stage, 'r', s->event.id, id);
	letter.about = souk_text_of(id);
	if (!letter_put(stage, s->event.id, &letter, &stored) || !stored)
		return !stored;
	q = souk_ask(stage->store, REGISTRATION_PUT);
	bind_texts(q, 6, (struct souk_text[]){letter.about, a->email.key, a->email.as_given, a->name, a->language,
		souk_text_of(job->fresh)});
	souk_bind_int(q, 7, letter.until);
	return souk_do(q);
}

/* Who owns the address is told in a letter, and nobody else. */
static bool tell_owner(struct souk_stage *stage, const struct person *person)
{
	struct passwords *s = stage->state;
	struct letter letter = {.kind = REGISTERED, .about = SOUK_TEXT(""),
		.email = {.as_given = person->email, .key = person->email_key}, .name = person->name,
		.language = person->language, .until = souk_now(stage) + VERIFY_SPAN};

	return letter_put(stage, s->event.id, &letter, NULL);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	const struct job *job;
	enum souk_outcome outcome;
	struct person person;
	struct newcomer a;
	bool done = false;

	if (!read_newcomer(stage, r, &a))
		return SOUK_REFUSED;
	job = job_take(stage);
	outcome = event_again(stage, r);
	if (outcome != SOUK_PASS)
		return outcome;
	switch (person_find(stage, r, ACCOUNT_BY_EMAIL, a.email.key, &person)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_ROW:
		done = tell_owner(stage, &person);
		break;
	case SOUK_STEP_DONE:
		done = store(stage, &a, job);
		break;
	}
	souk_answer_state(r, "mailed");
	return done && event_store(stage, r, SOUK_TEXT("")) ? SOUK_ANSWER : SOUK_FAILED;
}

static const char *const reads[] = {"id", "account", NULL};

static const struct souk_option options[] = {
	HASHING_OPTIONS,
	{0},
};

SOUK_VERB(register_verb) = {
	.function = &account_function,
	.name = "register",
	.summary = "ask for an account: a letter goes to its address",
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
