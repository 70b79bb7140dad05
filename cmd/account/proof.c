/* SPDX-License-Identifier: ISC */
/* Who is logged in shows the password once more, before what can't be undone. It is as good to be
 * guessed here as at a login. */
#include "account.h"

static struct attempt attempt_of(struct souk_stage *stage, const struct session *session, struct souk_text client)
{
	const struct passwords *s = stage->state;

	return (struct attempt){.email_key = session->person.email_key, .client = client, .event = s->event.id};
}

enum souk_intent proof_ask(struct souk_stage *stage, struct souk_record *r, struct souk_text client,
	struct souk_text password, struct souk_text new_password)
{
	struct job *job = job_add(stage, password, new_password);
	struct session session;
	struct attempt attempt;

	switch (session_find(stage, r, &session)) {
	case SOUK_STEP_FAILED:
		return SOUK_INTENT_FAILED;
	case SOUK_STEP_DONE:
		return SOUK_INTENT_ANSWERED;
	case SOUK_STEP_ROW:
		break;
	}
	attempt = attempt_of(stage, &session, client);
	if (!attempt_begin(stage, &attempt, &job->delay))
		return SOUK_INTENT_FAILED;
	if (job->delay)
		return SOUK_INTENT_ANSWERED;
	job->known = true;
	snprintf(job->hash, sizeof(job->hash), "%.*s", (int)session.person.password.len, session.person.password.at);
	return job_ask(stage, job);
}

enum souk_outcome proof_check(struct souk_stage *stage, struct souk_record *r, struct souk_text client,
	const struct job *job, struct session *session)
{
	enum souk_outcome outcome = session_need(stage, r, session);
	struct attempt attempt;

	if (outcome != SOUK_PASS)
		return outcome;
	if (job->delay)
		return attempt_refuse(r, job->delay);
	/* Another may have been set while this one was looked at. */
	if (!job->good || !souk_text_is(session->person.password, job->hash))
		return souk_refuse(r, "wrong_password", "the password is wrong");
	attempt = attempt_of(stage, session, client);
	return attempt_succeeded(stage, &attempt) ? SOUK_PASS : SOUK_FAILED;
}
