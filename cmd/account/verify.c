/* SPDX-License-Identifier: ISC */
/* souk-account verify: who has the letter has the address: the registration becomes an account. */
#include "account.h"

/* Reads the registration; SOUK_PASS, or the token is of no use. */
static enum souk_outcome find(struct souk_stage *stage, struct souk_record *r, struct souk_text id,
	struct person *p)
{
	struct souk_query *q = souk_ask(stage->store, REGISTRATION_GET);
	struct person other;

	souk_bind_text(q, 1, id);
	souk_bind_int(q, 2, souk_now(stage));
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return souk_refuse(r, "bad_token", "this registration is too old: register once more");
	case SOUK_STEP_ROW:
		break;
	}
	*p = (struct person){
		.email = souk_record_copy(r, souk_column_text(q, 0)), .email_key = souk_record_copy(r, souk_column_text(q, 1)),
		.name = souk_record_copy(r, souk_column_text(q, 2)), .language = souk_record_copy(r, souk_column_text(q, 3)),
		.password = souk_record_copy(r, souk_column_text(q, 4)),
	};
	souk_done(q);
	switch (person_find(stage, r, ACCOUNT_BY_EMAIL, p->email_key, &other)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return SOUK_PASS;
	case SOUK_STEP_ROW:
		break;
	}
	return souk_refuse(r, "bad_token", "the address has its account already: log in, or reset the password");
}

static bool store(struct souk_stage *stage, const struct person *p)
{
	struct souk_query *q = souk_ask(stage->store, ACCOUNT_PUT);

	bind_texts(q, 7, (struct souk_text[]){p->id, p->email_key, p->email, p->name, p->language,
		souk_text_of(roles[CUSTOMER]), p->password});
	souk_bind_int(q, 8, souk_now(stage));
	/* Other registrations of the address were not its owner's, or are not needed any more. */
	return souk_do(q) && do_text(stage, TOKEN_DROP_OF, p->email_key) &&
		do_text(stage, REGISTRATION_DROP, p->email_key);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct event *s = stage->state;
	const struct souk_node *request;
	struct souk_text registration;
	enum souk_outcome outcome;
	char id[DERIVED_ID];
	struct person p;

	if (!event_read(stage, r) || !read_request(r, &request) || !letter_token_read(stage, r, request))
		return SOUK_REFUSED;
	outcome = event_again(stage, r);
	if (outcome == SOUK_PASS)
		outcome = letter_token(stage, r, request, VERIFY, &registration);
	else
		return outcome;
	if (outcome == SOUK_PASS)
		outcome = find(stage, r, registration, &p);
	if (outcome != SOUK_PASS)
		return outcome;
	derive_id(stage, 'c', s->id, id);
	p.id = souk_text_of(id);
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "verified");
	souk_put_open(&r->answer, "customer", '{');
	souk_put_text(&r->answer, "id", p.id);
	souk_add_string(&r->answer, "}}");
	return store(stage, &p) && event_store(stage, r, p.id) ? SOUK_ANSWER : SOUK_FAILED;
}

static const char *const reads[] = {"id", "account", NULL};

SOUK_VERB(verify) = {
	.function = &account_function,
	.name = "verify",
	.summary = "make an account of a registration, by the token in its letter",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.state_size = sizeof(struct event),
	.map = map,
	.close = event_close,
};
