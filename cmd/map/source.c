/* SPDX-License-Identifier: ISC */
/* Where the file of a program is. Pipelines name a map by its name alone, so that they
 * run from any folder, from the source tree and from where they are installed. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "error.h"
#include "program.h"

/* Beside the program's own folder: in the source tree, and installed. */
static const char *const own_folders[] = {"../maps", "../share/souk/maps"};

/* Opens FOLDER/SUB/PATH. */
static int open_in(struct souk_text folder, const char *sub, const char *path)
{
	struct souk_buffer name = {0};
	int fd, cause;

	souk_add_format(&name, "%.*s/%s/%s", (int)folder.len, folder.at, sub, path);
	souk_add_char(&name, '\0');
	fd = open(name.at, O_RDONLY | O_CLOEXEC);
	cause = errno;
	souk_buffer_free(&name);
	errno = cause;
	return fd;
}

/* The folder the program is in; empty if that can't be told. */
static struct souk_text own_folder(char program[PATH_MAX])
{
	ssize_t len = readlink("/proc/self/exe", program, PATH_MAX);

	while (len > 0 && program[len - 1] != '/')
		len--;
	return (struct souk_text){program, len > 0 ? (size_t)len - 1 : 0};
}

static int open_source(const char *path)
{
	const char *maps = getenv("SOUK_MAPS");
	char program[PATH_MAX];
	struct souk_text folder;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	/* A file that is there but can't be opened is the one that is meant. */
	if (fd >= 0 || errno != ENOENT || *path == '/')
		return fd;
	if (maps && *maps) {
		fd = open_in(souk_text_of(maps), ".", path);
		if (fd >= 0 || errno != ENOENT)
			return fd;
	}
	folder = own_folder(program);
	for (size_t i = 0; i < sizeof(own_folders) / sizeof(*own_folders); i++) {
		fd = folder.len ? open_in(folder, own_folders[i], path) : -1;
		if (fd >= 0 || errno != ENOENT)
			return fd;
	}
	return fd;
}

void map_source_read(const char *path, struct souk_buffer *text)
{
	int fd = open_source(path);
	ssize_t got;

	if (fd < 0)
		souk_die_errno(*path == '/' || errno != ENOENT ? "%s" : "%s, here or among the maps",
			path);
	while ((got = read(fd, souk_buffer_room(text, 8192), 8192)) > 0 &&
	       text->len < MAP_MOST_SOURCE)
		text->len += (size_t)got;
	if (got < 0)
		souk_die_errno("%s", path);
	close(fd);
}
