/* SPDX-License-Identifier: ISC */
/*
 * scratch.h: a private database that ends with the program: on disk beyond a few
 * megabytes, so that what is sorted and joined in it may be of any size. It is no
 * state of the shop.
 */
#ifndef SOUK_SCRATCH_H
#define SOUK_SCRATCH_H

#include <sqlite3.h>

#include "text.h"

struct souk_scratch {
	sqlite3 *db;
	sqlite3_stmt **statements;
	size_t count;
	const char *what; /* for messages: "the books" */
};

/* Makes the tables of `schema` and prepares the statements; all within one transaction
 * that is never committed. These functions die if they can't do their work. */
void souk_scratch_open(struct souk_scratch *s, const char *what, const char *schema,
	const char *const *statements, size_t count);
void souk_scratch_close(struct souk_scratch *s);
_Noreturn void souk_scratch_die(const struct souk_scratch *s, const char *doing);

/* Runs SQL that gives no rows. */
void souk_scratch_run(struct souk_scratch *s, const char *sql, const char *doing);

/* Binds the values to a statement, by `types`: t struct souk_text (a NULL `at` is
 * NULL), i int64_t. Runs it; returns how many rows it changed. */
int64_t souk_scratch_put(struct souk_scratch *s, size_t statement, const char *types, ...);
int64_t souk_scratch_vput(struct souk_scratch *s, size_t statement, const char *types, va_list values);

/* The same for one that gives rows: to be read by souk_scratch_row() until that is
 * false; one that is left before is reset by the caller. */
sqlite3_stmt *souk_scratch_ask(struct souk_scratch *s, size_t statement, const char *types, ...);
bool souk_scratch_row(struct souk_scratch *s, sqlite3_stmt *row);

/* A column of the row; it lives until the next one. */
struct souk_text souk_scratch_text(sqlite3_stmt *row, int column);

#endif
