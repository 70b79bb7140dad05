/* SPDX-License-Identifier: ISC */
/* How much of its input file the first stage has read, whatever program it is. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "souk.h"

void input_file_find(struct input_file *f, const struct stage *first, int in)
{
	struct stat status;

	*f = (struct input_file){.fd = -1, .size = -1};
	if (fstat(in, &status) == 0 && S_ISREG(status.st_mode)) {
		f->fd = in;
		f->start = lseek(in, 0, SEEK_CUR);
		f->size = status.st_size;
		return;
	}
	/* Of the files among its arguments the largest: another may be a map. */
	for (size_t i = 1; i < first->argc; i++) {
		char path[sizeof(f->path)];

		if (stat(first->argv[i], &status) != 0 || !S_ISREG(status.st_mode) ||
			status.st_size <= f->size || !realpath(first->argv[i], path))
			continue;
		memcpy(f->path, path, sizeof(path));
		f->size = status.st_size;
	}
}

/* Where the process is in the file that its descriptor `name` is, or -1. */
static int64_t position_of(pid_t pid, const char *name)
{
	char path[64];
	long long position = -1;
	FILE *info;

	snprintf(path, sizeof(path), "/proc/%ld/fdinfo/%.10s", (long)pid, name);
	info = fopen(path, "re");
	if (info && fscanf(info, "pos: %lld", &position) != 1)
		position = -1;
	if (info)
		fclose(info);
	return position;
}

int64_t input_file_read(const struct input_file *f, pid_t pid)
{
	char path[64], file[sizeof(f->path)];
	int64_t position = -1;
	struct dirent *entry;
	DIR *dir;

	if (f->size < 0)
		return -1;
	if (f->fd >= 0)
		return lseek(f->fd, 0, SEEK_CUR) - f->start;
	if (!pid)
		return f->size;
	snprintf(path, sizeof(path), "/proc/%ld/fd", (long)pid);
	dir = opendir(path);
	while (dir && position < 0 && (entry = readdir(dir))) {
		ssize_t len = readlinkat(dirfd(dir), entry->d_name, file, sizeof(file) - 1);

		file[len > 0 ? len : 0] = 0;
		if (len > 0 && strcmp(file, f->path) == 0)
			position = position_of(pid, entry->d_name);
	}
	if (dir)
		closedir(dir);
	return position;
}
