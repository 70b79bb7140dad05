/* SPDX-License-Identifier: ISC */
/* The method `test`: a provider that is pretended. It keeps durable books of its
 * own, commits once a batch, and knows each key as Stripe does: the same request
 * again has the first answer, another one under that key is refused. */
#include <time.h>

#include "test_books.h"

enum { LATE_MS = 50, UNTIL_SECONDS = 900 };

static const struct souk_bulk charge_puts = {.one = CHARGE_PUT, .all = CHARGE_PUT_ALL, .columns = 6};

static void decline(struct request *q, const char *code, const char *message)
{
	q->answer = DECLINED;
	q->code = souk_text_of(code);
	q->message = souk_text_of(message);
}

/* What a charge in that state is answered with. */
static void answer(struct request *q, struct call *call, const struct test_card *card,
	struct souk_text state, int64_t at)
{
	struct souk_buffer url = {0};

	q->answer_reference = charge_reference(q->authorization, call->memory);
	if (souk_text_is(state, "approved")) {
		q->answer = APPROVED;
	} else if (souk_text_is(state, "declined")) {
		decline(q, card->code, card->message);
	} else if (souk_text_is(state, "action_required")) {
		q->answer = ACTION_REQUIRED;
		souk_add_format(&url, "https://test.invalid/authenticate/%.*s",
			SOUK_ARG(q->answer_reference));
		q->url = souk_arena_copy(call->memory, (struct souk_text){url.at, url.len});
		q->until = at + UNTIL_SECONDS;
		souk_buffer_free(&url);
	}
}

static bool authorize_again(struct request *q, struct call *call, const struct test_card *card)
{
	struct charge charge;
	struct souk_query *approve;

	if (!charge_find(q, call, &charge))
		return false;
	if (charge.voided) {
		decline(q, "voided", "the payment was voided");
	} else if (!charge.same) {
		decline(q, "idempotency_error", "the key was used for another payment");
	} else if (souk_text_is(charge.state, "lost")) {
		/* This time it gets here. */
		approve = souk_ask(test_books, CHARGE_APPROVE);
		souk_bind_text(approve, 1, q->key);
		souk_bind_text(approve, 2, charge.state);
		if (!souk_do(approve))
			return false;
		answer(q, call, card, SOUK_TEXT("approved"), charge.at);
	} else {
		answer(q, call, card, charge.state, charge.at);
	}
	return true;
}

static bool authorize(struct request *q, struct call *call, const struct test_card *card)
{
	struct souk_text state = souk_text_of(card ? card->state : "");
	struct souk_query *put;

	if (!card) {
		decline(q, "invalid_token", "there is no such token");
		return true;
	}
	if (card->broken)
		return true;
	put = souk_defer(test_books, &charge_puts);
	souk_bind_text(put, 1, q->key);
	souk_bind_text(put, 2, q->currency);
	souk_bind_int(put, 3, q->amount);
	souk_bind_text(put, 4, q->token);
	souk_bind_text(put, 5, state);
	souk_bind_int(put, 6, call->now);
	if (!souk_do(put))
		return false;
	if (!souk_store_changes(test_books))
		return authorize_again(q, call, card);
	if (!(card->lost & 1u << AUTHORIZE))
		answer(q, call, card, state, call->now);
	return true;
}

/* Why a capture, void or refund can't be; empty if it can. */
static const char *obstacle(enum operation operation, const struct charge *charge, int64_t amount)
{
	if (operation == VOID)
		return "";
	if (!charge->known || !souk_text_is(charge->state, "approved"))
		return "not_authorized";
	if (charge->card && charge->card->declines == operation)
		return operation == CAPTURE ? "capture_declined" : "refund_declined";
	if (operation == CAPTURE && charge->voided)
		return "voided";
	if (amount > (operation == CAPTURE ? charge->amount - charge->captured
					   : charge->captured - charge->refunded))
		return "amount_too_large";
	return "";
}

static bool book(struct request *q, struct call *call, const struct charge *charge)
{
	struct souk_query *set;

	if (call->operation == VOID) {
		set = souk_ask(test_books, charge->known ? CHARGE_VOID : CHARGE_BAR);
		souk_bind_text(set, 1, q->authorization);
		if (!charge->known)
			souk_bind_int(set, 2, call->now);
	} else {
		set = souk_ask(test_books, CHARGE_TAKE);
		souk_bind_text(set, 1, q->authorization);
		souk_bind_int(set, 2, call->operation == CAPTURE ? q->amount : 0);
		souk_bind_int(set, 3, call->operation == REFUND ? q->amount : 0);
	}
	return souk_do(set);
}

