/* SPDX-License-Identifier: ISC */
/*
 * store.h: a function's tables.
 *
 * SQL is a fixed list of named statements per function; the store prepares each
 * once. A batch is one transaction. Writers of one SQLite file queue on a lock
 * file before they begin. SOUK_DB names the folder; each function has a
 * sub-folder of its own in it, and no function opens another's.
 *
 * Statements use ?1, ?2 ... and the SQL that SQLite and PostgreSQL share.
 *
 * Trouble is said on stderr, once, by the store; callers only pass the failure
 * on. A failure that a repetition may cure (the database was busy) is told
 * apart by souk_store_retryable().
 */
#ifndef SOUK_STORE_H
#define SOUK_STORE_H

#include "text.h"

struct souk_store;
struct souk_query;

/* Opens `$SOUK_DB/function/function.db`, making it if it is not there, and brings its
 * schema up to date; gives it once more if this process has it open already. `schema` holds
 * SQL in steps, each begun by a line "-- version N", N from 1. A database more than one
 * version newer is refused.
 * statements[] live as long as the store. Dies (exit 3; 2 where SOUK_DB is not
 * set) with a message that says what to do. */
struct souk_store *souk_store_open(const char *function, const char *schema,
	const char *const *statements, size_t count, bool writes);
void souk_store_close(struct souk_store *store);

/* The newest version of tables that the schema makes. */
int64_t souk_schema_version(const char *schema);

/* `$SOUK_DB/function`, which is made if it is not there, as if the function were just beginning;
 * NULL with errno if it can't be made. To be freed. */
char *souk_store_make_folder(const char *function);

/* The folder of this store, for a lock or a file beside it. */
const char *souk_store_folder(const struct souk_store *store);

/* Begins a transaction. A writing one first waits for its turn on the lock file; where
 * statements are deferred, not before the first that is run.
 * All return false on failure, after saying why. */
bool souk_store_begin(struct souk_store *store, bool writes);
bool souk_store_commit(struct souk_store *store);
/* Whether commits wait until they are on disk: true unless said. What is committed without
 * comes there with the next commit that waits, in order, or with a checkpoint. */
void souk_store_syncs(struct souk_store *store, bool syncs);
void souk_store_rollback(struct souk_store *store);

/* After a failure: whether running the batch again may succeed. */
bool souk_store_retryable(const struct souk_store *store);

/* What a stage has seen of a database. All zero: nothing. */
struct souk_seen {
	int64_t version;  /* counts what other processes committed, from 1 */
	uint64_t commits; /* what was committed by this one */
};

/* Whether the database may have been changed since it was seen so, by another process or
 * another stage of this one: caches are dropped then. Call inside a transaction. */
bool souk_store_changed(struct souk_store *store, struct souk_seen *seen);

/* What this process has committed so far. After a batch that began `since` then, notes that
 * the stage knows what it committed itself. */
uint64_t souk_store_commits(const struct souk_store *store);
void souk_store_saw_commits(const struct souk_store *store, struct souk_seen *seen, uint64_t since);

/* ---- Asking ---- */

/* The statement of that index, ready to bind. Parameters count from 1, columns
 * from 0. Bound text must live until souk_step() returns. */
struct souk_query *souk_ask(struct souk_store *store, size_t statement);
void souk_bind_text(struct souk_query *q, int parameter, struct souk_text text);
void souk_bind_int(struct souk_query *q, int parameter, int64_t value);
void souk_bind_blob(struct souk_query *q, int parameter, const void *bytes, size_t len);
void souk_bind_null(struct souk_query *q, int parameter);

enum souk_step { SOUK_STEP_DONE, SOUK_STEP_ROW, SOUK_STEP_FAILED };

/* Runs to the next row. After DONE and FAILED the query is reset. */
enum souk_step souk_step(struct souk_query *q);
/* Runs a statement that gives no rows; false if it failed. */
bool souk_do(struct souk_query *q);
/* Ends a query whose rows were not all read. */
void souk_done(struct souk_query *q);

/* ---- Many rows by one statement ---- */

/*
 * What a verb does for each record is mostly the same: one row is inserted, or one is
 * changed that is as expected. To begin and end a statement costs more than the row.
 * So such statements can be deferred: their rows are collected, and run as one when
 * the transaction is committed, or as soon as another statement is asked for.
 *
 * It is taken for granted that each row changes one row of the table, and the records
 * are answered so. Where that proves wrong the transaction is not committed but fails,
 * retryable, and the batch is run again with nothing deferred: then each statement
 * tells by souk_store_changes() what it did.
 *
 * The rows of one statement run together, the statements in the order of their first rows.
 */
struct souk_bulk {
	size_t one;      /* the statement for one row: its values are ?1, ?2 ... */
	/* The same for all. An insert takes the rows from the table `batch` with the columns
	 * c1, c2 ... and rowid, which counts from 0. An update changes what lies between the
	 * first row's c1, ?1, and the last row's, ?2; values are looked up in `batch` where
	 * c1 is the key. */
	size_t all;
	int columns;     /* values of a row, at most 12 */
	/* Of an update: selects what lies between ?1 and ?2, in the order of keys, with the
	 * first `compared` values of a row as its columns. Only if it gives just the rows
	 * that are deferred, in their order, `all` is used, else `one` for each. */
	size_t span;
	int compared;    /* 0: an insert */
	bool any_number; /* a row may change several rows, or none */
};

/* So many records a batch must have for deferring to pay; so many rows of a statement are
 * collected before they are run. */
enum { SOUK_DEFER_LEAST = 16, SOUK_DEFER_MOST = 1024 };

/* Whether statements may be deferred from now on. Not in the middle of a transaction. */
void souk_store_defers(struct souk_store *store, bool defers);

/* The statement, to be bound and run with souk_do(), now or later. Bound text is
 * copied. */
struct souk_query *souk_defer(struct souk_store *store, const struct souk_bulk *bulk);

/* Binds text that stays until the commit: it is not copied. The bytes of a record's
 * line are such. */
void souk_bind_lasting(struct souk_query *q, int parameter, struct souk_text text);

/* Columns of the current row; text lives until the next step. */
int64_t souk_column_int(struct souk_query *q, int column);
struct souk_text souk_column_text(struct souk_query *q, int column);
bool souk_column_null(struct souk_query *q, int column);

/* Rows that the last statement changed; of one that was deferred, 1. */
int64_t souk_store_changes(struct souk_store *store);

#endif
