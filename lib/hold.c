/* SPDX-License-Identifier: ISC */
#include "again.h"
#include "hold.h"

enum { DIGEST, STATE, HELD };

enum souk_outcome souk_hold_again(struct souk_stage *stage, struct souk_record *r, const struct souk_hold *hold,
	struct souk_text id, const unsigned char digest[SOUK_DIGEST_BYTES], struct souk_query **q)
{
	struct souk_text state;
	enum souk_outcome outcome;

	*q = souk_ask(stage->store, hold->get);
	souk_bind_text(*q, 1, id);
	if (souk_step(*q) != SOUK_STEP_ROW)
		return SOUK_FAILED;
	state = souk_column_text(*q, STATE);
	if (souk_text_is(state, "released"))
		outcome = souk_refuse(r, "released", "the order was rejected, and what it held released");
	else if (!souk_digest_is(souk_column_text(*q, DIGEST), digest))
		outcome = souk_refuse(r, "id_conflict", "%s", hold->conflict);
	else if (souk_text_is(state, "refused"))
		outcome = souk_refuse_again(r, souk_column_text(*q, hold->error));
	else
		outcome = SOUK_ANSWER;
	if (outcome == SOUK_ANSWER)
		r->error.len = 0;
	else
		souk_done(*q);
	return outcome;
}

/* What of an order comes after it was rejected must not hold anything any more, as nothing
 * would ever release it. */
static bool bar(struct souk_stage *stage, const struct souk_hold *hold, struct souk_text id)
{
	struct souk_query *q = souk_ask(stage->store, hold->put.one);

	souk_bind_text(q, 1, id);
	souk_bind_blob(q, 2, "", 0);
	souk_bind_text(q, 3, SOUK_TEXT("released"));
	for (int i = 4; i <= hold->put.columns; i++)
		souk_bind_text(q, i, SOUK_TEXT(""));
	return souk_do(q);
}

/* What is told of a hold that was settled: nothing was held where it was refused or barred. */
static struct souk_text told(struct souk_query *q)
{
	struct souk_text state = souk_column_text(q, STATE);

	if (souk_text_is(state, "committed") ||
	    (souk_text_is(state, "released") && souk_column_text(q, HELD).len))
		return state;
	return SOUK_TEXT("none");
}

enum souk_outcome souk_hold_settle(struct souk_stage *stage, struct souk_record *r, const struct souk_hold *hold,
	struct souk_text id, bool placed)
{
	struct souk_query *q, *flip = placed ? souk_defer(stage->store, &hold->commit)
					     : souk_ask(stage->store, hold->commit.one);
	bool was_held;

	souk_bind_text(flip, 1, id);
	souk_bind_text(flip, 2, souk_text_of(placed ? "committed" : "released"));
	if (!souk_do(flip))
		return SOUK_FAILED;
	was_held = souk_store_changes(stage->store) == 1;
	if (was_held && placed)
		return souk_answer_new_state(r, SOUK_TEXT("committed"));
	q = souk_ask(stage->store, hold->get);
	souk_bind_text(q, 1, id);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return placed || bar(stage, hold, id) ? souk_answer_new_state(r, SOUK_TEXT("none")) : SOUK_FAILED;
	case SOUK_STEP_ROW:
		break;
	}
	souk_answer_new_state(r, told(q));
	if (was_held && !hold->give_back(stage, souk_column_text(q, HELD)))
		return SOUK_FAILED;
	souk_done(q);
	return SOUK_ANSWER;
}
