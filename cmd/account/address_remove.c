/* SPDX-License-Identifier: ISC */
/* souk-account address-remove: an address is not to be kept any longer. */
#include "account.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct event *s = stage->state;
	const struct souk_node *request, *address;
	enum souk_outcome outcome;
	struct session session;
	struct souk_query *q;
	struct souk_text id;

	if (!event_read(stage, r) || !read_request(r, &request) ||
	    !souk_need_node(r, request, "address", SOUK_OBJECT, &address) ||
	    !souk_need_text(r, address, "id", 1, 64, &id))
		return SOUK_REFUSED;
	souk_digest_text(&s->digest, id);
	outcome = addresses_begin(stage, r, &session);
	if (outcome != SOUK_PASS)
		return outcome;
	q = souk_ask(stage->store, ADDRESS_DROP);
	souk_bind_text(q, 1, session.person.id);
	souk_bind_text(q, 2, id);
	if (!souk_do(q))
		return SOUK_FAILED;
	return addresses_end(stage, r, &session);
}

static const char *const reads[] = {"id", "account", "session", NULL};

SOUK_VERB(address_remove) = {
	.function = &account_function,
	.name = "address-remove",
	.summary = "let go of an address of who is logged in",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = 64 << 10,
	.reads = reads,
	.state_size = sizeof(struct event),
	.map = map,
	.close = event_close,
};
