/* SPDX-License-Identifier: ISC */
/* souk-account address-list: the addresses of who is logged in. */
#include "account.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct session session;
	enum souk_outcome outcome = session_need(stage, r, &session);

	return outcome == SOUK_PASS ? addresses_answer(stage, r, session.person.id) : outcome;
}

static const char *const reads[] = {"session", NULL};

SOUK_VERB(address_list) = {
	.function = &account_function,
	.name = "address-list",
	.summary = "say which addresses are kept of who is logged in",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.map = map,
};
