/* SPDX-License-Identifier: ISC */
/* Asks another souk-serve whether it is healthy: where there is no curl, as in a container. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve.h"

enum { MOST_BYTES = 4096, HTTP_HEALTHY = 200 };

static const char protocol[] = "HTTP/1.";
static const char request[] = "GET /healthz HTTP/1.0\r\nHost: souk\r\n\r\n";

/* False with errno: nothing happened in time. */
static bool wait_for(int fd, short events, int64_t until)
{
	struct pollfd poll_fd = {.fd = fd, .events = events};
	int64_t left;
	int ready;

	do {
		left = (until - souk_clock_ns()) / 1000000;
		ready = poll(&poll_fd, 1, left > 0 ? (int)left : 0);
	} while (ready < 0 && errno == EINTR);
	if (!ready)
		errno = ETIMEDOUT;
	return ready > 0;
}

/* -1 with errno: nobody is there. */
static int reach(const struct sockaddr *at, socklen_t len, int64_t until)
{
	int fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0;
	socklen_t size = sizeof(error);

	if (fd < 0)
		return -1;
	if (connect(fd, at, len) == 0)
		return fd;
	if (errno != EINPROGRESS)
		error = errno;
	else if (!wait_for(fd, POLLOUT, until) || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
		error = errno;
	if (!error)
		return fd;
	close(fd);
	errno = error;
	return -1;
}

/* What it answers, ended by a NUL; false with errno. */
static bool ask(int fd, char *answer, int64_t until)
{
	size_t len = 0;
	ssize_t got = 1;

	if (send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) < 0)
		return false;
	/* Who speaks otherwise may never end. */
	while (len < MOST_BYTES && got && !strncmp(answer, protocol, len < strlen(protocol) ? len : strlen(protocol))) {
		if (!wait_for(fd, POLLIN, until))
			return false;
		got = recv(fd, answer + len, MOST_BYTES - len, 0);
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		len += got > 0 ? (size_t)got : 0;
	}
	answer[len] = 0;
	return true;
}

/* The first that answers counts: a name may stand for addresses where nobody listens. */
static bool find_and_ask(const struct souk_address *a, char *answer, int64_t until)
{
	const struct addrinfo *i = a->found;
	int fd, saved;

	do {
		fd = i ? reach(i->ai_addr, i->ai_addrlen, until)
			: reach((const struct sockaddr *)&a->path, sizeof(a->path), until);
		i = i ? i->ai_next : NULL;
	} while (fd < 0 && i);
	if (fd < 0)
		return false;
	if (ask(fd, answer, until)) {
		close(fd);
		return true;
	}
	saved = errno;
	close(fd);
	errno = saved;
	return false;
}

int probe(const char *address, int64_t timeout)
{
	struct souk_address found;
	char answer[MOST_BYTES + 1], *body;
	const char *why;
	int status = 0;
	bool answered;

	if (!souk_address_parse(&found, address, false, &why))
		souk_die_usage("--probe %s: %s", address, why);
	if (found.is_name && !souk_address_look_up(&found, false, &why)) {
		souk_warn("%s: %s", address, why);
		return SOUK_EXIT_BAD;
	}
	answered = find_and_ask(&found, answer, souk_clock_ns() + timeout * 1000000000);
	souk_address_free(&found);
	if (!answered) {
		souk_warn("%s: %s", address, strerror(errno));
		return SOUK_EXIT_BAD;
	}
	if (sscanf(answer, "HTTP/1.%*[01] %3d", &status) == 1 && status == HTTP_HEALTHY)
		return SOUK_EXIT_OK;
	body = strstr(answer, "\r\n\r\n");
	if (status && body)
		souk_warn("%s: %d, %.*s", address, status, (int)strcspn(body + 4, "\r\n"), body + 4);
	else
		souk_warn("%s: what answers there is no souk-serve --metrics", address);
	return SOUK_EXIT_BAD;
}
