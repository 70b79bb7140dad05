/* SPDX-License-Identifier: ISC */
/* souk restore: puts a backup, whole and checked, in the place of an empty SOUK_DB. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup.h"

/* A folder of its own in SOUK_DB, and no other place. */
static bool is_name(struct souk_text name)
{
	bool good = name.len > 0 && name.len < BACKUP_NAME;

	for (size_t i = 0; good && i < name.len; i++)
		good = (name.at[i] >= 'a' && name.at[i] <= 'z') || (name.at[i] >= '0' && name.at[i] <= '9') ||
			(i > 0 && (name.at[i] == '-' || name.at[i] == '_'));
	return good;
}

static bool read_digest(struct souk_record *r, const struct souk_node *entry, unsigned char *digest)
{
	struct souk_text hex;
	size_t len;

	return souk_need_text(r, entry, "blake2b", 1, 2 * BACKUP_DIGEST, &hex) &&
		sodium_hex2bin(digest, BACKUP_DIGEST, hex.at, hex.len, NULL, &len, NULL) == 0 &&
		len == BACKUP_DIGEST;
}

static bool read_entry(struct souk_record *r, const struct souk_node *entry, struct database *d)
{
	const struct souk_node *key = NULL;
	struct souk_text name;

	if (!souk_need_text(r, entry, "name", 1, BACKUP_NAME - 1, &name) || !is_name(name) ||
	    !souk_need_int(r, entry, "schema", 1, INT32_MAX, &d->version) ||
	    !souk_need_int(r, entry, "bytes", 1, INT64_MAX, &d->bytes) ||
	    !read_digest(r, entry, d->digest) || !souk_may_node(r, entry, BACKUP_KEY, SOUK_OBJECT, &key))
		return false;
	if (key && (!souk_need_int(r, key, "bytes", 1, INT64_MAX, &d->key_bytes) ||
	    !read_digest(r, key, d->key_digest)))
		return false;
	memcpy(d->name, name.at, name.len);
	return true;
}

static bool read_databases(struct souk_record *r, struct databases *all)
{
	const struct souk_node *list;
	int64_t format;

	if (!souk_need_int(r, NULL, "backup", 1, INT32_MAX, &format))
		return false;
	if (format > BACKUP_FORMAT)
		souk_die("the backup is of format %lld, this program knows up to %d: use a newer souk",
			(long long)format, BACKUP_FORMAT);
	if (!souk_need_node(r, NULL, "databases", SOUK_ARRAY, &list))
		return false;
	all->at = calloc(souk_count(r, list) + 1, sizeof(*all->at));
	if (!all->at)
		souk_die("out of memory");
	for (const struct souk_node *v = souk_first(r, list); v; v = souk_next(r, list, v)) {
		if (v->type != SOUK_OBJECT || !read_entry(r, v, &all->at[all->count]))
			return false;
		all->bytes += all->at[all->count++].bytes;
	}
	return all->count > 0;
}

static void read_manifest(struct databases *all, const char *folder)
{
	static const char *const all_members[] = {"*", NULL};
	char *path = path_of(folder, BACKUP_MANIFEST, "");
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct souk_buffer text = {0};
	struct souk_record r = {0};
	const char *end;
	ssize_t got;

	if (fd < 0)
		souk_die_errno("cannot read %s%s", path, errno == ENOENT ? ": this is no backup" : "");
	while ((got = read(fd, souk_buffer_room(&text, 1 << 16), 1 << 16)) > 0 &&
	       text.len < SOUK_MAX_RECORD)
		text.len += (size_t)got;
	close(fd);
	memset(souk_buffer_room(&text, SOUK_RECORD_PAD + 1), 0, SOUK_RECORD_PAD + 1);
	end = got == 0 && text.len ? memchr(text.at, '\n', text.len) : NULL;
	souk_record_init(&r, "souk", &(struct souk_interest){.reads = all_members});
	if (!end || !souk_record_parse(&r, text.at, (size_t)(end - text.at)) || !read_databases(&r, all))
		souk_die("%s is no manifest of a backup", path);
	souk_record_free(&r);
	souk_buffer_free(&text);
	free(path);
}

/* The installed command must know the tables, or the next version of them, as the store
 * has it. Books without a command of their own, of a provider, are seen to when opened. */
