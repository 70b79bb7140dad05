/* SPDX-License-Identifier: ISC */
/* Which databases there are below SOUK_DB. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "backup.h"

char *path_of(const char *folder, const char *name, const char *after)
{
	char *path;

	if (asprintf(&path, "%s/%s%s", folder, name, after) < 0)
		souk_die("out of memory");
	return path;
}

/* Whether it is a file that is copied, or one that comes and goes with it. */
static bool belongs(const char *name, const char *function)
{
	size_t len = strlen(function);

	return !strcmp(name, "lock") || !strcmp(name, BACKUP_KEY) || !strcmp(name, ".") || !strcmp(name, "..") ||
		(!strncmp(name, function, len) && (!strcmp(name + len, ".db") ||
			!strcmp(name + len, ".db-wal") || !strcmp(name + len, ".db-shm") ||
			!strcmp(name + len, ".db-journal")));
}

/* What is no database is not copied, and nobody should find that out too late. */
static void tell_of_strangers(const char *folder, const char *function)
{
	struct dirent *entry;
	DIR *dir = opendir(folder);

	while (dir && (entry = readdir(dir)))
		if (!belongs(entry->d_name, function))
			souk_warn("%s/%s is no database of a function: it is not backed up", folder,
				entry->d_name);
	if (dir)
		closedir(dir);
}

/* Whether a folder below SOUK_DB is that of a function that has stored something. */
static bool has_database(const char *root, const char *name, bool tell)
{
	char *folder = path_of(root, name, ""), *lock = path_of(folder, "lock", ""),
	     *file = path_of(folder, name, ".db");
	struct stat of_lock, of_file = {0};
	bool is = stat(lock, &of_lock) == 0 && strlen(name) < BACKUP_NAME;

	if (!is && tell)
		souk_warn("%s is no function's folder: it is not backed up", folder);
	if (is && tell)
		tell_of_strangers(folder, name);
	/* The lock remembers that there was a database (lib/store.c). Without one this is a
	 * function that is just beginning. */
	if (is && (stat(file, &of_file) != 0 || of_file.st_size == 0)) {
		if (of_lock.st_size > 0)
			souk_die("%s: it has been damaged, emptied or removed: there is nothing to back up", file);
		is = false;
	}
	free(folder);
	free(lock);
	free(file);
	return is;
}

static int by_name(const void *left, const void *right)
{
	return strcmp(((const struct database *)left)->name, ((const struct database *)right)->name);
}

void find_databases(struct databases *all, const char *root, bool tell)
{
	DIR *dir = opendir(root);
	struct dirent *entry;

	*all = (struct databases){0};
	if (!dir)
		souk_die_errno("SOUK_DB: %s", root);
	while ((entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
		    !has_database(root, entry->d_name, tell))
			continue;
		all->at = realloc(all->at, (all->count + 1) * sizeof(*all->at));
		if (!all->at)
			souk_die("out of memory");
		all->at[all->count] = (struct database){.lock = -1};
		strcpy(all->at[all->count++].name, entry->d_name);
	}
	closedir(dir);
	if (all->count)
		qsort(all->at, all->count, sizeof(*all->at), by_name);
}
