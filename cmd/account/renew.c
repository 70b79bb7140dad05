/* SPDX-License-Identifier: ISC */
/* souk-account renew: a session is in use. */
#include "account.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct session session;
	struct souk_query *q;
	int64_t until;

	switch (session_find(stage, r, &session)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return souk_answer_state(r, "guest");
	case SOUK_STEP_ROW:
		break;
	}
	until = souk_now(stage) + session.idle;
	q = souk_ask(stage->store, SESSION_RENEW);
	souk_bind_blob(q, 1, session.digest, sizeof(session.digest));
	souk_bind_int(q, 2, until < session.until ? until : session.until);
	if (!souk_do(q))
		return SOUK_FAILED;
	return souk_answer_state(r, "known");
}

static const char *const reads[] = {"id", "session?", NULL};

SOUK_VERB(renew) = {
	.function = &account_function,
	.name = "renew",
	.summary = "note that a session is in use, so that it does not end by being idle",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.map = map,
};
