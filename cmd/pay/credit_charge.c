/* SPDX-License-Identifier: ISC */
/* What was authorized of gift cards, by the key it was asked under. */
#include "credit_books.h"

/* The order's id within the key of an authorization: "authorize/ID/1". */
static struct souk_text order_of(struct souk_text key)
{
	const char *from = memchr(key.at, '/', key.len), *to = memrchr(key.at, '/', key.len);

	return from < to ? (struct souk_text){from + 1, (size_t)(to - from - 1)} : SOUK_TEXT("");
}

bool credit_hash(const struct request *q, unsigned char hash[CODE_HASH_BYTES])
{
	struct souk_text id = token_card(q->token), stored;
	struct souk_buffer token = {0};
	struct souk_query *get;
	enum souk_step step;

	memset(hash, 0, CODE_HASH_BYTES);
	if (!id.len) {
		code_hash(q->token, hash);
		return true;
	}
	get = souk_ask(credit_books(true), CARD_GET);
	souk_bind_text(get, 1, id);
	step = souk_step(get);
	if (step != SOUK_STEP_ROW)
		return step == SOUK_STEP_DONE;
	stored = card_read(get).hash;
	code_token(&token, id, (const unsigned char *)stored.at, order_of(q->authorization));
	if (token.len == q->token.len && sodium_memcmp(token.at, q->token.at, token.len) == 0)
		memcpy(hash, stored.at, CODE_HASH_BYTES);
	souk_buffer_free(&token);
	souk_done(get);
	return true;
}

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
		.card = souk_arena_copy(call->memory, souk_column_text(get, 0)),
		.amount = souk_column_int(get, 3),
		.approved = souk_text_is(souk_column_text(get, 4), "approved"),
		.code = souk_arena_copy(call->memory, souk_column_text(get, 5)),
		.message = souk_arena_copy(call->memory, souk_column_text(get, 6)),
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
