/* SPDX-License-Identifier: ISC */
/* A function's tables in SQLite. */
#include "store_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "log_growth.h"
#include "sandbox.h"

/* How long a writer waits for its turn, and SQLite for another program's lock. */
enum { LOCK_SECONDS = 30, BUSY_MS = 10000 };

bool souk_store_trouble(struct souk_store *s, const char *doing)
{
	int code = sqlite3_errcode(s->db), extended = sqlite3_extended_errcode(s->db);

	s->retryable = code == SQLITE_BUSY && extended != SQLITE_BUSY && s->locked;
	/* After a mismatch nothing is as expected: the batch is undone and repeated. */
	s->retryable |= extended == SQLITE_BUSY_SNAPSHOT || s->mismatch;
	if (s->retryable)
		return false;
	switch (code) {
	case SQLITE_FULL:
		souk_warn("%s: cannot %s: no space left on the device", s->path, doing);
		break;
	case SQLITE_READONLY:
		souk_warn("%s: cannot %s: the database or its folder is read-only", s->path, doing);
		break;
	case SQLITE_CORRUPT: case SQLITE_NOTADB:
		souk_warn("%s: cannot %s: the file is damaged or no database; restore it from a backup",
			s->path, doing);
		break;
	case SQLITE_BUSY: case SQLITE_LOCKED:
		souk_warn("%s: cannot %s: another program has held the database for %d s", s->path, doing,
			BUSY_MS / 1000);
		break;
	case SQLITE_CANTOPEN: case SQLITE_IOERR:
		souk_warn("%s: cannot %s: %s%s%s", s->path, doing, sqlite3_errmsg(s->db),
			sqlite3_system_errno(s->db) ? ": " : "",
			sqlite3_system_errno(s->db) ? strerror(sqlite3_system_errno(s->db)) : "");
		break;
	default:
		souk_warn("%s: cannot %s: %s", s->path, doing, sqlite3_errmsg(s->db));
	}
	return false;
}

static void must(struct souk_store *s, const char *sql, const char *doing)
{
	if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		souk_store_trouble(s, doing);
		exit(SOUK_EXIT_SYSTEM);
	}
}

/* ---- The queue of writers ---- */

static void on_alarm(int signal)
{
	(void)signal;
}

/* The alarm is armed only where there is somebody to wait for. It repeats, as one
 * that came just before the wait would be lost. */
static bool take_turn(struct souk_store *s)
{
	struct sigaction action = {.sa_handler = on_alarm}, before;
	const struct itimerval limit = {{1, 0}, {LOCK_SECONDS, 0}}, off = {{0, 0}, {0, 0}};
	bool taken;

	if (s->locked || flock(s->lock, LOCK_EX | LOCK_NB) == 0)
		return s->locked = true;
	if (errno != EWOULDBLOCK) {
		souk_warn("%s/lock: cannot lock it: %s", s->folder, strerror(errno));
		return false;
	}
	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, &before);
	setitimer(ITIMER_REAL, &limit, NULL);
	taken = flock(s->lock, LOCK_EX) == 0;
	setitimer(ITIMER_REAL, &off, NULL);
	sigaction(SIGALRM, &before, NULL);
	if (!taken)
		souk_warn("%s/lock: another writer has held it for %d s", s->folder, LOCK_SECONDS);
	return s->locked = taken;
}

static void give_turn(struct souk_store *s)
{
	if (s->locked)
		flock(s->lock, LOCK_UN);
	s->locked = false;
}

/* ---- Opening ---- */

static char *join(const char *folder, const char *name, const char *after)
{
	size_t size = strlen(folder) + strlen(name) + strlen(after) + 2;
	char *path = malloc(size);

	if (!path)
		souk_die("out of memory");
	snprintf(path, size, "%s/%s%s", folder, name, after);
	return path;
}

/* SQLite syncs what it makes in its folder; that the folder is there is for us. */
static void sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		souk_die_errno("cannot write %s to disk", path);
	close(fd);
}

