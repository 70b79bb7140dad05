/* SPDX-License-Identifier: ISC */
/* Finding commands on PATH, as git finds its own. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "souk.h"

const struct souk_function souk_function = {
	.name = "souk",
	.summary = "run the commands of the shop, alone and in pipelines",
};

const char *own_program(void)
{
	static char path[4096];
	ssize_t len;

	if (*path)
		return path;
	len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	path[len > 0 ? len : 0] = 0;
	return path;
}

const char *own_folder(void)
{
	static char path[4096];
	char *slash;

	if (*path)
		return path;
	memcpy(path, own_program(), sizeof(path));
	slash = strrchr(path, '/');
	if (!slash)
		return "";
	*slash = 0;
	return path;
}

/* The next folder of a PATH, or false at its end. An empty one is the current. */
static bool next_folder(const char **path, struct souk_text *folder)
{
	if (!*path)
		return false;
	*folder = (struct souk_text){*path, strcspn(*path, ":")};
	*path = (*path)[folder->len] ? *path + folder->len + 1 : NULL;
	if (!folder->len)
		*folder = SOUK_TEXT(".");
	return true;
}

/* Where it is on PATH already the user's order stands: putting /usr/local/bin
 * first would change which python3 a stage is run by. */
void extend_path(void)
{
	const char *own = own_folder(), *path = getenv("PATH"), *rest = path;
	struct souk_text folder;
	struct souk_buffer extended = {0};

	if (!*own)
		return;
	while (next_folder(&rest, &folder))
		if (souk_text_is(folder, own))
			return;
	souk_add_format(&extended, "%s%s%s", own, path ? ":" : "", path ? path : "");
	souk_add_char(&extended, 0);
	if (setenv("PATH", extended.at, 1) != 0)
		souk_die("out of memory");
	souk_buffer_free(&extended);
}

static bool is_command(const char *path)
{
	struct stat status;

	return access(path, X_OK) == 0 && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

char *find_command(const char *name)
{
	const char *rest = getenv("PATH");
	struct souk_text folder;
	struct souk_buffer path = {0};

	if (!*name)
		return NULL;
	if (strchr(name, '/')) {
		souk_add_format(&path, "%s", name);
		souk_add_char(&path, 0);
		if (is_command(path.at))
			return path.at;
	} else {
		while (next_folder(&rest, &folder)) {
			path.len = 0;
			souk_add(&path, folder.at, folder.len);
			souk_add_format(&path, "/%s", name);
			souk_add_char(&path, 0);
			if (is_command(path.at))
				return path.at;
		}
	}
	souk_buffer_free(&path);
	return NULL;
}

static void add_name(struct names *names, const char *name)
{
	names->at = realloc(names->at, (names->count + 1) * sizeof(*names->at));
	if (!names->at || !(names->at[names->count++] = strdup(name)))
		souk_die("out of memory");
}

static void list_folder(struct names *names, struct souk_text folder)
{
	char path[4096];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%.*s", (int)folder.len, folder.at);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "souk-", 5) != 0 || !entry->d_name[5])
			continue;
		snprintf(path, sizeof(path), "%.*s/%s", (int)folder.len, folder.at, entry->d_name);
		if (is_command(path))
			add_name(names, entry->d_name + 5);
	}
	if (dir)
		closedir(dir);
}

static int by_name(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

void find_all_commands(struct names *names)
{
	const char *rest = getenv("PATH");
	struct souk_text folder;
	size_t kept = 0;

	*names = (struct names){0};
	while (next_folder(&rest, &folder))
		list_folder(names, folder);
	if (!names->count)
		return;
	qsort(names->at, names->count, sizeof(*names->at), by_name);
	for (size_t i = 0; i < names->count; i++)
		if (kept && strcmp(names->at[kept - 1], names->at[i]) == 0)
			free(names->at[i]);
		else
			names->at[kept++] = names->at[i];
	names->count = kept;
}

void free_names(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->at[i]);
	free(names->at);
}

void unknown_command(const char *name)
{
	struct names names;
	size_t count;
	const struct souk_verb *const *verbs = souk_verbs(&count);

	for (size_t i = 0; i < count; i++)
		if (verbs[i]->name &&
			souk_text_similar(souk_text_of(name), souk_text_of(verbs[i]->name)))
			souk_die_usage(
				"%s: no such command: did you mean %s?", name, verbs[i]->name);
	find_all_commands(&names);
	for (size_t i = 0; i < names.count; i++)
		if (souk_text_similar(souk_text_of(name), souk_text_of(names.at[i])))
			souk_die_usage("%s: no such command: did you mean %s?", name, names.at[i]);
	souk_die_usage("%s: no such command: there is no souk-%s on PATH, and souk list says what "
		       "there is",
		name, name);
}
