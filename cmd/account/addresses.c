/* SPDX-License-Identifier: ISC */
/* The addresses of an account. */
#include "account.h"

bool addresses_put(struct souk_stage *stage, struct souk_text account_id, struct souk_buffer *out)
{
	struct souk_query *q = souk_ask(stage->store, ADDRESS_LIST);
	enum souk_step step;

	souk_bind_text(q, 1, account_id);
	souk_put_open(out, "addresses", '[');
	while ((step = souk_step(q)) == SOUK_STEP_ROW)
		souk_put_raw(out, NULL, souk_column_text(q, 0));
	souk_put_close(out, ']');
	return step == SOUK_STEP_DONE;
}

enum souk_outcome addresses_answer(struct souk_stage *stage, struct souk_record *r, struct souk_text account_id)
{
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "known");
	if (!addresses_put(stage, account_id, &r->answer))
		return SOUK_FAILED;
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

enum souk_outcome addresses_begin(struct souk_stage *stage, struct souk_record *r, struct session *session)
{
	struct event *event = stage->state;
	enum souk_outcome outcome = session_need(stage, r, session);

	if (outcome != SOUK_PASS)
		return outcome;
	souk_digest_text(&event->digest, session->person.id);
	return event_again(stage, r);
}

enum souk_outcome addresses_end(struct souk_stage *stage, struct souk_record *r, const struct session *session)
{
	enum souk_outcome outcome = addresses_answer(stage, r, session->person.id);

	return outcome == SOUK_ANSWER && !event_store(stage, r, session->person.id) ? SOUK_FAILED : outcome;
}
