/* SPDX-License-Identifier: ISC */
/* souk-account logout: a session ends, or all of the account. */
#include "account.h"

/* Whoever is logged in by nothing is logged out: there is no event to be told from another. */
static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	const struct souk_node *request = NULL;
	struct session session;
	bool everywhere = false;
	enum souk_step step;

	if (!souk_may_node(r, NULL, account_function.name, SOUK_OBJECT, &request) ||
	    (request && !souk_may_bool(r, request, "everywhere", &everywhere)))
		return SOUK_REFUSED;
	step = session_find(stage, r, &session);
	if (step == SOUK_STEP_FAILED ||
	    (step == SOUK_STEP_ROW && !(everywhere ? sessions_drop(stage, session.person.id, NULL)
						   : session_drop(stage, &session))))
		return SOUK_FAILED;
	return souk_answer_state(r, "guest");
}

static const char *const reads[] = {"id", "session?", "account?", NULL};

SOUK_VERB(logout) = {
	.function = &account_function,
	.name = "logout",
	.summary = "end a session, or all sessions of its account",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.map = map,
};
