/* SPDX-License-Identifier: ISC */
/* souk-account login: an address and its password become a session. */
#include "account.h"

struct login {
	struct passwords passwords;
	int64_t idle[2], lifetime[2];    /* by role */
};

struct asked {
	struct email email;
	struct souk_text password;
	struct attempt attempt;
};

static void open(struct souk_stage *stage)
{
	static const int64_t idle[] = {[CUSTOMER] = 7 * DAY, [STAFF] = 3600},
			     lifetime[] = {[CUSTOMER] = 30 * DAY, [STAFF] = DAY / 2};
	struct login *s = stage->state;

	passwords_open(stage);
	for (int role = CUSTOMER; role <= STAFF; role++) {
		if (!s->idle[role])
			s->idle[role] = idle[role];
		if (!s->lifetime[role])
			s->lifetime[role] = lifetime[role];
	}
}

static bool read_login(struct souk_stage *stage, struct souk_record *r, struct asked *a)
{
	struct login *s = stage->state;
	const struct souk_node *request;

	if (!event_read(stage, r) || !read_request(r, &request) || !read_email(r, request, &a->email) ||
	    !souk_need_text(r, request, "password", 1, MAX_PASSWORD, &a->password) ||
	    !read_client(r, &a->attempt.client))
		return false;
	souk_digest_text(&s->passwords.event.digest, a->email.key);
	a->attempt.email_key = a->email.key;
	a->attempt.event = s->passwords.event.id;
	return true;
}

static enum souk_intent intend(struct souk_stage *stage, struct souk_record *r)
{
	struct person person;
	enum souk_step step;
	struct asked a;
	struct job *job;

	if (!read_login(stage, r, &a))
		return SOUK_INTENT_ANSWERED;
	job = job_add(stage, a.password, (struct souk_text){0});
	if (!attempt_begin(stage, &a.attempt, &job->delay))
		return SOUK_INTENT_FAILED;
	if (job->delay)
		return SOUK_INTENT_ANSWERED;
	step = person_find(stage, r, ACCOUNT_BY_EMAIL, a.email.key, &person);
	if (step == SOUK_STEP_FAILED)
		return SOUK_INTENT_FAILED;
	job->known = step == SOUK_STEP_ROW;
	if (job->known)
		snprintf(job->hash, sizeof(job->hash), "%.*s", (int)person.password.len, person.password.at);
	return job_ask(stage, job);
}

/* A new token, whatever session there was before: nobody can have planted it. */
static bool begin_session(struct souk_stage *stage, struct souk_record *r, const struct person *person)
{
	const struct login *s = stage->state;
	int role = souk_text_is(person->role, roles[STAFF]) ? STAFF : CUSTOMER;
	struct session session, before;
	char token[TOKEN_TEXT];
	struct souk_query *q;
	int64_t now = souk_now(stage);

	if (session_named(r, &before) && !session_drop(stage, &before))
		return false;
	token_make(session.token, token);
	token_digest(session.token, session.digest);
	session.until = now + s->lifetime[role];
	session.idle_until = s->idle[role] < s->lifetime[role] ? now + s->idle[role] : session.until;
	q = souk_ask(stage->store, SESSION_PUT);
	souk_bind_blob(q, 1, session.digest, sizeof(session.digest));
	souk_bind_text(q, 2, person->id);
	souk_bind_int(q, 3, session.until);
	souk_bind_int(q, 4, s->idle[role]);
	souk_bind_int(q, 5, session.idle_until);
	if (!souk_do(q))
		return false;
	session_put_csrf(&session, &r->answer);
	souk_put_open(&r->answer, "session", '{');
	souk_put_string(&r->answer, "token", token);
	souk_put_time(&r->answer, "until", session.until);
	souk_put_close(&r->answer, '}');
	return true;
}

static bool rehash(struct souk_stage *stage, const struct person *person, const struct job *job)
{
	struct souk_query *q;

	if (!*job->fresh)
		return true;
	q = souk_ask(stage->store, ACCOUNT_REHASH);
	souk_bind_text(q, 1, person->id);
	souk_bind_text(q, 2, souk_text_of(job->fresh));
	return souk_do(q);
}

/* The hash may be another since it was looked at: of another password, or of the same by other
 * limits. That is so rare that others can wait for it. */
static bool is_right(const struct job *job, const struct person *person)
{
	return job->good && (souk_text_is(person->password, job->hash) ||
		crypto_pwhash_str_verify(person->password.at, job->password.at, job->password.len) == 0);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	const struct job *job;
	enum souk_outcome outcome;
	struct person person;
	enum souk_step step;
	struct asked a;

	if (!read_login(stage, r, &a))
		return SOUK_REFUSED;
	job = job_take(stage);
	if (job->delay)
		return attempt_refuse(r, job->delay);
	step = person_find(stage, r, ACCOUNT_BY_EMAIL, a.email.key, &person);
	if (step == SOUK_STEP_FAILED)
		return SOUK_FAILED;
	if (step == SOUK_STEP_DONE || !is_right(job, &person))
		return souk_refuse(r, "wrong_login", "the address or the password is wrong");
	outcome = event_again(stage, r);
	if (outcome != SOUK_PASS)
		return outcome;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "known");
	person_put(&person, &r->answer);
	souk_put_close(&r->answer, '}');
	if (!attempt_succeeded(stage, &a.attempt) || !rehash(stage, &person, job) ||
	    !event_store(stage, r, person.id))
		return SOUK_FAILED;
	r->answer.len--;
	if (!begin_session(stage, r, &person))
		return SOUK_FAILED;
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static const char *const reads[] = {"id", "account", "session?", "client?", NULL};

#define SPAN(name, field, help) \
	{0, name, "SPAN", SOUK_OPTION_SPAN, offsetof(struct login, field), help, 0, 0, NULL, false}

static const struct souk_option options[] = {
	SPAN("idle", idle[CUSTOMER], "end a session that is not used for so long (default 7d)"),
	SPAN("lifetime", lifetime[CUSTOMER], "end a session after so long (default 30d)"),
	SPAN("staff-idle", idle[STAFF], "the same for staff (default 1h)"),
	SPAN("staff-lifetime", lifetime[STAFF], "the same for staff (default 12h)"),
	HASHING_OPTIONS,
	{0},
};

SOUK_VERB(login) = {
	.function = &account_function,
	.name = "login",
	.summary = "begin a session by an address and its password",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct login),
	.open = open,
	.begin = passwords_begin,
	.intend = intend,
	.call = passwords_call,
	.map = map,
	.close = passwords_close,
};