static const char *root_folder(void)
{
	const char *root = getenv("SOUK_DB");
	struct stat status;

	if (!root || !*root)
		souk_die_usage("SOUK_DB is not set: it names the folder that holds the shop's state, "
			       "as in: mkdir shop && export SOUK_DB=$PWD/shop");
	if (!strncmp(root, "postgresql:", 11) || !strncmp(root, "postgres:", 9))
		souk_die_usage("SOUK_DB: this build keeps its state in a folder, not in PostgreSQL");
	if (stat(root, &status) < 0)
		souk_die_errno("SOUK_DB: %s%s", root, errno == ENOENT ? ": make it with mkdir" : "");
	if (!S_ISDIR(status.st_mode))
		souk_die("SOUK_DB: %s is not a folder", root);
	return root;
}

/* The file that writers queue on; -1 with errno if it can't be opened. */
static int open_lock(const char *folder)
{
	char *path = join(folder, "lock", "");
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	free(path);
	return fd;
}

char *souk_store_make_folder(const char *function)
{
	const char *root = root_folder();
	char *folder = join(root, function, "");
	int lock;

	souk_owner_become(folder);
	if (mkdir(folder, 0700) == 0) {
		sync_folder(root);
		lock = open_lock(folder);
		if (lock >= 0)
			close(lock);
	} else if (errno != EEXIST) {
		int cause = errno;

		free(folder);
		folder = NULL;
		errno = cause;
	}
	souk_owner_leave();
	return folder;
}

static int64_t ask_int(struct souk_store *s, const char *sql)
{
	sqlite3_stmt *statement;
	int64_t value = 0;

	if (sqlite3_prepare_v2(s->db, sql, -1, &statement, NULL) != SQLITE_OK ||
	    sqlite3_step(statement) != SQLITE_ROW) {
		souk_store_trouble(s, "read it");
		exit(SOUK_EXIT_SYSTEM);
	}
	value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

/* Of several that open a new database at once, one sets its log up. SQLite refuses
 * that at once, without its busy timeout, while another so much as reads. */
static void begin_log(struct souk_store *s, const char *sql)
{
	const struct timespec pause = {0, 1000000};

	if (!take_turn(s))
		exit(SOUK_EXIT_SYSTEM);
	for (int ms = 0; ms < BUSY_MS && sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_BUSY; ms++)
		nanosleep(&pause, NULL);
	must(s, sql, "set it up");
	give_turn(s);
}

/* Where step N of the schema begins: after its line "-- version N"; NULL if there
 * is none. */
static const char *schema_step(const char *schema, int64_t version)
{
	char mark[40];
	const char *at;

	snprintf(mark, sizeof(mark), "-- version %lld\n", (long long)version);
	at = strstr(schema, mark);
	return at ? at + strlen(mark) : NULL;
}

int64_t souk_schema_version(const char *schema)
{
	int64_t newest = 0;

	while (schema_step(schema, newest + 1))
		newest++;
	return newest;
}

/* Brings the tables up to date, one step after the other, under the writers' lock:
 * of several that start at once, one does it. */
static void migrate(struct souk_store *s, const char *schema)
{
	int64_t newest = souk_schema_version(schema), have = ask_int(s, "PRAGMA user_version");

	if (have > newest + 1)
		souk_die("%s: its tables are of version %lld, this program knows up to %lld: use a newer souk",
			s->path, (long long)have, (long long)newest);
	if (have >= newest)
		return;
	if (!take_turn(s))
		exit(SOUK_EXIT_SYSTEM);
	must(s, "BEGIN IMMEDIATE", "begin a change of its tables");
	for (have = ask_int(s, "PRAGMA user_version"); have < newest; have++) {
		const char *from = schema_step(schema, have + 1), *to = schema_step(schema, have + 2);
		char *step = to ? strndup(from, (size_t)(to - from)) : strdup(from);
		char pragma[64];

		if (!step)
			souk_die("out of memory");
		must(s, step, "change its tables");
		free(step);
		snprintf(pragma, sizeof(pragma), "PRAGMA user_version=%lld", (long long)have + 1);
		must(s, pragma, "note its version");
	}
	must(s, "COMMIT", "commit a change of its tables");
	give_turn(s);
}

/* A database that was there once and is empty now is not a new one: who begins anew in
 * silence takes orders twice. The lock file, which stays, remembers. */
static void refuse_emptied(struct souk_store *s)
{
	struct stat status;

	/* Asked again, as another may just have made it. */
	if (s->lock >= 0 && fstat(s->lock, &status) == 0 && status.st_size > 0 &&
	    ask_int(s, "PRAGMA user_version") == 0)
		souk_die("%s: it has been damaged, emptied or removed: restore it from a backup, or remove the folder %s to begin anew",
			s->path, s->folder);
}

static void remember_made(const struct souk_store *s)
{
	static const char made[] = "made\n";
	struct stat status;

	if (s->lock >= 0 && fstat(s->lock, &status) == 0 && status.st_size == 0 &&
	    pwrite(s->lock, made, sizeof(made) - 1, 0) < 0)
		souk_die_errno("cannot write %s/lock", s->folder);
}

static sqlite3_stmt *prepare(struct souk_store *s, const char *sql)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
		souk_store_trouble(s, "prepare a statement");
		exit(SOUK_EXIT_SYSTEM);
	}
	return statement;
}

