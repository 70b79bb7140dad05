/* SPDX-License-Identifier: ISC */
/* An event is told from those before it. */
#include "account.h"

bool event_read(struct souk_stage *stage, struct souk_record *r)
{
	struct event *e = stage->state;

	if (!souk_need_id(r, &e->id))
		return false;
	souk_digest_begin(&e->digest);
	return true;
}

enum souk_outcome event_again(struct souk_stage *stage, struct souk_record *r)
{
	struct event *e = stage->state;
	struct souk_query *q = souk_ask(stage->store, EVENT_GET);
	enum souk_outcome outcome;

	souk_digest_end(&e->digest, e->digested);
	souk_bind_text(q, 1, souk_text_of(stage->verb->name));
	souk_bind_text(q, 2, e->id);
	outcome = souk_answer_again(r, q, e->digested);
	return outcome == SOUK_REFUSED
		? souk_refuse(r, "id_conflict", "this id was used for another %s", stage->verb->name) : outcome;
}

bool event_store(struct souk_stage *stage, struct souk_record *r, struct souk_text account_id)
{
	const struct event *e = stage->state;
	struct souk_query *q = souk_ask(stage->store, EVENT_PUT);

	souk_bind_text(q, 1, souk_text_of(stage->verb->name));
	souk_bind_text(q, 2, e->id);
	souk_bind_blob(q, 3, e->digested, sizeof(e->digested));
	souk_bind_text(q, 4, account_id);
	souk_bind_text(q, 5, (struct souk_text){r->answer.at, r->answer.len});
	souk_bind_int(q, 6, souk_now(stage));
	return souk_do(q);
}

void event_close(struct souk_stage *stage)
{
	struct event *e = stage->state;

	souk_buffer_free(&e->digest.values);
}

void derive_id(const struct souk_stage *stage, char prefix, struct souk_text id, char derived[DERIVED_ID])
{
	unsigned char digest[SOUK_DIGEST_BYTES];
	struct souk_digest d = {0};

	souk_digest_begin(&d);
	souk_digest_text(&d, souk_text_of(stage->verb->name));
	souk_digest_text(&d, id);
	souk_digest_end(&d, digest);
	derived[0] = prefix;
	sodium_bin2hex(derived + 1, DERIVED_ID - 1, digest, (DERIVED_ID - 2) / 2);
	souk_buffer_free(&d.values);
}
