/* SPDX-License-Identifier: ISC */
/* souk-account who: whose session it is. */
#include "account.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct session session;

	souk_put_open(&r->answer, NULL, '{');
	switch (session_find(stage, r, &session)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		souk_put_string(&r->answer, "state", "guest");
		break;
	case SOUK_STEP_ROW:
		souk_put_string(&r->answer, "state", "known");
		person_put(&session.person, &r->answer);
		session_put_csrf(&session, &r->answer);
		/* A look writes nothing: it only says that it is time to. */
		if (session.idle_until < session.until &&
		    session.idle_until - souk_now(stage) < session.idle - session.idle / 10)
			souk_put_bool(&r->answer, "renew", true);
		break;
	}
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static const char *const reads[] = {"session?", NULL};

SOUK_VERB(who) = {
	.function = &account_function,
	.name = "who",
	.summary = "say who is logged in by a session",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.map = map,
};