static bool operate(struct request *q, struct call *call, const struct charge *charge)
{
	const char *code = obstacle(call->operation, charge, q->amount);
	struct souk_query *put = souk_ask(test_books, OPERATION_PUT);
	struct souk_query *get = souk_ask(test_books, OPERATION_GET);
	bool declined = *code;

	souk_bind_text(put, 1, q->key);
	souk_bind_text(put, 2, q->authorization);
	souk_bind_int(put, 3, q->amount);
	souk_bind_text(put, 4, souk_text_of(code));
	if (!souk_do(put))
		return false;
	if (souk_store_changes(test_books)) {
		if (!declined && !book(q, call, charge))
			return false;
		if (charge->card && charge->card->lost & 1u << call->operation)
			return true;
	} else {
		souk_bind_text(get, 1, q->key);
		if (souk_step(get) != SOUK_STEP_ROW)
			return false;
		q->code = souk_arena_copy(call->memory, souk_column_text(get, 2));
		if (!souk_text_equal(souk_column_text(get, 0), q->authorization) ||
		    souk_column_int(get, 1) != q->amount)
			q->code = SOUK_TEXT("idempotency_error");
		souk_done(get);
		declined = q->code.len;
	}
	if (!q->code.len)
		q->code = souk_text_of(code);
	q->answer = declined ? DECLINED : APPROVED;
	if (declined)
		q->message = SOUK_TEXT("the provider declined it");
	q->authorized = charge->known && souk_text_is(charge->state, "approved") ? charge->amount : 0;
	return true;
}

static bool confirm(struct request *q, const struct charge *charge)
{
	struct souk_query *approve = souk_ask(test_books, CHARGE_APPROVE);

	souk_bind_text(approve, 1, q->authorization);
	souk_bind_text(approve, 2, SOUK_TEXT("action_required"));
	if (!souk_do(approve))
		return false;
	if (souk_store_changes(test_books) || (!charge->voided && souk_text_is(charge->state, "approved")))
		q->answer = APPROVED;
	else
		decline(q, "nothing_to_confirm", "the payment does not wait for the customer");
	return true;
}

static void forget_answer(struct request *q)
{
	q->answer = UNKNOWN;
	q->authorized = 0;
	q->answer_reference = q->code = q->message = q->url = SOUK_TEXT("");
}

static bool ask_each(struct call *call, bool *slow)
{
	for (size_t i = 0; i < call->count; i++) {
		struct request *q = call->requests[i];
		const struct test_card *card = test_card_find(q->token);
		struct charge charge;
		bool done;

		if (call->operation == AUTHORIZE)
			done = authorize(q, call, card);
		else
			done = charge_find(q, call, &charge) &&
				(call->operation == CONFIRM ? confirm(q, &charge) : operate(q, call, &charge));
		if (!done)
			return false;
		*slow |= card && card->slow;
	}
	return true;
}

/* All requests of a batch in one transaction, and the late answers after it. Mostly
 * none was seen before; if one was, it is told by asking again, one by one. */
static bool ask(struct call *call)
{
	const struct timespec late = {0, LATE_MS * 1000000};
	bool slow = false, again = false;

	do {
		for (size_t i = 0; again && i < call->count; i++)
			forget_answer(call->requests[i]);
		souk_store_defers(test_books_open(true), !again && call->count >= SOUK_DEFER_LEAST);
		if (!souk_store_begin(test_books, true))
			return false;
		if (ask_each(call, &slow) && souk_store_commit(test_books)) {
			if (slow)
				nanosleep(&late, NULL);
			return true;
		}
		souk_store_rollback(test_books);
		again = !again && souk_store_retryable(test_books);
	} while (again);
	return false;
}

PAY_PROVIDER(test) = {
	.name = "test",
	.ask = {[AUTHORIZE] = ask, [CAPTURE] = ask, [VOID] = ask, [REFUND] = ask, [CONFIRM] = ask},
	.statement = test_books_statement,
	.close = test_books_close,
};
