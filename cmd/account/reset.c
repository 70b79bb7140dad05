/* SPDX-License-Identifier: ISC */
/* souk-account reset: who has forgotten a password gets a letter, if there is an account. */
#include "account.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct event *s = stage->state;
	const struct souk_node *request;
	enum souk_outcome outcome;
	struct person person;
	struct email email;

	if (!event_read(stage, r) || !read_request(r, &request) || !read_email(r, request, &email))
		return SOUK_REFUSED;
	souk_digest_text(&s->digest, email.key);
	outcome = event_again(stage, r);
	if (outcome != SOUK_PASS)
		return outcome;
	switch (person_find(stage, r, ACCOUNT_BY_EMAIL, email.key, &person)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		break;
	case SOUK_STEP_ROW:
		if (!letter_put(stage, s->id, &(struct letter){.kind = RESET, .about = person.id,
			.email = {.as_given = person.email, .key = person.email_key}, .name = person.name,
			.language = person.language, .until = souk_now(stage) + RESET_SPAN}, NULL))
			return SOUK_FAILED;
		break;
	}
	souk_answer_state(r, "mailed");
	return event_store(stage, r, SOUK_TEXT("")) ? SOUK_ANSWER : SOUK_FAILED;
}

static const char *const reads[] = {"id", "account", NULL};

SOUK_VERB(reset) = {
	.function = &account_function,
	.name = "reset",
	.summary = "ask for a letter by which a forgotten password can be changed",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.state_size = sizeof(struct event),
	.map = map,
	.close = event_close,
};
