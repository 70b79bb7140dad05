/* SPDX-License-Identifier: ISC */
/* Addresses of services. */
#include "address.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static bool find_path(struct souk_address *a, const char *path, const char **why)
{
	*why = "the path is too long for a socket";
	a->path.sun_family = AF_UNIX;
	if (!*path || strlen(path) >= sizeof(a->path.sun_path))
		return false;
	memcpy(a->path.sun_path, path, strlen(path) + 1);
	return true;
}

static bool resolve(struct souk_address *a, const char *host, int flags, const char **why)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags};
	int failed = getaddrinfo(host, a->port, &hints, &a->found);

	if (!failed)
		return true;
	a->found = NULL;
	*why = gai_strerror(failed);
	return false;
}

bool souk_address_parse(struct souk_address *a, const char *text, bool to_listen, const char **why)
{
	const char *colon = strrchr(text, ':'), *host = text;
	int flags = AI_NUMERICHOST | (to_listen ? AI_PASSIVE : 0);
	size_t len;

	*a = (struct souk_address){.text = text, .host = "localhost"};
	if (!strncmp(text, "unix:", 5))
		return find_path(a, text + 5, why);
	if (strchr(text, '/'))
		return find_path(a, text, why);
	*why = "must be " SOUK_ADDRESS_FORMS;
	if (!colon || !colon[1] || colon[1 + strspn(colon + 1, "0123456789")])
		return false;
	len = (size_t)(colon - text);
	if (*host == '[' && len > 2 && host[len - 1] == ']') {
		host++;
		len -= 2;
	} else if (memchr(host, ':', len)) {
		return false;
	}
	if (len >= sizeof(a->host))
		return false;
	a->port = colon + 1;
	if (!len)
		return resolve(a, NULL, flags, why);
	memcpy(a->host, host, len);
	a->host[len] = 0;
	a->is_name = !resolve(a, a->host, flags, why);
	return true;
}

bool souk_address_look_up(struct souk_address *a, bool to_listen, const char **why)
{
	souk_address_free(a);
	return resolve(a, a->host, to_listen ? AI_PASSIVE : 0, why);
}

bool souk_address_find(struct souk_address *a, const char *text, bool to_listen, const char **why)
{
	return souk_address_parse(a, text, to_listen, why) &&
		(!a->is_name || souk_address_look_up(a, to_listen, why));
}

void souk_address_free(struct souk_address *a)
{
	if (a->found)
		freeaddrinfo(a->found);
	a->found = NULL;
}

/* A socket file stays when who made it was killed. */
static void remove_stale(const struct sockaddr_un *path)
{
	struct stat status;
	int fd;

	if (lstat(path->sun_path, &status) != 0 || !S_ISSOCK(status.st_mode))
		return;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)path, sizeof(*path)) != 0 && errno == ECONNREFUSED)
		unlink(path->sun_path);
	if (fd >= 0)
		close(fd);
}

static int listen_at(int family, const struct sockaddr *at, socklen_t len)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), saved;

	if (fd < 0)
		return -1;
	if (family != AF_UNIX)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	/* Each family has its own socket, as the resolver gave both. */
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int));
	if (bind(fd, at, len) == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

int souk_address_listen(const struct souk_address *a, int *fds, int most)
{
	int count = 0;

	if (!a->found) {
		remove_stale(&a->path);
		*fds = listen_at(AF_UNIX, (const struct sockaddr *)&a->path, sizeof(a->path));
		return *fds >= 0;
	}
	for (const struct addrinfo *i = a->found; i && count < most; i = i->ai_next)
		if ((fds[count] = listen_at(i->ai_family, i->ai_addr, i->ai_addrlen)) >= 0)
			count++;
	return count;
}
