/* SPDX-License-Identifier: ISC */
/* The method `credit`: gift cards and store credit, of which the shop keeps the books
 * itself. The token is the card's code. An authorization holds a part of the balance, a
 * capture takes it, a void gives it back, a refund gives back what was taken. */
#include "credit_books.h"

static void decline(struct request *q, struct souk_text code, struct souk_text message)
{
	q->answer = DECLINED;
	q->code = code;
	q->message = message;
}

static void approve(struct request *q, struct souk_text card)
{
	q->answer = APPROVED;
	q->answer_reference = card;
}

/* Says why nothing could be held of the card. */
static void say_why(struct request *q, struct call *call, const struct card *card)
{
	const struct souk_currency *currency = souk_currency_find(card->currency);
	struct souk_buffer message = {0};
	const char *code;

	if (card->expires_at != SOUK_NO_TIME && card->expires_at <= call->now) {
		code = "expired_card";
		souk_add_string(&message, "the card expired on ");
		souk_add_time(&message, card->expires_at);
	} else if (!souk_text_equal(card->currency, q->currency)) {
		code = "currency_mismatch";
		souk_add_format(&message, "the card is for %.*s", SOUK_ARG(card->currency));
	} else {
		code = "insufficient_funds";
		souk_add_string(&message, "the balance is ");
		souk_add_major(&message, card_balance(card), currency);
		souk_add_format(&message, " %.*s", SOUK_ARG(card->currency));
	}
	decline(q, souk_text_of(code),
		souk_arena_copy(call->memory, (struct souk_text){message.at, message.len}));
	souk_buffer_free(&message);
}

static bool authorize_new(struct request *q, struct call *call, const unsigned char *hash)
{
	struct souk_query *hold = souk_ask(credit_books(true), CARD_HOLD);
	struct souk_query *find = souk_ask(credit_books(true), CARD_FIND);
	struct souk_text id = SOUK_TEXT("");
	struct card card;
	enum souk_step step;
	bool held;

	souk_bind_blob(hold, 1, hash, CODE_HASH_BYTES);
	souk_bind_int(hold, 2, q->amount);
	souk_bind_text(hold, 3, q->currency);
	souk_bind_int(hold, 4, call->now);
	if (!souk_do(hold))
		return false;
	held = souk_store_changes(credit_books(true)) == 1;
	souk_bind_blob(find, 1, hash, CODE_HASH_BYTES);
	step = souk_step(find);
	if (step == SOUK_STEP_FAILED)
		return false;
	if (step == SOUK_STEP_ROW) {
		card = card_read(find);
		id = souk_arena_copy(call->memory, card.id);
		if (held)
			approve(q, id);
		else
			say_why(q, call, &card);
		souk_done(find);
	} else {
		decline(q, SOUK_TEXT("unknown_card"), SOUK_TEXT("there is no card with this code"));
	}
	return credit_put(q, call, id, hash, held ? "approved" : "declined");
}

static bool authorize(struct request *q, struct call *call)
{
	unsigned char hash[CODE_HASH_BYTES];
	struct charge charge;

	if (!credit_hash(q, hash) || !credit_find(q, call, hash, &charge))
		return false;
	if (!charge.known)
		return authorize_new(q, call, hash);
	if (charge.voided)
		decline(q, SOUK_TEXT("voided"), SOUK_TEXT("the payment was voided"));
	else if (!charge.same)
		decline(q, SOUK_TEXT("idempotency_error"),
			SOUK_TEXT("the key was used for another payment"));
	else if (charge.approved)
		approve(q, charge.card);
	else
		decline(q, charge.code, charge.message);
	return true;
}

/* Why a capture, void or refund can't be; empty if it can. */
static struct souk_text obstacle(enum operation operation, const struct charge *charge,
	int64_t amount)
{
	if (operation == VOID)
		return SOUK_TEXT("");
	if (!charge->approved)
		return SOUK_TEXT("not_authorized");
	if (operation == CAPTURE && charge->voided)
		return SOUK_TEXT("voided");
	if (amount > (operation == CAPTURE ? charge->amount - charge->captured
					   : charge->captured - charge->refunded))
		return SOUK_TEXT("amount_too_large");
	return SOUK_TEXT("");
}

