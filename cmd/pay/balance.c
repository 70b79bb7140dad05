/* SPDX-License-Identifier: ISC */
/* souk-pay balance: what is left on a gift card, by its code or by the id it was issued
 * under. */
#include "credit_books.h"

#include "pay.h"

static bool begin(struct souk_stage *stage)
{
	(void)stage;
	souk_store_rollback(credit_books(false));
	return souk_store_begin(credit_books(false), false);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_text code = SOUK_TEXT(""), id = SOUK_TEXT(""), order_id = SOUK_TEXT("");
	struct souk_buffer token = {0};
	unsigned char hash[CODE_HASH_BYTES] = {0};
	struct souk_query *q;
	struct card card;
	bool expired;

	if (!souk_may_text(r, NULL, "code", 1, 2 * MAX_CODE, &code) ||
	    !souk_may_text(r, NULL, "card", 1, SOUK_MAX_ID, &id) ||
	    !souk_may_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &order_id))
		return SOUK_REFUSED;
	if (!code.len == !id.len)
		return souk_refuse(r, "bad_record", "code or card is needed, one of them: what is on the card, "
			"or the id it was issued under");
	q = souk_ask(credit_books(false), code.len ? CARD_FIND : CARD_GET);
	/* What can't be a code has the hash of none. */
	code_hash(code, hash);
	if (code.len)
		souk_bind_blob(q, 1, hash, sizeof(hash));
	else
		souk_bind_text(q, 1, id);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return souk_refuse(r, "unknown_card", "there is no such card");
	case SOUK_STEP_ROW:
		break;
	}
	card = card_read(q);
	expired = card.expires_at != SOUK_NO_TIME && card.expires_at <= souk_now(stage);
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state",
		expired ? "expired" : card_balance(&card) ? "usable" : "empty");
	card_put(&r->answer, &card);
	/* Only who has the code gets what pays. */
	if (order_id.len && code.len) {
		code_token(&token, card.id, hash, order_id);
		souk_put_text(&r->answer, "token", (struct souk_text){token.at, token.len});
		souk_buffer_free(&token);
	}
	souk_put_close(&r->answer, '}');
	souk_done(q);
	return SOUK_ANSWER;
}

static bool end(struct souk_stage *stage)
{
	(void)stage;
	return souk_store_commit(credit_books(false));
}

static void close(struct souk_stage *stage)
{
	(void)stage;
	providers_close();
}

static const char *const reads[] = {"code?", "card?", "order_id?", NULL};

SOUK_VERB(balance) = {
	.function = &pay_function,
	.name = "balance",
	.summary = "say what is left on a gift card or store credit",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.begin = begin,
	.map = map,
	.end = end,
	.close = close,
};
