/* SPDX-License-Identifier: ISC */
/* The books of the test provider, in a database of their own. */
#include "test_books.h"

static const char schema[] =
#include "cmd/pay/test.sql.h"
;

static const char *const statements[] = {
	[CHARGE_PUT] = "INSERT INTO charge (key, currency, amount, token, state, at) "
		       "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (key) DO NOTHING",
	[CHARGE_PUT_ALL] = "INSERT INTO charge (key, currency, amount, token, state, at) "
			   "SELECT c1, c2, c3, c4, c5, c6 FROM batch "
			   "WHERE true ON CONFLICT (key) DO NOTHING",
	[CHARGE_GET] = "SELECT currency, amount, token, state, at, captured, refunded, voided "
		       "FROM charge WHERE key = ?1",
	[CHARGE_APPROVE] = "UPDATE charge SET state = 'approved' WHERE key = ?1 AND state = ?2 "
			   "AND voided = 0",
	[CHARGE_TAKE] = "UPDATE charge SET captured = captured + ?2, refunded = refunded + ?3 "
			"WHERE key = ?1",
	[CHARGE_VOID] = "UPDATE charge SET voided = 1 WHERE key = ?1",
	[CHARGE_BAR] = "INSERT INTO charge (key, currency, amount, token, state, at, voided) "
		       "VALUES (?1, '', 0, '', 'lost', ?2, 1)",
	[CHARGE_LIST] = "SELECT key, currency, amount, captured, refunded, voided FROM charge "
			"WHERE state = 'approved' ORDER BY key",
	[OPERATION_PUT] = "INSERT INTO operation (key, charge, amount, code) VALUES (?1, ?2, ?3, ?4) "
			  "ON CONFLICT (key) DO NOTHING",
	[OPERATION_GET] = "SELECT charge, amount, code FROM operation WHERE key = ?1",
};

enum { REFERENCE_BYTES = 8 };

struct souk_store *test_books;

struct souk_store *test_books_open(bool writes)
{
	if (!test_books)
		test_books = souk_store_open("pay-test", schema, statements,
			sizeof(statements) / sizeof(*statements), writes);
	return test_books;
}

void test_books_close(void)
{
	souk_store_close(test_books);
	test_books = NULL;
}

struct souk_text charge_reference(struct souk_text key, struct souk_arena *memory)
{
	unsigned char digest[crypto_generichash_BYTES_MIN];
	char *at = souk_arena_alloc(memory, 5 + 2 * REFERENCE_BYTES + 1);

	crypto_generichash(digest, sizeof(digest), (const unsigned char *)key.at, key.len, NULL, 0);
	memcpy(at, "test_", 5);
	sodium_bin2hex(at + 5, 2 * REFERENCE_BYTES + 1, digest, REFERENCE_BYTES);
	return (struct souk_text){at, 5 + 2 * REFERENCE_BYTES};
}

bool charge_find(struct request *q, struct call *call, struct charge *charge)
{
	struct souk_query *get = souk_ask(test_books, CHARGE_GET);
	enum souk_step step;

	*charge = (struct charge){0};
	souk_bind_text(get, 1, q->authorization);
	step = souk_step(get);
	if (step != SOUK_STEP_ROW)
		return step == SOUK_STEP_DONE;
	*charge = (struct charge){.known = true, .amount = souk_column_int(get, 1),
		.state = souk_arena_copy(call->memory, souk_column_text(get, 3)), .at = souk_column_int(get, 4),
		.card = test_card_find(souk_column_text(get, 2)), .captured = souk_column_int(get, 5),
		.refunded = souk_column_int(get, 6), .voided = souk_column_int(get, 7)};
	charge->same = souk_text_equal(souk_column_text(get, 0), q->currency) &&
		charge->amount == q->amount && souk_text_equal(souk_column_text(get, 2), q->token);
	souk_done(get);
	return true;
}

bool test_books_statement(struct souk_writer *out)
{
	struct souk_arena memory = {0};
	struct souk_query *q;
	enum souk_step step;

	if (!souk_store_begin(test_books_open(false), false))
		return false;
	q = souk_ask(test_books, CHARGE_LIST);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		souk_add_string(&out->buffer, "{\"export\":\"pay.statement\",\"provider\":\"test\"");
		souk_put_text(&out->buffer, "key", souk_column_text(q, 0));
		souk_arena_reset(&memory);
		souk_put_text(&out->buffer, "reference", charge_reference(souk_column_text(q, 0), &memory));
		souk_put_text(&out->buffer, "currency", souk_column_text(q, 1));
		souk_put_int(&out->buffer, "authorized", souk_column_int(q, 2));
		souk_put_int(&out->buffer, "captured", souk_column_int(q, 3));
		souk_put_int(&out->buffer, "refunded", souk_column_int(q, 4));
		souk_put_bool(&out->buffer, "voided", souk_column_int(q, 5));
		souk_put_close(&out->buffer, '}');
		souk_writer_line_end(out);
	}
	souk_arena_free(&memory);
	return step == SOUK_STEP_DONE;
}
