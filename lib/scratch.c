/* SPDX-License-Identifier: ISC */
#include "scratch.h"

#include <stdlib.h>

#include "error.h"

/* What is lost with the process needs no journal and no sync. */
static const char settings[] =
	"PRAGMA page_size = 8192; PRAGMA cache_size = -4096; PRAGMA journal_mode = OFF;"
	"PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = FILE;";
static const char setting_up[] = "set up a temporary database";

_Noreturn void souk_scratch_die(const struct souk_scratch *s, const char *doing)
{
	int code = s->db ? sqlite3_errcode(s->db) : SQLITE_NOMEM;

	if (code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_CANTOPEN)
		souk_die("cannot %s: %s: set TMPDIR to a folder with room for a temporary database", doing,
			sqlite3_errmsg(s->db));
	souk_die("cannot %s: %s", doing, s->db ? sqlite3_errmsg(s->db) : "out of memory");
}

static _Noreturn void die_keeping(const struct souk_scratch *s)
{
	struct souk_buffer doing = {0};

	souk_add_format(&doing, "keep %s in a temporary database", s->what);
	souk_add_char(&doing, 0);
	souk_scratch_die(s, doing.at);
}

void souk_scratch_run(struct souk_scratch *s, const char *sql, const char *doing)
{
	if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		souk_scratch_die(s, doing);
}

void souk_scratch_open(struct souk_scratch *s, const char *what, const char *schema,
	const char *const *statements, size_t count)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

	*s = (struct souk_scratch){.what = what, .count = count};
	if (sqlite3_open_v2("", &s->db, flags, NULL) != SQLITE_OK)
		souk_scratch_die(s, "open a temporary database");
	souk_scratch_run(s, settings, setting_up);
	souk_scratch_run(s, "BEGIN", setting_up);
	souk_scratch_run(s, schema, setting_up);
	s->statements = calloc(count, sizeof(*s->statements));
	if (!s->statements)
		souk_die("out of memory");
	for (size_t i = 0; i < count; i++)
		if (sqlite3_prepare_v3(s->db, statements[i], -1, SQLITE_PREPARE_PERSISTENT, &s->statements[i],
		    NULL) != SQLITE_OK)
			souk_scratch_die(s, setting_up);
}

void souk_scratch_close(struct souk_scratch *s)
{
	for (size_t i = 0; i < s->count; i++)
		sqlite3_finalize(s->statements[i]);
	free(s->statements);
	sqlite3_close(s->db);
	*s = (struct souk_scratch){0};
}

static sqlite3_stmt *bind(struct souk_scratch *s, size_t which, const char *types, va_list values)
{
	sqlite3_stmt *statement = s->statements[which];
	struct souk_text text;

	for (int i = 0; types[i]; i++) {
		if (types[i] == 'i') {
			sqlite3_bind_int64(statement, i + 1, va_arg(values, int64_t));
			continue;
		}
		text = va_arg(values, struct souk_text);
		sqlite3_bind_text(statement, i + 1, text.at, (int)text.len, SQLITE_STATIC);
	}
	return statement;
}

int64_t souk_scratch_vput(struct souk_scratch *s, size_t which, const char *types, va_list values)
{
	sqlite3_stmt *statement = bind(s, which, types, values);
	int step = sqlite3_step(statement);

	sqlite3_reset(statement);
	if (step != SQLITE_DONE)
		die_keeping(s);
	return sqlite3_changes(s->db);
}

int64_t souk_scratch_put(struct souk_scratch *s, size_t which, const char *types, ...)
{
	va_list values;
	int64_t changed;

	va_start(values, types);
	changed = souk_scratch_vput(s, which, types, values);
	va_end(values);
	return changed;
}

sqlite3_stmt *souk_scratch_ask(struct souk_scratch *s, size_t which, const char *types, ...)
{
	sqlite3_stmt *statement;
	va_list values;

	va_start(values, types);
	statement = bind(s, which, types, values);
	va_end(values);
	return statement;
}

bool souk_scratch_row(struct souk_scratch *s, sqlite3_stmt *row)
{
	int step = sqlite3_step(row);

	if (step == SQLITE_ROW)
		return true;
	sqlite3_reset(row);
	if (step != SQLITE_DONE)
		die_keeping(s);
	return false;
}

struct souk_text souk_scratch_text(sqlite3_stmt *row, int column)
{
	const char *at = (const char *)sqlite3_column_text(row, column);

	return (struct souk_text){at ? at : "", (size_t)sqlite3_column_bytes(row, column)};
}
