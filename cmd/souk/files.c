/* SPDX-License-Identifier: ISC */
/* Files that the crash button reads again and again. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "souk.h"

int temporary_file(void)
{
	const char *folder = getenv("TMPDIR");
	int fd = open(folder && *folder ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		souk_die_errno(
			"cannot make a temporary file in %s", folder && *folder ? folder : "/tmp");
	return fd;
}

void copy_all(int from, int to, const char *what)
{
	char bytes[1 << 16];
	ssize_t got;

	while ((got = read(from, bytes, sizeof(bytes))) > 0 || (got < 0 && errno == EINTR))
		if (got > 0 && !souk_write_all(to, bytes, (size_t)got))
			souk_die_errno("cannot write %s", what);
	if (got < 0)
		souk_die_errno("cannot read %s", what);
}

int open_again(int fd, off_t offset)
{
	char path[40];
	int again;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY | O_CLOEXEC);
	if (again >= 0 && lseek(again, offset, SEEK_SET) < 0)
		souk_die_errno("cannot go to the beginning of the input");
	return again;
}

int keep_input(off_t *start, int64_t *size)
{
	struct stat status;
	int input = STDIN_FILENO, again = -1;

	*start = 0;
	if (fstat(input, &status) == 0 && S_ISREG(status.st_mode)) {
		*start = lseek(input, 0, SEEK_CUR);
		again = open_again(input, *start);
	}
	if (again >= 0) {
		close(again);
	} else {
		*start = 0;
		input = temporary_file();
		copy_all(STDIN_FILENO, input, "the copy of the input");
		if (fstat(input, &status) != 0)
			souk_die_errno("cannot look at the copy of the input");
	}
	*size = status.st_size - *start;
	return input;
}

size_t count_lines(int fd)
{
	char bytes[1 << 16];
	size_t lines = 0;
	ssize_t got;

	lseek(fd, 0, SEEK_SET);
	while ((got = read(fd, bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; i < got; i++)
			lines += bytes[i] == '\n';
	return lines;
}
