/* SPDX-License-Identifier: ISC */
/* The books of gift cards and store credit, in a database of their own. */
#include "credit_books.h"

static const char schema[] =
#include "cmd/pay/credit.sql.h"
;

#define CARD_COLUMNS "id, last4, currency, customer, digest, hash, amount, held, spent, at, " \
	"expires_at, minted"

static const char *const statements[] = {
	[CARD_PUT] = "INSERT INTO card (id, digest, hash, last4, minted, currency, amount, expires_at, "
		     "customer, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	[CARD_GET] = "SELECT " CARD_COLUMNS " FROM card WHERE id = ?1",
	[CARD_FIND] = "SELECT " CARD_COLUMNS " FROM card WHERE hash = ?1",
	/* The one statement that takes from a balance. */
	[CARD_HOLD] = "UPDATE card SET held = held + ?2 WHERE hash = ?1 AND currency = ?3 "
		      "AND (expires_at IS NULL OR expires_at > ?4) AND amount - held - spent >= ?2",
	[CARD_MOVE] = "UPDATE card SET held = held + ?2, spent = spent + ?3 WHERE id = ?1",
	[CARD_LIST] = "SELECT " CARD_COLUMNS " FROM card WHERE ?1 = '' OR customer = ?1 ORDER BY id",
	[CHARGE_PUT] = "INSERT INTO charge (key, card, hash, currency, amount, state, code, message, "
		       "voided, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	[CHARGE_GET] = "SELECT card, hash, currency, amount, state, code, message, captured, refunded, "
		       "voided FROM charge WHERE key = ?1",
	[CHARGE_TAKE] = "UPDATE charge SET captured = captured + ?2, refunded = refunded + ?3 "
			"WHERE key = ?1",
	[CHARGE_VOID] = "UPDATE charge SET voided = 1 WHERE key = ?1 AND voided = 0",
	[CHARGE_LIST] = "SELECT key, card, currency, amount, captured, refunded, voided FROM charge "
			"WHERE state = 'approved' ORDER BY key",
	[OPERATION_PUT] = "INSERT INTO operation (key, charge, amount, code) VALUES (?1, ?2, ?3, ?4)",
	[OPERATION_GET] = "SELECT charge, amount, code FROM operation WHERE key = ?1",
};

static struct souk_store *books;

struct souk_store *credit_books(bool writes)
{
	if (!books)
		books = souk_store_open("pay-credit", schema, statements,
			sizeof(statements) / sizeof(*statements), writes);
	return books;
}

void credit_books_close(void)
{
	souk_store_close(books);
	books = NULL;
}

struct card card_read(struct souk_query *q)
{
	return (struct card){
		.id = souk_column_text(q, 0), .last4 = souk_column_text(q, 1),
		.currency = souk_column_text(q, 2), .customer = souk_column_text(q, 3),
		.digest = souk_column_text(q, 4), .hash = souk_column_text(q, 5),
		.amount = souk_column_int(q, 6), .held = souk_column_int(q, 7),
		.spent = souk_column_int(q, 8), .at = souk_column_int(q, 9),
		.expires_at = souk_column_null(q, 10) ? SOUK_NO_TIME : souk_column_int(q, 10),
		.minted = souk_column_int(q, 11),
	};
}

void card_put(struct souk_buffer *out, const struct card *card)
{
	souk_put_text(out, "card", card->id);
	souk_put_text(out, "last4", card->last4);
	souk_put_text(out, "currency", card->currency);
	souk_put_int(out, "amount", card->amount);
	souk_put_int(out, "balance", card_balance(card));
	souk_put_int(out, "held", card->held);
	souk_put_int(out, "spent", card->spent);
	if (card->expires_at != SOUK_NO_TIME)
		souk_put_time(out, "expires_at", card->expires_at);
	souk_put_some(out, "customer", card->customer);
	souk_put_time(out, "time", card->at);
}

bool credit_books_statement(struct souk_writer *out)
{
	struct souk_query *q;
	enum souk_step step;

	if (!souk_store_begin(credit_books(false), false))
		return false;
	q = souk_ask(books, CHARGE_LIST);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		souk_add_string(&out->buffer, "{\"export\":\"pay.statement\",\"provider\":\"credit\"");
		souk_put_text(&out->buffer, "key", souk_column_text(q, 0));
		souk_put_text(&out->buffer, "reference", souk_column_text(q, 1));
		souk_put_text(&out->buffer, "currency", souk_column_text(q, 2));
		souk_put_int(&out->buffer, "authorized", souk_column_int(q, 3));
		souk_put_int(&out->buffer, "captured", souk_column_int(q, 4));
		souk_put_int(&out->buffer, "refunded", souk_column_int(q, 5));
		souk_put_bool(&out->buffer, "voided", souk_column_int(q, 6));
		souk_put_close(&out->buffer, '}');
		souk_writer_line_end(out);
	}
	return step == SOUK_STEP_DONE;
}
