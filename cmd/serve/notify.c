/* SPDX-License-Identifier: ISC */
/* Telling systemd, or whoever set NOTIFY_SOCKET, how far the service is: sd_notify(3). */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "serve.h"

void notify_open(struct server *s)
{
	const char *path = getenv("NOTIFY_SOCKET");

	if (path && !(s->notify_path = strdup(path)))
		souk_die("out of memory");
	/* It is ours, not the filter's. */
	unsetenv("NOTIFY_SOCKET");
}

void notify(const struct server *s, const char *state)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t len = s->notify_path ? strlen(s->notify_path) : 0;
	struct souk_buffer text = {0};
	int fd;

	if (!len)
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	memcpy(to.sun_path, s->notify_path, len < sizeof(to.sun_path) ? len : sizeof(to.sun_path) - 1);
	/* One without a file. */
	if (*to.sun_path == '@')
		*to.sun_path = 0;
	/* When it began is asked for, to tell one reload from the next. */
	souk_add_format(&text, "%s\nMONOTONIC_USEC=%lld\n", state, (long long)souk_clock_ns() / 1000);
	if (len >= sizeof(to.sun_path) || fd < 0 ||
	    sendto(fd, text.at, text.len, MSG_NOSIGNAL, (const struct sockaddr *)&to,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0)
		souk_warn("NOTIFY_SOCKET %s: %s cannot be told: %s", s->notify_path, state,
			len >= sizeof(to.sun_path) ? "the path is too long" : strerror(errno));
	if (fd >= 0)
		close(fd);
	souk_buffer_free(&text);
}
