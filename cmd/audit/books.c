/* SPDX-License-Identifier: ISC */
/* The private database of an audit: on disk beyond a few megabytes, so that books of
 * any size fit, and gone when it ends. It is no state of the shop. */
#include "audit.h"

#include <stdlib.h>

static const char schema[] =
#include "cmd/audit/schema.sql.h"
;

/* What is lost with the process needs no journal and no sync. */
static const char settings[] =
	"PRAGMA page_size = 8192; PRAGMA cache_size = -4096; PRAGMA journal_mode = OFF;"
	"PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = FILE;";

static const char indexes[] =
	"CREATE INDEX payment_key ON payment (key);"
	"CREATE INDEX movement_begin ON movement (sku, location, on_hand - qty);"
	"CREATE INDEX order_event_of ON order_event (order_id);";

#define KEEP_FIRST " ON CONFLICT DO NOTHING"

static const char *const puts_sql[PUT_COUNT] = {
	[PUT_ORDER] = "INSERT INTO orders VALUES (?1, ?2, ?3, ?4, ?5, ?6)" KEEP_FIRST,
	[PUT_ORDER_LINE] = "INSERT INTO order_line VALUES (?1, ?2, ?3) "
			   "ON CONFLICT DO UPDATE SET qty = qty + excluded.qty",
	[PUT_HOLD] = "INSERT INTO hold VALUES (?1, ?2)" KEEP_FIRST,
	[PUT_HOLD_LINE] = "INSERT INTO hold_line VALUES (?1, ?2, ?3, ?4, ?5) "
			  "ON CONFLICT DO UPDATE SET qty = qty + excluded.qty, "
			  "backordered = backordered + excluded.backordered, gone = gone + excluded.gone",
	[PUT_MOVEMENT] = "INSERT INTO movement VALUES (?1, ?2, ?3, ?4, ?5, ?6)" KEEP_FIRST,
	[PUT_LEVEL] = "INSERT INTO level VALUES (?1, ?2, ?3)" KEEP_FIRST,
	[PUT_SHELF] = "INSERT INTO shelf VALUES (?1, ?2, ?3, ?4)" KEEP_FIRST,
	[PUT_PAYMENT] = "INSERT INTO payment VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
			KEEP_FIRST,
	[PUT_EVENT] = "INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6)" KEEP_FIRST,
	[PUT_CANCELLATION] = "INSERT INTO cancellation VALUES (?1)" KEEP_FIRST,
	[PUT_GIVEN_BACK] = "INSERT INTO given_back VALUES (?1, ?2, ?3) "
			   "ON CONFLICT DO UPDATE SET qty = qty + excluded.qty",
	[PUT_STATEMENT] = "INSERT INTO statement VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)" KEEP_FIRST,
	[PUT_STOCKTAKE] = "INSERT INTO stocktake VALUES (?1, ?2) "
			  "ON CONFLICT DO UPDATE SET qty = qty + excluded.qty",
	[PUT_ENTERED] = "INSERT INTO entered VALUES (?1)" KEEP_FIRST,
	[PUT_ANSWERED] = "INSERT INTO answered VALUES (?1, ?2)" KEEP_FIRST,
	[PUT_ORDER_EVENT] = "INSERT INTO order_event VALUES (?1, ?2, ?3)" KEEP_FIRST,
	[PUT_RETURNED] = "INSERT INTO returned VALUES (?1, ?2, ?3)" KEEP_FIRST,
	[PUT_RETURNED_LINE] = "INSERT INTO returned_line VALUES (?1, ?2, ?3) "
			      "ON CONFLICT DO UPDATE SET qty = qty + excluded.qty",
	[PUT_TWICE] = "INSERT INTO twice VALUES (?1, ?2)",
};

_Noreturn void books_die(const struct audit *a, const char *doing)
{
	int code = a->db ? sqlite3_errcode(a->db) : SQLITE_NOMEM;

	if (code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_CANTOPEN)
		souk_die("cannot %s: %s: set TMPDIR to a folder with room for a temporary database", doing,
			sqlite3_errmsg(a->db));
	souk_die("cannot %s: %s", doing, a->db ? sqlite3_errmsg(a->db) : "out of memory");
}

static void must(struct audit *a, const char *sql, const char *doing)
{
	if (sqlite3_exec(a->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		books_die(a, doing);
}

/* SUM() of amounts: SQLite's own fails where the sum does not fit, and no book is so
 * broken that it may not be audited. This one stays at the limit. */
static void add_step(sqlite3_context *context, int count, sqlite3_value **values)
{
	int64_t *sum = sqlite3_aggregate_context(context, sizeof(*sum)), value;

	(void)count;
	if (!sum) {
		sqlite3_result_error_nomem(context);
		return;
	}
	value = sqlite3_value_int64(values[0]);
	if (!souk_money_add(*sum, value, sum))
		*sum = value < 0 ? INT64_MIN : INT64_MAX;
}

static void add_final(sqlite3_context *context)
{
	const int64_t *sum = sqlite3_aggregate_context(context, 0);

	sqlite3_result_int64(context, sum ? *sum : 0);
}

void books_open(struct audit *a)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

	if (sqlite3_open_v2("", &a->db, flags, NULL) != SQLITE_OK)
		books_die(a, "open a temporary database");
	must(a, settings, "set up a temporary database");
	if (sqlite3_create_function(a->db, "amounts", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, NULL,
	    add_step, add_final) != SQLITE_OK)
		books_die(a, "set up a temporary database");
	must(a, "BEGIN", "set up a temporary database");
	must(a, schema, "set up a temporary database");
	for (size_t i = 0; i < PUT_COUNT; i++)
		if (sqlite3_prepare_v3(a->db, puts_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &a->puts[i], NULL) !=
		    SQLITE_OK)
			books_die(a, "set up a temporary database");
}

void books_close(struct audit *a)
{
	for (size_t i = 0; i < PUT_COUNT; i++)
		sqlite3_finalize(a->puts[i]);
	sqlite3_close(a->db);
}

void books_index(struct audit *a)
{
	must(a, indexes, "sort the books");
}

bool books_put(struct audit *a, enum put which, const char *types, ...)
{
	sqlite3_stmt *statement = a->puts[which];
	struct souk_text text;
	va_list values;
	int step;

	va_start(values, types);
	for (int i = 0; types[i]; i++) {
		if (types[i] == 'i') {
			sqlite3_bind_int64(statement, i + 1, va_arg(values, int64_t));
			continue;
		}
		text = va_arg(values, struct souk_text);
		sqlite3_bind_text(statement, i + 1, text.at, (int)text.len, SQLITE_STATIC);
	}
	va_end(values);
	step = sqlite3_step(statement);
	sqlite3_reset(statement);
	if (step != SQLITE_DONE)
		books_die(a, "keep the books in a temporary database");
	return sqlite3_changes(a->db) == 1;
}
