/* SPDX-License-Identifier: ISC */
#include "again.h"

enum souk_outcome souk_answer_again(struct souk_record *r, struct souk_query *q,
	const unsigned char digest[SOUK_DIGEST_BYTES])
{
	struct souk_text answer;
	bool same;

	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return SOUK_PASS;
	case SOUK_STEP_ROW:
		break;
	}
	same = souk_digest_is(souk_column_text(q, 0), digest);
	answer = souk_column_text(q, 1);
	if (same)
		souk_add(&r->answer, answer.at, answer.len);
	souk_done(q);
	return same ? SOUK_ANSWER : SOUK_REFUSED;
}

enum souk_outcome souk_refuse_again(struct souk_record *r, struct souk_text error)
{
	r->error.len = 0;
	souk_add(&r->error, error.at, error.len);
	return SOUK_REFUSED;
}
