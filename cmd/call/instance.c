/* SPDX-License-Identifier: ISC */
/* A connection to one instance of the service. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "call.h"

static const int64_t MS = 1000000;

static void wait_to_retry(struct call *c, struct instance *i)
{
	i->state = INSTANCE_DOWN;
	i->retry_at = c->now + i->backoff_ms * MS;
	i->backoff_ms = i->backoff_ms * 2 > BACKOFF_LAST_MS ? BACKOFF_LAST_MS : i->backoff_ms * 2;
	if (i->fd >= 0)
		close(i->fd);
	i->fd = -1;
}

static void say_away(struct instance *i, const char *why)
{
	if (!i->told)
		souk_warn("%s is away: %s; it is tried again", i->text, why);
	i->told = true;
}

static void be_up(struct call *c, struct instance *i)
{
	i->state = INSTANCE_UP;
	i->progress = c->now;
	i->written = i->out.len = i->in.len = 0;
}

static int begin(const struct sockaddr *at, socklen_t len, int *fd)
{
	*fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return errno;
	/* Requests are gathered before they are written: nothing is gained by waiting for more. */
	if (at->sa_family != AF_UNIX)
		setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	return connect(*fd, at, len) == 0 ? 0 : errno;
}

/* Tries the addresses of a name one after the other; `error` is what came of the last. */
static void try_next(struct call *c, struct instance *i, int error)
{
	for (;;) {
		if (i->fd >= 0)
			close(i->fd);
		i->fd = -1;
		if (i->address.found && !i->trying) {
			say_away(i, strerror(error));
			wait_to_retry(c, i);
			return;
		}
		if (i->trying) {
			error = begin(i->trying->ai_addr, i->trying->ai_addrlen, &i->fd);
			i->trying = i->trying->ai_next;
		} else {
			error = begin((const struct sockaddr *)&i->address.path, sizeof(i->address.path), &i->fd);
		}
		if (!error) {
			be_up(c, i);
			return;
		}
		if (error == EINPROGRESS) {
			i->state = INSTANCE_CONNECTING;
			i->progress = c->now;
			return;
		}
		if (!i->address.found) {
			say_away(i, strerror(error));
			wait_to_retry(c, i);
			return;
		}
	}
}

void instance_connect(struct call *c, struct instance *i)
{
	const char *why;
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
			be_up(c, i);
		return;
	}
	/* Looked up each time: a service may have moved. */
	souk_address_free(&i->address);
	if (!souk_address_find(&i->address, i->text, false, &why)) {
		say_away(i, why);
		wait_to_retry(c, i);
		return;
	}
	i->trying = i->address.found;
	try_next(c, i, 0);
}

static uint64_t pop(struct instance *i)
{
	uint64_t number = i->slots[i->first];

	i->first = (i->first + 1) % SLOTS;
	i->count--;
	return number;
}

void instance_fail(struct call *c, struct instance *i, const char *why)
{
	struct slot *head = i->count ? slot_of(c, i->slots[i->first]) : NULL;

	say_away(i, why);
	/* The first may be what it broke of; those behind it are innocent. */
	if (head)
		head->attempts++;
	while (i->count) {
		uint64_t number = pop(i);
		struct slot *s = slot_of(c, number);

		if (!c->contract.idempotent) {
			answer_waiting(c, s, "unknown", "%s: %s: whether it was done is not known", i->text, why);
		} else if (s->attempts >= MOST_ATTEMPTS) {
			answer_waiting(c, s, "unavailable", "%s: %s, %d times with this record", i->text, why,
				MOST_ATTEMPTS);
		} else {
			s->state = SLOT_UNSENT;
			if (number < c->unsent)
				c->unsent = number;
		}
	}
	wait_to_retry(c, i);
}

void instance_send(struct call *c, struct instance *i, uint64_t number)
{
	struct slot *s = slot_of(c, number);

	if (!i->count)
		i->progress = c->now;
	souk_add(&i->out, s->text.at + s->request_at, s->request_len + 1);
	i->slots[(i->first + i->count++) % SLOTS] = number;
	s->state = SLOT_SENT;
}

/* A service that is slow never takes all: what it has taken must not pile up. */
static void drop_written(struct instance *i)
{
	if (!i->written || (i->written < READ_BYTES && i->written < i->out.len))
		return;
	i->out.len -= i->written;
	memmove(i->out.at, i->out.at + i->written, i->out.len);
	i->written = 0;
}

void instance_write(struct call *c, struct instance *i)
{
	while (i->written < i->out.len) {
		ssize_t put = send(i->fd, i->out.at + i->written, i->out.len - i->written, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0) {
			if (errno != EAGAIN)
				instance_fail(c, i, strerror(errno));
			break;
		}
		i->written += (size_t)put;
	}
	drop_written(i);
}

/* Takes the complete answers that were read. */
static bool take_answers(struct call *c, struct instance *i)
{
	size_t from = 0;
	char *end;

	while (from < i->in.len && (end = memchr(i->in.at + from, '\n', i->in.len - from))) {
		const char *why;
		size_t len = (size_t)(end - i->in.at) - from;

		if (!i->count) {
			instance_fail(c, i, "it answers without being asked");
			return false;
		}
		if (!answer_take(c, slot_of(c, i->slots[i->first]), i->in.at + from,
		    len - (len && end[-1] == '\r'), &why)) {
			instance_fail(c, i, why);
			return false;
		}
		pop(i);
		from += len + 1;
		i->told = false;
		i->backoff_ms = BACKOFF_FIRST_MS;
		i->progress = c->now;
		c->down_since = 0;
	}
	memmove(i->in.at, i->in.at + from, i->in.len - from);
	i->in.len -= from;
	return true;
}

void instance_read(struct call *c, struct instance *i)
{
	char *room = souk_buffer_room(&i->in, READ_BYTES + SOUK_RECORD_PAD);
	ssize_t got = recv(i->fd, room, READ_BYTES, 0);

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0) {
		instance_fail(c, i, got < 0 ? strerror(errno) : "it has closed the connection");
		return;
	}
	i->in.len += (size_t)got;
	memset(i->in.at + i->in.len, 0, SOUK_RECORD_PAD);
	/* An answer may be longer than what was sent, but not without end. */
	if (take_answers(c, i) && i->in.len > 2 * (size_t)c->max_record + READ_BYTES)
		instance_fail(c, i, "its answer has no end");
}
