/* SPDX-License-Identifier: ISC */
/* souk backup: the databases of all functions as they are at one moment, while the
 * shop runs, in a new folder; and the key of those that have one. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup.h"

enum { PAGES = 64 }; /* 1 MiB at a time */

/* Copies what the transaction of the cut sees; writers go on meanwhile. */
static void copy_pages(struct database *d, const char *path, struct copying *c)
{
	int64_t before = c->done;
	sqlite3_backup *backup;
	sqlite3 *copy;
	int code;

	/* It counts only once it is complete, and is synced then. */
	if (sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK ||
	    sqlite3_exec(copy, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", NULL, NULL, NULL) != SQLITE_OK ||
	    !(backup = sqlite3_backup_init(copy, "main", d->source, "main")))
		souk_die("cannot write %s: %s", path, sqlite3_errmsg(copy));
	while ((code = sqlite3_backup_step(backup, PAGES)) == SQLITE_OK) {
		int total = sqlite3_backup_pagecount(backup);

		c->done = before + d->bytes / (total ? total : 1) * (total - sqlite3_backup_remaining(backup));
		copying_show(c, d->name);
	}
	if (code != SQLITE_DONE)
		souk_die("cannot copy %s to %s: %s", d->name, path, sqlite3_errstr(code));
	if (sqlite3_backup_finish(backup) != SQLITE_OK || sqlite3_close(copy) != SQLITE_OK)
		souk_die("cannot write %s: %s", path, sqlite3_errmsg(copy));
	c->done = before + d->bytes;
	/* Its log can be cleaned again. */
	sqlite3_close(d->source);
	d->source = NULL;
}

/* The size and digest of the copy, by which restore knows that it is still that. */
static void take_digest(struct database *d, const char *path)
{
	crypto_generichash_state state;
	unsigned char bytes[1 << 16];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0 || fsync(fd) < 0)
		souk_die_errno("cannot write %s to disk", path);
	crypto_generichash_init(&state, NULL, 0, BACKUP_DIGEST);
	for (d->bytes = 0; (got = read(fd, bytes, sizeof(bytes))) > 0; d->bytes += got)
		crypto_generichash_update(&state, bytes, (unsigned long long)got);
	if (got < 0)
		souk_die_errno("cannot read %s", path);
	crypto_generichash_final(&state, d->digest, BACKUP_DIGEST);
	close(fd);
}

/* What the function needs beside its tables. It was there before the first row that needs
 * it, and does not change: that it is copied after the cut makes no difference. */
static void back_up_key(struct database *d, const char *root, const char *folder, struct copying *c)
{
	char *home = path_of(root, d->name, ""), *from = path_of(home, BACKUP_KEY, ""),
	     *to = path_of(folder, d->name, "." BACKUP_KEY);

	if (access(from, F_OK) == 0)
		d->key_bytes = copy_file(from, to, d->name, c, d->key_digest);
	else if (errno != ENOENT)
		souk_die_errno("cannot read %s", from);
	free(home);
	free(from);
	free(to);
}

static void back_up(struct database *d, const char *root, const char *folder, struct copying *c)
{
	char *path = path_of(folder, d->name, ".db");

	copy_pages(d, path, c);
	take_digest(d, path);
	if (database_check(path, "quick_check") != d->version)
		souk_die("%s is not what was copied", path);
	free(path);
	back_up_key(d, root, folder, c);
}

static void put_file(struct souk_buffer *out, int64_t bytes, const unsigned char *digest)
{
	char hex[2 * BACKUP_DIGEST + 1];

	souk_put_int(out, "bytes", bytes);
	souk_put_string(out, "blake2b", sodium_bin2hex(hex, sizeof(hex), digest, BACKUP_DIGEST));
}

static void write_manifest(const struct databases *all, const char *folder, int64_t now)
{
	char *path = path_of(folder, BACKUP_MANIFEST, "");
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct souk_buffer out = {0};

	souk_put_open(&out, NULL, '{');
	souk_put_int(&out, "backup", BACKUP_FORMAT);
	souk_put_string(&out, "souk", souk_version);
	souk_put_time(&out, "time", now);
	souk_put_open(&out, "databases", '[');
	for (size_t i = 0; i < all->count; i++) {
		const struct database *d = &all->at[i];

		souk_put_open(&out, NULL, '{');
		souk_put_string(&out, "name", d->name);
		souk_put_int(&out, "schema", d->version);
		put_file(&out, d->bytes, d->digest);
		if (d->key_bytes) {
			souk_put_open(&out, BACKUP_KEY, '{');
			put_file(&out, d->key_bytes, d->key_digest);
			souk_put_close(&out, '}');
		}
		souk_put_close(&out, '}');
	}
	souk_add_string(&out, "]}\n");
	if (fd < 0 || !souk_write_all(fd, out.at, out.len) || fsync(fd) < 0)
		souk_die_errno("cannot write %s", path);
	close(fd);
	free(path);
	souk_buffer_free(&out);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct copying c = {.verb = "backup", .shown = isatty(STDERR_FILENO)};
	const char *root = getenv("SOUK_DB"), *target = operands[0], *folder;
	struct databases all;
	struct stat status;
	char message[80];
	int64_t moment;

	if (operand_count != 1)
		souk_die_usage("one FOLDER is needed, which is made");
	if (!root || !*root)
		souk_die_usage("SOUK_DB is not set: it names the folder that holds the shop's state");
	if (lstat(target, &status) == 0)
		souk_die("%s is there already: a backup is never written over", target);
	folder = target_make(target);
	cut_take(&all, root);
	moment = souk_now(stage);
	if (!all.count)
		souk_die("SOUK_DB: %s: no function has stored anything in it", root);
	c.total = all.bytes;
	for (size_t i = 0; i < all.count; i++)
		back_up(&all.at[i], root, folder, &c);
	write_manifest(&all, folder, moment);
	target_finish(target);
	snprintf(message, sizeof(message), "%zu databases, %.1f MB", all.count, (double)c.done / 1e6);
	copying_end(&c, message);
	cut_free(&all);
	return SOUK_EXIT_OK;
}

SOUK_VERB(backup) = {
	.function = &souk_function,
	.name = "backup",
	.summary = "copy the databases of the shop as they are at one moment, while it runs",
	.operands = "FOLDER",
	.kind = SOUK_TOOL,
	.run = run,
};
