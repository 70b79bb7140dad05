/* SPDX-License-Identifier: ISC */
/* again.h: what comes again is answered as it was, and has no second effect (contract, rule 5). */
#ifndef SOUK_AGAIN_H
#define SOUK_AGAIN_H

#include "digest.h"
#include "verb.h"

/* What is stored of the record's event: `q` is bound, and gives at most one row, whose first
 * columns are the digest of what the event said and its answer. SOUK_PASS: it is new.
 * SOUK_ANSWER: it is the same, and r->answer that answer. SOUK_REFUSED: it is another one,
 * which the caller says as id_conflict. SOUK_FAILED. */
enum souk_outcome souk_answer_again(struct souk_record *r, struct souk_query *q,
	const unsigned char digest[SOUK_DIGEST_BYTES]);

/* Refuses with what r->error held when it was refused before. */
enum souk_outcome souk_refuse_again(struct souk_record *r, struct souk_text error);

#endif