static void check_version(const struct database *d)
{
	struct souk_arena arena = {0};
	struct souk_buffer name = {0};
	const struct declared *declared;
	char *command;

	souk_add_format(&name, "souk-%s", d->name);
	souk_add_char(&name, 0);
	command = find_command(name.at);
	declared = command ? read_declarations(&arena, command) : NULL;
	if (declared && declared->schema && d->version > declared->schema + 1)
		souk_die("%s: its tables are of version %lld, %s knows up to %lld: use a newer souk", d->name,
			(long long)d->version, command, (long long)declared->schema);
	free(command);
	souk_buffer_free(&name);
	souk_arena_free(&arena);
}

static void copy_checked(const struct database *d, const char *from, const char *to, struct copying *c,
	int64_t bytes, const unsigned char *expected)
{
	unsigned char digest[BACKUP_DIGEST];

	if (copy_file(from, to, d->name, c, digest) != bytes ||
	    sodium_memcmp(digest, expected, sizeof(digest)) != 0)
		souk_die("%s is damaged: it is not what was backed up", from);
}

/* What the function needs beside its tables. */
static void restore_key(const struct database *d, const char *backup, const char *folder,
	struct copying *c)
{
	char *from = path_of(backup, d->name, "." BACKUP_KEY), *to = path_of(folder, BACKUP_KEY, "");

	if (d->key_bytes)
		copy_checked(d, from, to, c, d->key_bytes, d->key_digest);
	free(from);
	free(to);
}

static void restore(const struct database *d, const char *backup, const char *root, struct copying *c)
{
	static const char made[] = "made\n"; /* lib/store.c: an emptied database is not a new one */
	char *folder = path_of(root, d->name, ""), *to = path_of(folder, d->name, ".db"),
	     *from = path_of(backup, d->name, ".db"), *lock = path_of(folder, "lock", "");
	int fd;

	if (mkdir(folder, 0700) < 0)
		souk_die_errno("cannot make %s", folder);
	copy_checked(d, from, to, c, d->bytes, d->digest);
	if (database_check(to, "integrity_check") != d->version)
		souk_die("%s is not of the version that its manifest says", from);
	fd = open(lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || !souk_write_all(fd, made, sizeof(made) - 1) || fsync(fd) < 0)
		souk_die_errno("cannot write %s", lock);
	close(fd);
	restore_key(d, backup, folder, c);
	sync_file(folder);
	free(folder);
	free(to);
	free(from);
	free(lock);
}

/* Restoring over a shop would lose it. */
static void need_empty(const char *root)
{
	DIR *dir = opendir(root);
	struct dirent *entry;

	if (!dir && errno != ENOENT)
		souk_die_errno("SOUK_DB: %s", root);
	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			souk_die("SOUK_DB: %s is not empty: a backup is restored into a folder that is empty or new",
				root);
	if (dir)
		closedir(dir);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct copying c = {.verb = "restore", .shown = isatty(STDERR_FILENO)};
	const char *root = getenv("SOUK_DB"), *folder;
	struct databases all = {0};
	char message[80];

	(void)stage;
	if (operand_count != 1)
		souk_die_usage("one FOLDER is needed, which souk backup made");
	if (!root || !*root)
		souk_die_usage("SOUK_DB is not set: it names the folder that the backup is restored into");
	need_empty(root);
	extend_path();
	read_manifest(&all, operands[0]);
	c.total = all.bytes;
	for (size_t i = 0; i < all.count; i++)
		check_version(&all.at[i]);
	folder = target_make(root);
	for (size_t i = 0; i < all.count; i++)
		restore(&all.at[i], operands[0], folder, &c);
	target_finish(root);
	snprintf(message, sizeof(message), "%zu databases, %.1f MB; now run recover", all.count,
		(double)c.done / 1e6);
	copying_end(&c, message);
	free(all.at);
	return SOUK_EXIT_OK;
}

SOUK_VERB(restore_verb) = {
	.function = &souk_function,
	.name = "restore",
	.summary = "restore a backup into an empty SOUK_DB, and check it",
	.operands = "FOLDER",
	.kind = SOUK_TOOL,
	.run = run,
};
