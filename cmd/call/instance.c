/* SPDX-License-Identifier: ISC */
/* What goes to an instance of the service and comes from it. */
#include <errno.h>
#include <sys/socket.h>

#include "call.h"

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

	/* The first may be what it broke of; those behind it are innocent. */
	if (head)
		head->attempts++;
	while (i->count) {
		uint64_t number = pop(i);
		struct slot *s = slot_of(c, number);

		if (!c->contract.idempotent) {
			answer_waiting(c, s, "unknown", "%s: %s: whether it was done is not known", i->text.at, why);
		} else if (s->attempts >= MOST_ATTEMPTS) {
			answer_waiting(c, s, "unavailable", "%s: %s, %d times with this record", i->text.at, why,
				MOST_ATTEMPTS);
		} else {
			s->state = SLOT_UNSENT;
			if (number < c->unsent)
				c->unsent = number;
		}
	}
	instance_leave(c, i, why);
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
		const char *at = i->out.at + i->written;
		size_t len = i->out.len - i->written;
		ssize_t put = i->tls ? souk_tls_write(i->tls, at, len) : send(i->fd, at, len, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0) {
			if (errno != EAGAIN)
				instance_fail(c, i, i->tls ? souk_tls_error(i->tls) : strerror(errno));
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
	ssize_t got = i->tls ? souk_tls_read(i->tls, room, READ_BYTES) : recv(i->fd, room, READ_BYTES, 0);

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0) {
		instance_fail(c, i, i->tls ? souk_tls_error(i->tls) : got ? strerror(errno)
			: "it has closed the connection");
		return;
	}
	i->in.len += (size_t)got;
	memset(i->in.at + i->in.len, 0, SOUK_RECORD_PAD);
	/* An answer may be longer than what was sent, but not without end. */
	if (!take_answers(c, i))
		return;
	if (i->in.len > 2 * (size_t)c->max_record + READ_BYTES)
		instance_fail(c, i, "its answer has no end");
	else if (i->tls && souk_tls_ended(i->tls))
		instance_fail(c, i, souk_tls_error(i->tls));
}
