/* SPDX-License-Identifier: ISC */
/*
 * Statements that are deferred, and run once for all rows of a batch.
 *
 * An insert reads the rows from the virtual table `batch`. An update runs over the
 * span of keys from the first row to the last, once a look at that span has shown
 * that it holds these rows and no others; where it holds others, each row is updated
 * by itself.
 */
#include <stdlib.h>

#include "error.h"
#include "store_sqlite.h"

static struct souk_cell *row_of(const struct souk_query *q, size_t row)
{
	return q->cells + row * (size_t)q->bulk->columns;
}

static const char *bytes_of(const struct souk_store *s, const struct souk_cell *cell)
{
	return cell->copied ? s->copies.at + cell->is.offset : cell->is.at;
}

/* ---- The table `batch` ---- */

struct batch_table {
	sqlite3_vtab base;
	struct souk_store *store;
};

struct batch_cursor {
	sqlite3_vtab_cursor base;
	size_t row, end;
};

static struct souk_store *store_of(sqlite3_vtab_cursor *cursor)
{
	return ((struct batch_table *)(void *)cursor->pVtab)->store;
}

static int batch_connect(sqlite3 *db, void *store, int argc, const char *const *argv, sqlite3_vtab **made,
	char **error)
{
	struct batch_table *table;
	int code = sqlite3_declare_vtab(db, "CREATE TABLE batch (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12)");

	(void)argc, (void)argv, (void)error;
	if (code != SQLITE_OK)
		return code;
	table = sqlite3_malloc(sizeof(*table));
	if (!table)
		return SQLITE_NOMEM;
	*table = (struct batch_table){.store = store};
	*made = &table->base;
	return SQLITE_OK;
}

static int batch_disconnect(sqlite3_vtab *table)
{
	sqlite3_free(table);
	return SQLITE_OK;
}

/* Only c1 = ... is made use of: an update that looks its rows up asks for them in
 * the order they stand in. */
static int batch_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
	(void)table;
	info->estimatedCost = SOUK_DEFER_MOST;
	info->estimatedRows = SOUK_DEFER_MOST;
	for (int i = 0; i < info->nConstraint; i++) {
		if (info->aConstraint[i].iColumn != 0 || info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ ||
		    !info->aConstraint[i].usable)
			continue;
		info->aConstraintUsage[i].argvIndex = 1;
		info->idxNum = 1;
		info->estimatedCost = info->estimatedRows = 1;
		break;
	}
	return SQLITE_OK;
}

static int batch_open(sqlite3_vtab *table, sqlite3_vtab_cursor **made)
{
	struct batch_cursor *cursor = sqlite3_malloc(sizeof(*cursor));

	(void)table;
	if (!cursor)
		return SQLITE_NOMEM;
	*cursor = (struct batch_cursor){0};
	*made = &cursor->base;
	return SQLITE_OK;
}

static int batch_close(sqlite3_vtab_cursor *cursor)
{
	sqlite3_free(cursor);
	return SQLITE_OK;
}

/* Whether the first value of that row is this text or blob. */
static bool begins_with(const struct souk_query *q, size_t row, const void *bytes, size_t len)
{
	const struct souk_cell *cell = row_of(q, row);

	return cell->type >= SOUK_CELL_TEXT && cell->len == len && !memcmp(bytes_of(q->store, cell), bytes, len);
}

static int batch_filter(sqlite3_vtab_cursor *base, int by_first, const char *name, int argc,
	sqlite3_value **argv)
{
	struct batch_cursor *cursor = (struct batch_cursor *)(void *)base;
	struct souk_query *q = store_of(base)->running;
	const void *bytes;
	size_t len, row;

	(void)name, (void)argc;
	*cursor = (struct batch_cursor){.base = cursor->base, .end = q ? q->rows : 0};
	if (!by_first || !q)
		return SQLITE_OK;
	/* The rows come in the order of the keys they are looked up by, equal ones together:
	 * span_matches() has seen to it. So it is mostly the one after the last. */
	bytes = sqlite3_value_blob(argv[0]);
	len = (size_t)sqlite3_value_bytes(argv[0]);
	row = q->found < q->rows && begins_with(q, q->found, bytes, len) ? q->found : q->found + 1;
	if (row >= q->rows || !begins_with(q, row, bytes, len))
		for (row = 0; row < q->rows && !begins_with(q, row, bytes, len);)
			row++;
	/* It may be the last of several that was found. */
	while (row && row < q->rows && begins_with(q, row - 1, bytes, len))
		row--;
	cursor->row = cursor->end = row;
	while (cursor->end < q->rows && begins_with(q, cursor->end, bytes, len))
		cursor->end++;
	if (cursor->end > row)
		q->found = cursor->end - 1;
	return SQLITE_OK;
}

