/* SPDX-License-Identifier: ISC */
/* store_sqlite.h: what store.c and defer.c share. */
#ifndef SOUK_STORE_SQLITE_H
#define SOUK_STORE_SQLITE_H

#include <sqlite3.h>

#include "store.h"

/* A value of a deferred row. Copied text is found by its offset, as the copies move. */
struct souk_cell {
	enum { SOUK_CELL_NULL, SOUK_CELL_INT, SOUK_CELL_TEXT, SOUK_CELL_BLOB } type;
	bool copied;
	uint32_t len;
	union {
		int64_t number;
		const char *at;
		size_t offset;
	} is;
};

struct souk_query {
	struct souk_store *store;
	sqlite3_stmt *statement;
	/* Of a deferred statement: its rows, and the one that is being filled. */
	const struct souk_bulk *bulk; /* NULL: it runs at once */
	struct souk_cell *cells;
	size_t rows;
	size_t found;                 /* the row that was looked up last */
	struct souk_query *next;      /* the deferred statement that came after this one */
};

enum { SOUK_MAX_BULKS = 8 };

struct souk_store {
	sqlite3 *db;
	struct souk_store *next; /* of those this process has open */
	size_t users;
	const char *function;
	char *folder, *path;
	int lock;               /* the file writers queue on, -1 for a reader */
	bool locked, retryable;
	bool syncs, synced;     /* asked for, and what the database was told */
	enum { SOUK_NO_TRANSACTION, SOUK_WANTED, SOUK_BEGUN } transaction;
	int64_t changes;
	uint64_t commits;       /* that may have changed something */
	const char *const *sql;
	struct souk_query *queries;
	size_t count;
	sqlite3_stmt *version, *begin_read, *begin_write, *commit, *rollback;
	/* What is deferred (defer.c). */
	bool defers, mismatch;
	bool broken; /* something of this transaction failed: nothing of it may be committed */
	struct souk_query bulks[SOUK_MAX_BULKS], *first, **last;
	size_t bulk_count;
	struct souk_query *running; /* whose rows the table `batch` shows */
	struct souk_buffer copies;
};

/* Says what failed; false. */
bool souk_store_trouble(struct souk_store *store, const char *doing);
/* A statement at once, whatever is deferred. */
struct souk_query *souk_store_query(struct souk_store *store, size_t statement);

/* Makes the table `batch` known. */
bool souk_defer_open(struct souk_store *store);
void souk_defer_close(struct souk_store *store);
/* Ends the row. */
void souk_defer_row(struct souk_query *q);

/* Runs what is deferred. False if the database failed, or if a row did not change what
 * it should: then `mismatch` is set, and the transaction must not be committed. */
bool souk_defer_run(struct souk_store *store);
/* Forgets it. */
void souk_defer_forget(struct souk_store *store);

/* Sets a value of the row that is being filled. */
void souk_defer_bind(struct souk_query *q, int parameter, struct souk_cell cell, const void *bytes);

#endif
