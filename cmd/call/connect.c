/* SPDX-License-Identifier: ISC */
/* Getting into connection with an instance of the service, and leaving it. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "call.h"

static const int64_t MS = 1000000;

void instance_close(struct instance *i)
{
	if (i->tls)
		souk_tls_close(i->tls);
	if (i->fd >= 0)
		close(i->fd);
	i->tls = NULL;
	i->fd = -1;
}

void instance_leave(struct call *c, struct instance *i, const char *why)
{
	if (!i->told)
		souk_warn("%s is away: %s; it is tried again", i->text.at, why);
	i->told = true;
	i->state = INSTANCE_DOWN;
	i->retry_at = c->now + i->backoff_ms * MS;
	i->backoff_ms = i->backoff_ms * 2 > BACKOFF_LAST_MS ? BACKOFF_LAST_MS : i->backoff_ms * 2;
	instance_close(i);
}

static void be_up(struct call *c, struct instance *i)
{
	i->state = INSTANCE_UP;
	i->progress = c->now;
	i->written = i->out.len = i->in.len = 0;
}

static void shake_hands(struct call *c, struct instance *i)
{
	int done = souk_tls_shake_hands(i->tls);

	if (done > 0) {
		be_up(c, i);
	} else if (done < 0 || c->now - i->progress > c->timeout * 1000 * MS) {
		instance_leave(c, i, done < 0 ? souk_tls_error(i->tls) : strerror(ETIMEDOUT));
	}
}

static void be_connected(struct call *c, struct instance *i)
{
	if (!c->tls_context) {
		be_up(c, i);
		return;
	}
	i->state = INSTANCE_SHAKING_HANDS;
	i->progress = c->now;
	i->tls = souk_tls_open(c->tls_context, i->fd, i->place->address.host);
	shake_hands(c, i);
}

static int begin(const struct target *target, int *fd)
{
	const struct sockaddr *at = (const struct sockaddr *)&target->address;

	*fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return errno;
	/* Requests are gathered before they are written: nothing is gained by waiting for more. */
	if (at->sa_family != AF_UNIX)
		setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	return connect(*fd, at, target->len) == 0 ? 0 : errno;
}

/* Tries its addresses one after the other; `error` is what came of the last. */
static void try_next(struct call *c, struct instance *i, int error)
{
	while (i->trying < i->target_count) {
		instance_close(i);
		error = begin(&i->targets[i->trying++], &i->fd);
		if (!error) {
			be_connected(c, i);
			return;
		}
		if (error == EINPROGRESS) {
			i->state = INSTANCE_CONNECTING;
			i->progress = c->now;
			return;
		}
	}
	instance_leave(c, i, strerror(error));
}

void instance_connect(struct call *c, struct instance *i)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (i->state == INSTANCE_CONNECTING) {
		if (c->now - i->progress > c->timeout * 1000 * MS)
			error = ETIMEDOUT;
		else if (getsockopt(i->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
			error = errno;
		if (error)
			try_next(c, i, error);
		else
			be_connected(c, i);
		return;
	}
	if (i->state == INSTANCE_SHAKING_HANDS) {
		shake_hands(c, i);
		return;
	}
	/* Looked up each time: a service may have moved. */
	if (i->state == INSTANCE_DOWN && i->place->address.is_name) {
		i->state = INSTANCE_LOOKING;
		place_look(c, i->place);
		return;
	}
	i->trying = 0;
	try_next(c, i, 0);
}