static int batch_next(sqlite3_vtab_cursor *cursor)
{
	((struct batch_cursor *)(void *)cursor)->row++;
	return SQLITE_OK;
}

static int batch_eof(sqlite3_vtab_cursor *base)
{
	const struct batch_cursor *cursor = (const struct batch_cursor *)(void *)base;

	return cursor->row >= cursor->end;
}

static int batch_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
	struct souk_store *s = store_of(base);
	const struct souk_cell *cell;

	if (column >= s->running->bulk->columns)
		return SQLITE_OK; /* it is NULL */
	cell = row_of(s->running, ((struct batch_cursor *)(void *)base)->row) + column;
	switch (cell->type) {
	case SOUK_CELL_NULL:
		break;
	case SOUK_CELL_INT:
		sqlite3_result_int64(context, cell->is.number);
		break;
	case SOUK_CELL_TEXT:
		sqlite3_result_text(context, bytes_of(s, cell), (int)cell->len, SQLITE_STATIC);
		break;
	case SOUK_CELL_BLOB:
		sqlite3_result_blob(context, bytes_of(s, cell), (int)cell->len, SQLITE_STATIC);
		break;
	}
	return SQLITE_OK;
}

static int batch_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid)
{
	*rowid = (sqlite3_int64)((const struct batch_cursor *)(void *)base)->row;
	return SQLITE_OK;
}

/* Without xCreate it is there without being made, and only for this connection. */
static const sqlite3_module batch_module = {
	.xConnect = batch_connect, .xDisconnect = batch_disconnect, .xBestIndex = batch_best_index,
	.xOpen = batch_open, .xClose = batch_close, .xFilter = batch_filter, .xNext = batch_next,
	.xEof = batch_eof, .xColumn = batch_column, .xRowid = batch_rowid,
};

bool souk_defer_open(struct souk_store *s)
{
	s->last = &s->first;
	return sqlite3_create_module(s->db, "batch", &batch_module, s) == SQLITE_OK ||
		souk_store_trouble(s, "set it up");
}

void souk_defer_close(struct souk_store *s)
{
	for (size_t i = 0; i < s->bulk_count; i++)
		free(s->bulks[i].cells);
	souk_buffer_free(&s->copies);
}

/* ---- Adding rows ---- */

static struct souk_query *bulk_query(struct souk_store *s, const struct souk_bulk *bulk)
{
	for (size_t i = 0; i < s->bulk_count; i++)
		if (s->bulks[i].bulk == bulk)
			return &s->bulks[i];
	if (s->bulk_count == SOUK_MAX_BULKS)
		souk_die("the verbs of a function defer more than %d statements", SOUK_MAX_BULKS);
	s->bulks[s->bulk_count] = (struct souk_query){.store = s, .bulk = bulk};
	return &s->bulks[s->bulk_count++];
}

struct souk_query *souk_defer(struct souk_store *s, const struct souk_bulk *bulk)
{
	struct souk_query *q;

	if (!s->defers)
		return souk_ask(s, bulk->one);
	q = bulk_query(s, bulk);
	if (!q->cells) {
		q->cells = malloc(SOUK_DEFER_MOST * (size_t)bulk->columns * sizeof(*q->cells));
		if (!q->cells)
			souk_die("out of memory");
	}
	return q;
}

void souk_defer_bind(struct souk_query *q, int parameter, struct souk_cell cell, const void *bytes)
{
	if (cell.copied) {
		cell.is.offset = q->store->copies.len;
		souk_add(&q->store->copies, bytes, cell.len);
	} else if (bytes) {
		cell.is.at = bytes;
	}
	row_of(q, q->rows)[parameter - 1] = cell;
}

void souk_defer_row(struct souk_query *q)
{
	struct souk_store *s = q->store;

	if (!q->rows++) {
		*s->last = q;
		s->last = &q->next;
	}
	s->changes = 1;
}

void souk_defer_forget(struct souk_store *s)
{
	for (struct souk_query *q = s->first, *next; q; q = next) {
		next = q->next;
		q->next = NULL;
		q->rows = 0;
	}
	s->first = s->running = NULL;
	s->last = &s->first;
	s->copies.len = 0;
}

/* ---- Running them ---- */

