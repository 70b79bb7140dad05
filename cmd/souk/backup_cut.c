/* SPDX-License-Identifier: ISC */
/* All databases of the shop at one moment.
 *
 * Copies that are taken one after the other can't be put right, whichever comes first.
 * If the book of orders is copied before pay, orders that came between are charged, and
 * the book does not know them. If it is copied after pay, orders that came between are
 * closed in the book, and nothing is held or authorized for them; recovery looks at
 * orders that are not closed and passes them by.
 *
 * So there is one cut through all of them. A writer holds the lock of one function at
 * most, and that only while its transaction goes on. When all locks are ours no
 * transaction is on its way anywhere; then each database is given a reading transaction,
 * and the locks are let go, some milliseconds later. What these transactions see is what
 * a power cut at that moment would have left on disk: and that is what recovery mends
 * (souk-order list --open | book). How long the copying takes does not matter. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "backup.h"

enum { LOCK_SECONDS = 30, BUSY_MS = 10000, ATTEMPTS = 10 };

static void on_alarm(int signal_number)
{
	(void)signal_number;
}

/* Waits until no writer is in a transaction. The alarm repeats, as one that came just
 * before the wait would be lost. */
static void take_lock(struct database *d, const char *root)
{
	const struct itimerval limit = {{1, 0}, {LOCK_SECONDS, 0}}, off = {{0, 0}, {0, 0}};
	struct sigaction action = {.sa_handler = on_alarm}, before;
	char *folder = path_of(root, d->name, ""), *path = path_of(folder, "lock", "");
	int taken;

	d->lock = open(path, O_RDONLY | O_CLOEXEC);
	if (d->lock < 0)
		souk_die_errno("cannot open %s", path);
	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, &before);
	setitimer(ITIMER_REAL, &limit, NULL);
	taken = flock(d->lock, LOCK_SH);
	setitimer(ITIMER_REAL, &off, NULL);
	sigaction(SIGALRM, &before, NULL);
	if (taken != 0)
		end_if_stopped();
	if (taken != 0 && errno == EINTR)
		souk_die("%s: a writer has held it for %d s", path, LOCK_SECONDS);
	if (taken != 0)
		souk_die_errno("cannot lock %s", path);
	free(folder);
	free(path);
}

static void let_go(struct databases *all)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->at[i].lock >= 0)
			close(all->at[i].lock);
		all->at[i].lock = -1;
	}
}

/* Opening may have a log to recover: that is done before anybody has to wait. */
static void open_database(struct database *d, const char *root)
{
	char *folder = path_of(root, d->name, ""), *path = path_of(folder, d->name, ".db");

	if (sqlite3_open_v2(path, &d->source, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
	    sqlite3_busy_timeout(d->source, BUSY_MS) != SQLITE_OK ||
	    sqlite3_exec(d->source, "PRAGMA schema_version", NULL, NULL, NULL) != SQLITE_OK)
		souk_die("%s: cannot open it: %s", path, sqlite3_errmsg(d->source));
	free(folder);
	free(path);
}

static int64_t pragma(struct database *d, const char *sql)
{
	sqlite3_stmt *statement;
	int64_t value;

	if (sqlite3_prepare_v2(d->source, sql, -1, &statement, NULL) != SQLITE_OK ||
	    sqlite3_step(statement) != SQLITE_ROW)
		souk_die("%s: cannot read it: %s", d->name, sqlite3_errmsg(d->source));
	value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

/* A reading transaction begins with the first read in it. */
static void begin_reading(struct database *d)
{
	if (sqlite3_exec(d->source, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
		souk_die("%s: cannot read it: %s", d->name, sqlite3_errmsg(d->source));
	d->version = pragma(d, "PRAGMA user_version");
	d->bytes = pragma(d, "PRAGMA page_count") * pragma(d, "PRAGMA page_size");
}

/* Without tables it is one that is just being made, in which nothing is yet. */
static void drop_unmade(struct databases *all, const char *root)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->count; i++) {
		struct database *d = &all->at[i];
		struct stat lock;

		if (d->version == 0 && fstat(d->lock, &lock) == 0 && lock.st_size > 0)
			souk_die("%s/%s: its database has been emptied: there is nothing to back up", root, d->name);
		if (d->version == 0) {
			sqlite3_close(d->source);
			close(d->lock);
		} else {
			all->at[kept++] = *d;
		}
	}
	all->count = kept;
}

static bool same_names(const struct databases *left, const struct databases *right)
{
	bool same = left->count == right->count;

	for (size_t i = 0; same && i < left->count; i++)
		same = !strcmp(left->at[i].name, right->at[i].name);
	return same;
}

void cut_free(struct databases *all)
{
	let_go(all);
	for (size_t i = 0; i < all->count; i++)
		sqlite3_close(all->at[i].source);
	free(all->at);
	*all = (struct databases){0};
}

void cut_take(struct databases *all, const char *root)
{
	struct databases now;
	bool same = false;

	for (int attempt = 0; !same; attempt++) {
		if (attempt == ATTEMPTS)
			souk_die("%s: functions come and go in it: try again", root);
		find_databases(all, root, attempt == 0);
		for (size_t i = 0; i < all->count; i++)
			open_database(&all->at[i], root);
		for (size_t i = 0; i < all->count; i++)
			take_lock(&all->at[i], root);
		/* A function that stored its first row meanwhile would be missing. */
		find_databases(&now, root, false);
		same = same_names(all, &now);
		cut_free(&now);
		for (size_t i = 0; same && i < all->count; i++)
			begin_reading(&all->at[i]);
		if (same)
			drop_unmade(all, root);
		let_go(all);
		if (!same)
			cut_free(all);
	}
	for (size_t i = 0; i < all->count; i++)
		all->bytes += all->at[i].bytes;
}
