/* SPDX-License-Identifier: ISC */
/* What backup and restore do with files: whole and on disk, or not there at all. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup.h"

enum { DRAW_NS = 100000000 };

static volatile sig_atomic_t stopped;
static char *unfinished; /* the folder that is not complete yet */

/* ---- The new folder ---- */

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status, (void)kind, (void)where;
	remove(path);
	return 0;
}

static void remove_unfinished(void)
{
	if (unfinished)
		nftw(unfinished, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void on_stop(int signal_number)
{
	stopped = signal_number;
}

const char *target_make(const char *target)
{
	struct sigaction action = {.sa_handler = on_stop};
	size_t len = strlen(target);

	while (len > 1 && target[len - 1] == '/')
		len--;
	umask(077); /* it holds personal data */
	if (asprintf(&unfinished, "%.*s.partial-XXXXXX", (int)len, target) < 0)
		souk_die("out of memory");
	if (!mkdtemp(unfinished)) {
		int why = errno;

		unfinished = NULL;
		errno = why;
		souk_die_errno("cannot make a folder beside %s", target);
	}
	atexit(remove_unfinished);
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	return unfinished;
}

void sync_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		souk_die_errno("cannot write %s to disk", path);
	close(fd);
}

void target_finish(const char *target)
{
	char *parent = path_of(target, "..", "");

	sync_file(unfinished);
	/* An empty folder may be in its place, nothing else. */
	if (rename(unfinished, target) < 0) {
		if (errno == EBUSY || errno == EXDEV)
			souk_die("%s is where a file system is mounted: name a folder below it", target);
		souk_die_errno("cannot put what was made in the place of %s", target);
	}
	free(unfinished);
	unfinished = NULL;
	sync_file(parent);
	free(parent);
}

int64_t copy_file(const char *from, const char *to, const char *name, struct copying *c,
	unsigned char digest[BACKUP_DIGEST])
{
	int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	unsigned char bytes[1 << 16];
	crypto_generichash_state state;
	int64_t size = 0;
	ssize_t got;

	if (in < 0)
		souk_die_errno("cannot read %s", from);
	if (out < 0)
		souk_die_errno("cannot make %s", to);
	crypto_generichash_init(&state, NULL, 0, BACKUP_DIGEST);
	for (; (got = read(in, bytes, sizeof(bytes))) > 0; size += got) {
		crypto_generichash_update(&state, bytes, (unsigned long long)got);
		if (!souk_write_all(out, bytes, (size_t)got))
			souk_die_errno("cannot write %s", to);
		c->done += got;
		copying_show(c, name);
	}
	if (got < 0)
		souk_die_errno("cannot read %s", from);
	crypto_generichash_final(&state, digest, BACKUP_DIGEST);
	if (fsync(out) < 0)
		souk_die_errno("cannot write %s to disk", to);
	close(in);
	close(out);
	return size;
}

/* ---- Progress ---- */

void end_if_stopped(void)
{
	if (stopped)
		souk_die("stopped by signal %d: nothing is left of it", (int)stopped);
}

void copying_show(struct copying *c, const char *name)
{
	int64_t now = souk_clock_ns();

	end_if_stopped();
	if (!c->shown || now < c->drawn_at + DRAW_NS)
		return;
	c->drawn_at = now;
	dprintf(STDERR_FILENO, "\r\033[K%s: %s, %.1f of %.1f MB", c->verb, name,
		(double)c->done / 1e6, (double)c->total / 1e6);
}

void copying_end(struct copying *c, const char *message)
{
	if (c->shown)
		dprintf(STDERR_FILENO, "\r\033[K%s: %s\n", c->verb, message);
}

/* ---- Databases ---- */

/* Nobody else has the file, so nothing need be made beside it: immutable. */
static sqlite3 *open_copy(const char *path)
{
	struct souk_buffer uri = {0};
	sqlite3 *db;

	souk_add_string(&uri, "file:");
	for (const char *c = path; *c; c++)
		if (strchr("?#%", *c))
			souk_add_format(&uri, "%%%02X", (unsigned)*c);
		else
			souk_add_char(&uri, *c);
	souk_add_string(&uri, "?immutable=1");
	souk_add_char(&uri, 0);
	if (sqlite3_open_v2(uri.at, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) != SQLITE_OK)
		souk_die("%s: cannot open it: %s", path, sqlite3_errmsg(db));
	souk_buffer_free(&uri);
	return db;
}

int64_t database_check(const char *path, const char *pragma)
{
	sqlite3 *db = open_copy(path);
	sqlite3_stmt *statement = NULL;
	struct souk_buffer sql = {0};
	int64_t version;

	souk_add_format(&sql, "PRAGMA %s(1)", pragma);
	souk_add_char(&sql, 0);
	if (sqlite3_prepare_v2(db, sql.at, -1, &statement, NULL) != SQLITE_OK ||
	    sqlite3_step(statement) != SQLITE_ROW)
		souk_die("%s is damaged: %s", path, sqlite3_errmsg(db));
	if (strcmp((const char *)sqlite3_column_text(statement, 0), "ok") != 0)
		souk_die("%s is damaged: %s", path, (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, NULL) != SQLITE_OK ||
	    sqlite3_step(statement) != SQLITE_ROW)
		souk_die("%s is damaged: %s", path, sqlite3_errmsg(db));
	version = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	souk_buffer_free(&sql);
	return version;
}
