/* SPDX-License-Identifier: ISC */
/* What was authorized of gift cards, by the key it was asked under. */
#include "credit_books.h"

bool credit_find(const struct request *q, struct call *call, const unsigned char *hash,
	struct charge *charge)
{
	struct souk_query *get = souk_ask(credit_books(true), CHARGE_GET);
	enum souk_step step;

	*charge = (struct charge){0};
	souk_bind_text(get, 1, q->authorization);
	step = souk_step(get);
	if (step != SOUK_STEP_ROW)
		return step == SOUK_STEP_DONE;
	*charge = (struct charge){.known = true,
		.card = keep_text(call->memory, souk_column_text(get, 0)),
		.amount = souk_column_int(get, 3),
		.approved = souk_text_is(souk_column_text(get, 4), "approved"),
		.code = keep_text(call->memory, souk_column_text(get, 5)),
		.message = keep_text(call->memory, souk_column_text(get, 6)),
		.captured = souk_column_int(get, 7), .refunded = souk_column_int(get, 8),
		.voided = souk_column_int(get, 9)};
	charge->same = charge->amount == q->amount &&
		souk_text_equal(souk_column_text(get, 2), q->currency) && hash &&
		souk_text_equal(souk_column_text(get, 1),
			(struct souk_text){(const char *)hash, CODE_HASH_BYTES});
	souk_done(get);
	return true;
}

bool credit_put(const struct request *q, const struct call *call, struct souk_text card,
	const unsigned char *hash, const char *state)
{
	struct souk_query *put = souk_ask(credit_books(true), CHARGE_PUT);

	souk_bind_text(put, 1, q->authorization);
	souk_bind_text(put, 2, card);
	souk_bind_blob(put, 3, hash, CODE_HASH_BYTES);
	souk_bind_text(put, 4, q->currency);
	souk_bind_int(put, 5, q->amount);
	souk_bind_text(put, 6, souk_text_of(state));
	souk_bind_text(put, 7, q->code);
	souk_bind_text(put, 8, q->message);
	souk_bind_int(put, 9, call->operation == VOID);
	souk_bind_int(put, 10, call->now);
	return souk_do(put);
}