static void bind_cell(sqlite3_stmt *statement, int parameter, const struct souk_store *s,
	const struct souk_cell *cell)
{
	switch (cell->type) {
	case SOUK_CELL_NULL:
		sqlite3_bind_null(statement, parameter);
		break;
	case SOUK_CELL_INT:
		sqlite3_bind_int64(statement, parameter, cell->is.number);
		break;
	case SOUK_CELL_TEXT:
		sqlite3_bind_text(statement, parameter, bytes_of(s, cell), (int)cell->len, SQLITE_STATIC);
		break;
	case SOUK_CELL_BLOB:
		sqlite3_bind_blob(statement, parameter, bytes_of(s, cell), (int)cell->len, SQLITE_STATIC);
		break;
	}
}

static struct souk_query *span_query(struct souk_query *q, size_t statement)
{
	struct souk_query *span = souk_store_query(q->store, statement);

	/* An insert may do without them: then they are out of range, and left alone. */
	bind_cell(span->statement, 1, q->store, row_of(q, 0));
	bind_cell(span->statement, 2, q->store, row_of(q, q->rows - 1));
	return span;
}

/* Whether what was found begins with the values of that row. */
static bool is_row(struct souk_query *found, const struct souk_query *q, size_t row)
{
	for (int i = 0; i < q->bulk->compared; i++) {
		const struct souk_cell *cell = row_of(q, row) + i;
		struct souk_text text;

		if (cell->type == SOUK_CELL_INT) {
			if (souk_column_int(found, i) != cell->is.number)
				return false;
			continue;
		}
		text = souk_column_text(found, i);
		if (text.len != cell->len || memcmp(text.at, bytes_of(q->store, cell), text.len))
			return false;
	}
	return true;
}

/* Whether the keys ascend: else the span from the first to the last is not theirs. Where
 * each row must be found, that shows by itself. */
static bool ascends(const struct souk_query *q)
{
	for (size_t row = 1; row < q->rows; row++) {
		const struct souk_cell *a = row_of(q, row - 1), *b = row_of(q, row);
		int order = memcmp(bytes_of(q->store, a), bytes_of(q->store, b), a->len < b->len ? a->len : b->len);

		if (order > 0 || (order == 0 && a->len > b->len))
			return false;
	}
	return true;
}

/* Whether the span holds each row once, in their order, and no others; of rows that
 * may change several or none, whether it holds no others. It ends at the first that
 * is another's: the span may be long. */
static enum souk_step span_matches(struct souk_query *q, bool *matches)
{
	struct souk_query *span;
	enum souk_step step;
	size_t row = 0;

	*matches = false;
	if (q->bulk->any_number && !ascends(q))
		return SOUK_STEP_DONE;
	span = span_query(q, q->bulk->span);
	while ((step = souk_step(span)) == SOUK_STEP_ROW) {
		while (q->bulk->any_number && row < q->rows && !is_row(span, q, row))
			row++;
		if (row == q->rows || (!q->bulk->any_number && !is_row(span, q, row))) {
			souk_done(span);
			return SOUK_STEP_DONE;
		}
		row += !q->bulk->any_number;
	}
	*matches = q->bulk->any_number || row == q->rows;
	return step;
}

static bool run_each(struct souk_query *q)
{
	struct souk_query *one = souk_store_query(q->store, q->bulk->one);

	for (size_t row = 0; row < q->rows; row++) {
		for (int i = 0; i < q->bulk->columns; i++)
			bind_cell(one->statement, i + 1, q->store, row_of(q, row) + i);
		if (!souk_do(one))
			return false;
		if (!q->bulk->any_number && q->store->changes != 1)
			q->store->mismatch = true;
	}
	return true;
}

static bool run_all(struct souk_query *q)
{
	struct souk_store *s = q->store;
	bool matches = true, done;

	if (q->rows == 1)
		return run_each(q);
	if (q->bulk->compared && span_matches(q, &matches) == SOUK_STEP_FAILED)
		return false;
	if (!matches)
		return run_each(q);
	s->running = q;
	q->found = 0;
	done = souk_do(span_query(q, q->bulk->all));
	s->running = NULL;
	if (done && !q->bulk->any_number && s->changes != (int64_t)q->rows)
		s->mismatch = true;
	return done;
}

bool souk_defer_run(struct souk_store *s)
{
	bool done = true;

	for (struct souk_query *q = s->first; q && done && !s->mismatch; q = q->next)
		done = run_all(q);
	souk_defer_forget(s);
	s->broken |= !done;
	return done && !s->mismatch && !s->broken;
}
