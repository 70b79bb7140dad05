/* SPDX-License-Identifier: ISC */
/* Events that make several movements or none, each once. */
#include "stock.h"

enum souk_outcome event_again(struct souk_stage *stage, struct souk_record *r, const char *verb,
	struct souk_text id, unsigned char digest[SOUK_DIGEST_BYTES])
{
	struct events *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, EVENT_GET);
	enum souk_outcome outcome = SOUK_ANSWER;
	struct souk_text answer, stored;

	souk_digest_end(&s->digest, digest);
	souk_bind_text(q, 1, souk_text_of(verb));
	souk_bind_text(q, 2, id);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return SOUK_PASS;
	case SOUK_STEP_ROW:
		break;
	}
	stored = souk_column_text(q, 0);
	answer = souk_column_text(q, 1);
	if (stored.len && !souk_digest_is(stored, digest)) {
		outcome = souk_refuse(r, "id_conflict", "this id was used for another movement of stock");
	} else if (souk_column_int(q, 2)) {
		outcome = souk_refuse_again(r, answer);
	} else {
		souk_add(&r->answer, answer.at, answer.len);
	}
	souk_done(q);
	return outcome;
}

static bool store(struct souk_stage *stage, const char *verb, struct souk_text id, const unsigned char *digest,
	const struct souk_buffer *answer, bool refused)
{
	struct souk_query *q = souk_ask(stage->store, EVENT_PUT);

	souk_bind_text(q, 1, souk_text_of(verb));
	souk_bind_text(q, 2, id);
	souk_bind_blob(q, 3, digest, SOUK_DIGEST_BYTES);
	souk_bind_text(q, 4, (struct souk_text){answer->at, answer->len});
	souk_bind_int(q, 5, refused);
	return souk_do(q);
}

enum souk_outcome event_store(struct souk_stage *stage, const struct souk_record *r, const char *verb,
	struct souk_text id, const unsigned char digest[SOUK_DIGEST_BYTES])
{
	return store(stage, verb, id, digest, &r->answer, false) &&
		souk_do(souk_ask(stage->store, VERSION_RAISE)) ? SOUK_ANSWER : SOUK_FAILED;
}

enum souk_outcome event_store_refusal(struct souk_stage *stage, const struct souk_record *r, const char *verb,
	struct souk_text id, const unsigned char digest[SOUK_DIGEST_BYTES])
{
	return store(stage, verb, id, digest, &r->error, true) ? SOUK_REFUSED : SOUK_FAILED;
}

void event_close(struct souk_stage *stage)
{
	struct events *s = stage->state;

	souk_buffer_free(&s->digest.values);
	souk_buffer_free(&s->lines);
}