/* Stages of one function that run in one process share its database: to each other's
 * commits the pages in memory stay good, and no one waits for the other's lock. */
static struct souk_store *opened;

static struct souk_store *find_opened(const char *function)
{
	struct souk_store *s = opened;

	while (s && strcmp(s->function, function))
		s = s->next;
	return s;
}

static void forget_opened(struct souk_store *s)
{
	struct souk_store **link = &opened;

	while (*link != s)
		link = &(*link)->next;
	*link = s->next;
}

struct souk_store *souk_store_open(const char *function, const char *schema,
	const char *const *statements, size_t count, bool writes)
{
	struct souk_store *s = find_opened(function);

	if (s) {
		if (writes && s->lock < 0)
			souk_die("cannot open %s/lock to write", s->folder);
		s->users++;
		return s;
	}
	s = calloc(1, sizeof(*s));
	/* A filter has one thread: no mutexes, no shared counters. */
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (!s || !(s->queries = calloc(count ? count : 1, sizeof(*s->queries))))
		souk_die("out of memory");
	s->function = function;
	s->sql = statements;
	s->count = count;
	s->users = 1;
	s->syncs = s->synced = true;
	if (!(s->folder = souk_store_make_folder(function)))
		souk_die_errno("cannot make %s/%s", getenv("SOUK_DB"), function);
	s->path = join(s->folder, function, ".db");
	souk_owner_become(s->folder);
	s->lock = open_lock(s->folder);
	if (s->lock < 0 && (writes || (errno != EROFS && errno != EACCES)))
		souk_die_errno("cannot open %s/lock", s->folder);
	umask(077); /* state holds personal data */
	if (sqlite3_open_v2(s->path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
	    souk_log_growth())) {
		souk_store_trouble(s, "open it");
		exit(SOUK_EXIT_SYSTEM);
	}
	sqlite3_extended_result_codes(s->db, 0);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	/* 16 KiB pages: fewer, larger writes to the log; the checkpoint at 16 MiB keeps
	 * it out of most batches. The page size counts only before the first table. */
	if (ask_int(s, "PRAGMA user_version") == 0) {
		refuse_emptied(s);
		begin_log(s, "PRAGMA page_size=16384; PRAGMA journal_mode=WAL");
	}
	/* Some builds wipe what is deleted unless told not to. That costs each change of
	 * an index, and a log that holds all that was keeps no secret anyway. */
	must(s, "PRAGMA synchronous=FULL; PRAGMA cache_size=-2048; PRAGMA wal_autocheckpoint=1000; "
		"PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=OFF; PRAGMA secure_delete=OFF", "set it up");
	if (!souk_defer_open(s))
		exit(SOUK_EXIT_SYSTEM);
	migrate(s, schema);
	remember_made(s);
	s->version = prepare(s, "PRAGMA data_version");
	s->begin_read = prepare(s, "BEGIN");
	s->begin_write = prepare(s, "BEGIN IMMEDIATE");
	s->commit = prepare(s, "COMMIT");
	s->rollback = prepare(s, "ROLLBACK");
	souk_owner_leave();
	s->next = opened;
	return opened = s;
}

