/* SPDX-License-Identifier: ISC */
/* souk-account address-put: an address to have things sent to, or another in place of it. */
#include "account.h"

enum { MOST_ADDRESSES = 20 };

static const struct part {
	const char *name;
	size_t max;
	bool needed;
} parts[] = {
	{"id", 64, false}, {"name", 200, true}, {"company", 200, false}, {"line1", 200, true}, {"line2", 200, false},
	{"city", 200, true}, {"region", 200, false}, {"postcode", 32, false}, {"country", 2, true}, {"phone", 40, false},
};
enum { PARTS = sizeof(parts) / sizeof(*parts), ID = 0, COUNTRY = 8 };

static bool read_address(struct souk_record *r, struct souk_text *values, struct souk_digest *d)
{
	const struct souk_node *request, *address;

	if (!read_request(r, &request) || !souk_need_node(r, request, "address", SOUK_OBJECT, &address))
		return false;
	for (int i = 0; i < PARTS; i++) {
		values[i] = SOUK_TEXT("");
		if (!(parts[i].needed ? souk_need_text : souk_may_text)(r, address, parts[i].name, 1, parts[i].max,
			&values[i]))
			return false;
		souk_digest_text(d, values[i]);
	}
	if (souk_is_country(values[COUNTRY]))
		return true;
	souk_refuse_value(r, souk_find(r, address, "country"), "must be a country of ISO 3166-1, such as GB");
	return false;
}

static bool store(struct souk_stage *stage, struct souk_text account_id, const struct souk_text *values)
{
	struct souk_buffer body = {0};
	struct souk_query *q;
	bool done;

	souk_put_open(&body, NULL, '{');
	for (int i = 0; i < PARTS; i++)
		souk_put_some(&body, parts[i].name, values[i]);
	souk_put_close(&body, '}');
	q = souk_ask(stage->store, ADDRESS_PUT);
	bind_texts(q, 3, (struct souk_text[]){account_id, values[ID], {body.at, body.len}});
	done = souk_do(q);
	souk_buffer_free(&body);
	return done;
}

/* SOUK_PASS if there is room for it. */
static enum souk_outcome room(struct souk_stage *stage, struct souk_record *r, struct souk_text account_id,
	struct souk_text id)
{
	struct souk_query *q = souk_ask(stage->store, ADDRESS_COUNT);
	bool full;

	souk_bind_text(q, 1, account_id);
	souk_bind_text(q, 2, id);
	if (souk_step(q) != SOUK_STEP_ROW)
		return SOUK_FAILED;
	full = souk_column_int(q, 0) >= MOST_ADDRESSES;
	souk_done(q);
	return full ? souk_refuse(r, "too_many_addresses", "an account has %d addresses at most", MOST_ADDRESSES)
		    : SOUK_PASS;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct event *s = stage->state;
	struct souk_text values[PARTS];
	enum souk_outcome outcome;
	struct session session;
	char id[DERIVED_ID];

	if (!event_read(stage, r) || !read_address(r, values, &s->digest))
		return SOUK_REFUSED;
	outcome = addresses_begin(stage, r, &session);
	if (outcome != SOUK_PASS)
		return outcome;
	if (!values[ID].len) {
		derive_id(stage, 'a', s->id, id);
		values[ID] = souk_text_of(id);
	}
	outcome = room(stage, r, session.person.id, values[ID]);
	if (outcome != SOUK_PASS)
		return outcome;
	if (!store(stage, session.person.id, values))
		return SOUK_FAILED;
	return addresses_end(stage, r, &session);
}

static const char *const reads[] = {"id", "account", "session", NULL};

SOUK_VERB(address_put) = {
	.function = &account_function,
	.name = "address-put",
	.summary = "keep an address of who is logged in",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = 64 << 10,
	.reads = reads,
	.state_size = sizeof(struct event),
	.map = map,
	.close = event_close,
};
