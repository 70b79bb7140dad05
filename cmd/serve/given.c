/* SPDX-License-Identifier: ISC */
/* Sockets that systemd or inetd hands over. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve.h"

enum { SYSTEMD_FIRST = 3 };

/* A socket that was handed over: it listens, or is a connection. */
static void take_given(struct server *s, int fd)
{
	int listens = 0;
	socklen_t len = sizeof(listens);

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) != 0)
		souk_die_usage("descriptor %d is no socket: it is given by inetd or systemd", fd);
	evutil_make_socket_closeonexec(fd);
	if (listens) {
		listen_add(s, fd, true);
		return;
	}
	evutil_make_socket_nonblocking(fd);
	s->socket_given = true;
	connection_open(s, fd, NULL);
}

/* What inetd gave as 0, 1 and 2 is one socket: messages must not go into it. */
void given_by_inetd(struct server *s)
{
	struct stat input, messages;
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3), null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0 || null < 0)
		souk_die_errno("cannot take the socket of inetd");
	if (fstat(fd, &input) == 0 && fstat(STDERR_FILENO, &messages) == 0 && input.st_ino == messages.st_ino &&
	    input.st_dev == messages.st_dev)
		dup2(null, STDERR_FILENO);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	close(null);
	take_given(s, fd);
}

void given_by_systemd(struct server *s)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");

	if (pid && count && strtol(pid, NULL, 10) == getpid())
		for (int i = 0; i < (int)strtol(count, NULL, 10); i++)
			take_given(s, SYSTEMD_FIRST + i);
	/* They are ours, not the filter's. */
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
}