static bool card_move(struct souk_text card, int64_t held, int64_t spent)
{
	struct souk_query *move = souk_ask(credit_books(true), CARD_MOVE);

	souk_bind_text(move, 1, card);
	souk_bind_int(move, 2, held);
	souk_bind_int(move, 3, spent);
	return souk_do(move);
}

static bool take(const struct request *q, const struct charge *charge, int64_t captured,
	int64_t refunded)
{
	struct souk_query *set = souk_ask(credit_books(true), CHARGE_TAKE);

	souk_bind_text(set, 1, q->authorization);
	souk_bind_int(set, 2, captured);
	souk_bind_int(set, 3, refunded);
	return souk_do(set) && card_move(charge->card, -captured, captured - refunded);
}

static bool void_charge(const struct request *q, struct call *call, const struct charge *charge)
{
	static const unsigned char none[CODE_HASH_BYTES];
	struct souk_query *set;

	if (!charge->known)
		return credit_put(q, call, SOUK_TEXT(""), none, "barred");
	set = souk_ask(credit_books(true), CHARGE_VOID);
	souk_bind_text(set, 1, q->authorization);
	if (!souk_do(set))
		return false;
	return !souk_store_changes(credit_books(true)) || !charge->approved ||
		card_move(charge->card, charge->captured - charge->amount, 0);
}

static bool book(const struct request *q, struct call *call, const struct charge *charge)
{
	if (call->operation == VOID)
		return void_charge(q, call, charge);
	return call->operation == CAPTURE ? take(q, charge, q->amount, 0) : take(q, charge, 0, q->amount);
}

/* A capture, void or refund that comes again has the first answer. */
static bool operate(struct request *q, struct call *call)
{
	struct souk_query *get = souk_ask(credit_books(true), OPERATION_GET), *put;
	struct souk_text code = SOUK_TEXT("");
	struct charge charge;
	enum souk_step step;

	souk_bind_text(get, 1, q->key);
	step = souk_step(get);
	if (step == SOUK_STEP_FAILED)
		return false;
	if (step == SOUK_STEP_ROW) {
		code = souk_arena_copy(call->memory, souk_column_text(get, 2));
		if (!souk_text_equal(souk_column_text(get, 0), q->authorization) ||
		    souk_column_int(get, 1) != q->amount)
			code = SOUK_TEXT("idempotency_error");
		souk_done(get);
	}
	if (!credit_find(q, call, NULL, &charge))
		return false;
	if (step == SOUK_STEP_DONE) {
		code = obstacle(call->operation, &charge, q->amount);
		put = souk_ask(credit_books(true), OPERATION_PUT);
		souk_bind_text(put, 1, q->key);
		souk_bind_text(put, 2, q->authorization);
		souk_bind_int(put, 3, q->amount);
		souk_bind_text(put, 4, code);
		if (!souk_do(put) || (!code.len && !book(q, call, &charge)))
			return false;
	}
	q->authorized = charge.approved ? charge.amount : 0;
	if (code.len)
		decline(q, code, SOUK_TEXT("the books of the card do not allow it"));
	else
		q->answer = APPROVED;
	return true;
}

/* All requests of a batch in one transaction. */
static bool ask(struct call *call)
{
	if (!souk_store_begin(credit_books(true), true))
		return false;
	for (size_t i = 0; i < call->count; i++)
		if (!(call->operation == AUTHORIZE ? authorize : operate)(call->requests[i], call)) {
			souk_store_rollback(credit_books(true));
			return false;
		}
	return souk_store_commit(credit_books(true));
}

PAY_PROVIDER(credit) = {
	.name = "credit",
	.ask = {[AUTHORIZE] = ask, [CAPTURE] = ask, [VOID] = ask, [REFUND] = ask},
	.statement = credit_books_statement,
	.close = credit_books_close,
};
