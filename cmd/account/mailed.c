/* SPDX-License-Identifier: ISC */
/* souk-account mailed: a letter is in the hands of souk-notify, and is not written again. */
#include "account.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	const struct souk_node *notify = NULL;
	struct souk_text id, state = SOUK_TEXT("");
	const char *dot;

	if (!souk_need_id(r, &id) || !souk_may_node(r, NULL, "notify", SOUK_OBJECT, &notify) ||
	    (notify && !souk_may_text(r, notify, "state", 1, 32, &state)))
		return SOUK_REFUSED;
	if (!state.len)
		return souk_refuse(r, "bad_record", "notify is missing: souk-notify send has to run before");
	/* The attempts of a letter are counted behind its id. */
	dot = memchr(id.at, '.', id.len);
	if (dot)
		id.len = (size_t)(dot - id.at);
	if (!do_text(stage, LETTER_DONE, id))
		return SOUK_FAILED;
	return souk_answer_state(r, "mailed");
}

static const char *const reads[] = {"id", "notify", NULL};

SOUK_VERB(mailed) = {
	.function = &account_function,
	.name = "mailed",
	.summary = "note that letters have been handed on to be mailed",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.map = map,
};
