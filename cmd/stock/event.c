/* SPDX-License-Identifier: ISC */
/* Events that make several movements or none, each once. */
#include "stock.h"

enum souk_outcome event_again(struct souk_stage *stage, struct souk_record *r, const char *verb,
	struct souk_text id, unsigned char digest[SOUK_DIGEST_BYTES])
{
	struct events *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, EVENT_GET);
	enum souk_outcome outcome = SOUK_ANSWER;
	struct souk_text answer;

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
	if (souk_text_equal(souk_column_text(q, 0), (struct souk_text){(const char *)digest, SOUK_DIGEST_BYTES})) {
		answer = souk_column_text(q, 1);
		souk_add(&r->answer, answer.at, answer.len);
	} else {
		outcome = souk_refuse(r, "id_conflict", "this id was used for another movement of stock");
	}
	souk_done(q);
	return outcome;
}

enum souk_outcome event_store(struct souk_stage *stage, const struct souk_record *r, const char *verb,
	struct souk_text id, const unsigned char digest[SOUK_DIGEST_BYTES])
{
	struct souk_query *q = souk_ask(stage->store, EVENT_PUT);

	souk_bind_text(q, 1, souk_text_of(verb));
	souk_bind_text(q, 2, id);
	souk_bind_blob(q, 3, digest, SOUK_DIGEST_BYTES);
	souk_bind_text(q, 4, (struct souk_text){r->answer.at, r->answer.len});
	return souk_do(q) && souk_do(souk_ask(stage->store, VERSION_RAISE)) ? SOUK_ANSWER : SOUK_FAILED;
}

void event_close(struct souk_stage *stage)
{
	struct events *s = stage->state;

	souk_buffer_free(&s->digest.values);
	souk_buffer_free(&s->lines);
}
