/* SPDX-License-Identifier: ISC */
#include "error.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *souk_program = "souk";

/* One write, so that messages of a pipeline's stages do not mix. */
static void say(const char *format, va_list args, const char *after)
{
	char line[2048];
	int len = snprintf(line, sizeof(line), "%s: ", souk_program), more;
	ssize_t ignored;

	more = vsnprintf(line + len, sizeof(line) - (size_t)len, format, args);
	len += more > 0 ? more : 0;
	if ((size_t)len < sizeof(line))
		len += snprintf(line + len, sizeof(line) - (size_t)len, "%s", after);
	if ((size_t)len >= sizeof(line) - 1)
		len = (int)sizeof(line) - 2;
	/* What a message quotes must not drive a terminal. */
	for (int i = 0; i < len; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = '?';
	line[len++] = '\n';
	ignored = write(STDERR_FILENO, line, (size_t)len);
	(void)ignored;
}

void souk_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args, "");
	va_end(args);
}

void souk_die_usage(const char *format, ...)
{
	va_list args;
	char hint[128];

	snprintf(hint, sizeof(hint), " (see %s --help)", souk_program);
	va_start(args, format);
	say(format, args, hint);
	va_end(args);
	exit(SOUK_EXIT_USAGE);
}

void souk_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args, "");
	va_end(args);
	exit(SOUK_EXIT_SYSTEM);
}

void souk_die_errno(const char *format, ...)
{
	va_list args;
	char why[160];

	snprintf(why, sizeof(why), ": %s", strerror(errno));
	va_start(args, format);
	say(format, args, why);
	va_end(args);
	exit(SOUK_EXIT_SYSTEM);
}

bool souk_write_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len) {
		ssize_t done = write(fd, at, len);

		if (done < 0 && errno == EINTR)
			continue;
		/* A descriptor may have been made non-blocking by whoever shares it. */
		if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
			continue;
		}
		if (done < 0)
			return false;
		at += done;
		len -= (size_t)done;
	}
	return true;
}
