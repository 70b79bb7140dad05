/* SPDX-License-Identifier: ISC */
/* souk-pay issue: a gift card, or store credit, under a code that is given or made here. */
#include "credit_books.h"

#include "card.h"
#include "pay.h"

struct issue {
	struct souk_digest digest;
};

/* What is to be issued. */
struct wish {
	struct souk_text id, code, customer; /* code empty: one is made */
	const struct souk_currency *currency;
	int64_t amount, expires_at;
	char minted[MINTED_CODE];
	unsigned char hash[CODE_HASH_BYTES], digest[SOUK_DIGEST_BYTES];
};

/* The books of the cards are written in a transaction of their own, beside the stage's. */
static bool begin(struct souk_stage *stage)
{
	(void)stage;
	souk_store_rollback(credit_books(true));
	return souk_store_begin(credit_books(true), true);
}

/* The code itself is never quoted. */
static bool read_code(struct souk_record *r, struct wish *w)
{
	const struct souk_node *node = souk_member(r, "code");

	if (!souk_may_text(r, NULL, "code", 1, 2 * MAX_CODE, &w->code))
		return false;
	if (!w->code.len)
		return true;
	if (!code_hash(w->code, w->hash)) {
		souk_refuse_value(r, node, "must be %d to %d letters of ASCII and digits; spaces and dashes "
			"do not count", MIN_CODE, MAX_CODE);
		return false;
	}
	/* Nobody could pay with it. */
	if (souk_holds_card_number(r, node))
		souk_refuse_value(r, node, "looks like the number of a bank card");
	return !r->error.len;
}

static bool read_wish(struct issue *s, struct souk_record *r, struct wish *w)
{
	*w = (struct wish){.code = SOUK_TEXT(""), .customer = SOUK_TEXT(""), .expires_at = SOUK_NO_TIME};
	if (!souk_need_id(r, &w->id) || !souk_order_currency(r, &w->currency) ||
	    !souk_need_int(r, NULL, "amount", 1, INT64_MAX, &w->amount) ||
	    !souk_may_time(r, "expires_at", &w->expires_at) ||
	    !souk_may_text(r, NULL, "customer", 1, SOUK_MAX_ID, &w->customer) || !read_code(r, w))
		return false;
	souk_digest_begin(&s->digest);
	souk_digest_text(&s->digest, souk_text_of(w->currency->code));
	souk_digest_int(&s->digest, w->amount);
	souk_digest_int(&s->digest, w->expires_at);
	souk_digest_text(&s->digest, w->customer);
	souk_digest_text(&s->digest,
		(struct souk_text){(const char *)w->hash, w->code.len ? CODE_HASH_BYTES : 0});
	souk_digest_end(&s->digest, w->digest);
	return true;
}

/* A code that was made here is told, as only here it is known. */
static enum souk_outcome answer(struct souk_record *r, const struct wish *w, struct souk_text last4)
{
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "issued");
	souk_put_text(&r->answer, "card", w->id);
	if (w->minted[0])
		souk_put_text(&r->answer, "code", (struct souk_text){w->minted, MINTED_CODE});
	souk_put_text(&r->answer, "last4", last4);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

/* The same record again. A code that can't be made again, as its key was lost, is not told. */
static enum souk_outcome again(struct souk_record *r, struct wish *w, const struct card *card)
{
	if (!souk_digest_is(card->digest, w->digest))
		return souk_refuse(r, "id_conflict", "this id was used for another card");
	if (!souk_text_equal(card->hash, (struct souk_text){(const char *)w->hash, CODE_HASH_BYTES}))
		w->minted[0] = 0;
	return answer(r, w, card->last4);
}

static bool put(struct souk_stage *stage, const struct wish *w, struct souk_text last4)
{
	struct souk_query *q = souk_ask(credit_books(true), CARD_PUT);

	souk_bind_text(q, 1, w->id);
	souk_bind_blob(q, 2, w->digest, sizeof(w->digest));
	souk_bind_blob(q, 3, w->hash, sizeof(w->hash));
	souk_bind_text(q, 4, last4);
	souk_bind_int(q, 5, w->minted[0] != 0);
	souk_bind_text(q, 6, souk_text_of(w->currency->code));
	souk_bind_int(q, 7, w->amount);
	if (w->expires_at == SOUK_NO_TIME)
		souk_bind_null(q, 8);
	else
		souk_bind_int(q, 8, w->expires_at);
	souk_bind_text(q, 9, w->customer);
	souk_bind_int(q, 10, souk_now(stage));
	return souk_do(q);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct wish w;
	struct souk_query *q;
	enum souk_step step;
	enum souk_outcome outcome;
	char normal[MAX_CODE];
	size_t len;

	if (!read_wish(stage->state, r, &w))
		return SOUK_REFUSED;
	if (!w.code.len) {
		if (!code_mint(w.id, w.minted))
			return SOUK_FAILED;
		code_hash((struct souk_text){w.minted, MINTED_CODE}, w.hash);
	}
	code_normalize(w.code.len ? w.code : (struct souk_text){w.minted, MINTED_CODE}, normal, &len);
	q = souk_ask(credit_books(true), CARD_GET);
	souk_bind_text(q, 1, w.id);
	step = souk_step(q);
	if (step == SOUK_STEP_ROW) {
		struct card card = card_read(q);

		outcome = again(r, &w, &card);
		souk_done(q);
		return outcome;
	}
	if (step != SOUK_STEP_DONE)
		return SOUK_FAILED;
	q = souk_ask(credit_books(true), CARD_FIND);
	souk_bind_blob(q, 1, w.hash, sizeof(w.hash));
	step = souk_step(q);
	if (step == SOUK_STEP_ROW) {
		souk_done(q);
		return souk_refuse(r, "code_taken", "another card has this code");
	}
	if (step != SOUK_STEP_DONE || !put(stage, &w, (struct souk_text){normal + len - 4, 4}))
		return SOUK_FAILED;
	return answer(r, &w, (struct souk_text){normal + len - 4, 4});
}

static bool end(struct souk_stage *stage)
{
	(void)stage;
	return souk_store_commit(credit_books(true));
}

static void close(struct souk_stage *stage)
{
	struct issue *s = stage->state;

	souk_buffer_free(&s->digest.values);
	providers_close();
}

static const char *const reads[] = {"id", "currency", "amount", "code?", "expires_at?", "customer?",
	NULL};

SOUK_VERB(issue) = {
	.function = &pay_function,
	.name = "issue",
	.summary = "issue a gift card or store credit",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.state_size = sizeof(struct issue),
	.begin = begin,
	.map = map,
	.end = end,
	.close = close,
};