void souk_store_close(struct souk_store *s)
{
	if (!s || --s->users)
		return;
	forget_opened(s);
	souk_store_rollback(s);
	souk_defer_close(s);
	for (size_t i = 0; i < s->count; i++)
		sqlite3_finalize(s->queries[i].statement);
	sqlite3_finalize(s->version);
	sqlite3_finalize(s->begin_read);
	sqlite3_finalize(s->begin_write);
	sqlite3_finalize(s->commit);
	sqlite3_finalize(s->rollback);
	sqlite3_close(s->db);
	if (s->lock >= 0)
		close(s->lock);
	free(s->queries);
	free(s->folder);
	free(s->path);
	free(s);
}

const char *souk_store_folder(const struct souk_store *s)
{
	return s->folder;
}

/* ---- Transactions ---- */

static bool run(struct souk_store *s, sqlite3_stmt *statement, const char *doing)
{
	int code = sqlite3_step(statement);

	sqlite3_reset(statement);
	return code == SQLITE_DONE || code == SQLITE_ROW || souk_store_trouble(s, doing);
}

/* SQLite takes that between transactions only. */
static bool set_syncs(struct souk_store *s)
{
	const char *sql = s->syncs ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL";

	if (s->syncs != s->synced && sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return souk_store_trouble(s, "set it up");
	s->synced = s->syncs;
	return true;
}

static bool begin(struct souk_store *s, bool writes)
{
	if (writes && (!set_syncs(s) || !take_turn(s)))
		return false;
	if (run(s, writes ? s->begin_write : s->begin_read, "begin a transaction")) {
		s->transaction = SOUK_BEGUN;
		return true;
	}
	give_turn(s);
	return false;
}

bool souk_store_begin(struct souk_store *s, bool writes)
{
	s->retryable = s->mismatch = s->broken = false;
	/* Others may write until there is something to read or write: a batch whose
	 * statements are all deferred holds the lock only while they run. */
	if (writes && s->defers) {
		s->transaction = SOUK_WANTED;
		return true;
	}
	return begin(s, writes);
}

bool souk_store_commit(struct souk_store *s)
{
	if (!souk_defer_run(s)) {
		s->retryable |= s->mismatch;
		return false;
	}
	if (s->transaction == SOUK_BEGUN && !run(s, s->commit, "commit"))
		return false;
	s->commits += s->locked;
	s->transaction = SOUK_NO_TRANSACTION;
	give_turn(s);
	return true;
}

void souk_store_rollback(struct souk_store *s)
{
	souk_defer_forget(s);
	for (size_t i = 0; i < s->count; i++)
		if (s->queries[i].statement)
			sqlite3_reset(s->queries[i].statement);
	/* SQLite may have rolled back by itself; then there is nothing to say. */
	if (s->transaction == SOUK_BEGUN && !sqlite3_get_autocommit(s->db)) {
		sqlite3_step(s->rollback);
		sqlite3_reset(s->rollback);
	}
	s->transaction = SOUK_NO_TRANSACTION;
	give_turn(s);
}

void souk_store_syncs(struct souk_store *s, bool syncs)
{
	s->syncs = syncs;
}

void souk_store_defers(struct souk_store *s, bool defers)
{
	s->defers = defers;
}

bool souk_store_retryable(const struct souk_store *s)
{
	return s->retryable;
}

bool souk_store_changed(struct souk_store *s, struct souk_seen *seen)
{
	struct souk_seen now = {.commits = s->commits};
	bool same;

	/* If it can't begin, all that follows fails, and the commit. */
	if (s->transaction == SOUK_WANTED)
		s->broken |= !begin(s, true);
	if (sqlite3_step(s->version) == SQLITE_ROW)
		now.version = sqlite3_column_int64(s->version, 0);
	sqlite3_reset(s->version);
	same = now.version && now.version == seen->version && now.commits == seen->commits;
	*seen = now;
	return !same;
}

uint64_t souk_store_commits(const struct souk_store *s)
{
	return s->commits;
}

void souk_store_saw_commits(const struct souk_store *s, struct souk_seen *seen, uint64_t since)
{
	/* A stage that did not look in this batch may have missed what another one did before. */
	if (seen->commits >= since)
		seen->commits = s->commits;
}

/* ---- Asking ---- */

struct souk_query *souk_store_query(struct souk_store *s, size_t statement)
{
	struct souk_query *q = &s->queries[statement];

	if (!q->statement) {
		q->store = s;
		q->statement = prepare(s, s->sql[statement]);
	}
	return q;
}

struct souk_query *souk_ask(struct souk_store *s, size_t statement)
{
	/* What was deferred comes before it. If that fails, so does all that follows, and the
	 * commit. */
	if (s->first)
		souk_defer_run(s);
	return souk_store_query(s, statement);
}

void souk_bind_text(struct souk_query *q, int parameter, struct souk_text text)
{
	if (q->bulk)
		souk_defer_bind(q, parameter, (struct souk_cell){.type = SOUK_CELL_TEXT, .copied = true,
			.len = (uint32_t)text.len}, text.at);
	else
		sqlite3_bind_text(q->statement, parameter, text.at ? text.at : "", (int)text.len, SQLITE_STATIC);
}

void souk_bind_lasting(struct souk_query *q, int parameter, struct souk_text text)
{
	if (q->bulk)
		souk_defer_bind(q, parameter, (struct souk_cell){.type = SOUK_CELL_TEXT,
			.len = (uint32_t)text.len}, text.at);
	else
		souk_bind_text(q, parameter, text);
}

void souk_bind_int(struct souk_query *q, int parameter, int64_t value)
{
	if (q->bulk)
		souk_defer_bind(q, parameter, (struct souk_cell){.type = SOUK_CELL_INT, .is.number = value}, NULL);
	else
		sqlite3_bind_int64(q->statement, parameter, value);
}

void souk_bind_blob(struct souk_query *q, int parameter, const void *bytes, size_t len)
{
	if (q->bulk)
		souk_defer_bind(q, parameter, (struct souk_cell){.type = SOUK_CELL_BLOB, .copied = true,
			.len = (uint32_t)len}, bytes);
	else
		sqlite3_bind_blob(q->statement, parameter, bytes, (int)len, SQLITE_STATIC);
}

void souk_bind_null(struct souk_query *q, int parameter)
{
	if (q->bulk)
		souk_defer_bind(q, parameter, (struct souk_cell){.type = SOUK_CELL_NULL}, NULL);
	else
		sqlite3_bind_null(q->statement, parameter);
}

enum souk_step souk_step(struct souk_query *q)
{
	int code;

	if (q->store->broken || (q->store->transaction == SOUK_WANTED && !begin(q->store, true)))
		return SOUK_STEP_FAILED;
	code = sqlite3_step(q->statement);
	if (code == SQLITE_ROW)
		return SOUK_STEP_ROW;
	if (code != SQLITE_DONE)
		souk_store_trouble(q->store, "read or write it");
	else
		q->store->changes = sqlite3_changes64(q->store->db);
	sqlite3_reset(q->statement);
	return code == SQLITE_DONE ? SOUK_STEP_DONE : SOUK_STEP_FAILED;
}

bool souk_do(struct souk_query *q)
{
	/* Early, where a record makes many rows: memory is for a batch, not for any number. */
	if (q->bulk) {
		souk_defer_row(q);
		return q->rows < SOUK_DEFER_MOST || souk_defer_run(q->store) || q->store->mismatch;
	}
	return souk_step(q) == SOUK_STEP_DONE;
}

void souk_done(struct souk_query *q)
{
	sqlite3_reset(q->statement);
}

int64_t souk_column_int(struct souk_query *q, int column)
{
	return sqlite3_column_int64(q->statement, column);
}

struct souk_text souk_column_text(struct souk_query *q, int column)
{
	/* A blob or text of no bytes gives NULL. */
	const char *at = sqlite3_column_blob(q->statement, column);

	return (struct souk_text){at ? at : "", (size_t)sqlite3_column_bytes(q->statement, column)};
}

bool souk_column_null(struct souk_query *q, int column)
{
	return sqlite3_column_type(q->statement, column) == SQLITE_NULL;
}

int64_t souk_store_changes(struct souk_store *s)
{
	return s->changes;
}
