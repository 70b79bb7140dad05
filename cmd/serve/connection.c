/* SPDX-License-Identifier: ISC */
/* A connection: reading, writing, and when it ends. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve.h"

void connection_touch(struct connection *c)
{
	if (c->touched)
		return;
	c->touched = true;
	TAILQ_INSERT_TAIL(&c->server->touched, c, touched_link);
}

bool connection_has_lines(const struct connection *c)
{
	return c->lines_len || (c->is_long && c->long_ended);
}

void connection_answer(struct connection *c, const char *at, size_t len)
{
	if (c->closed)
		return;
	queue_add(&c->out, at, len, &c->server->held);
	connection_touch(c);
}

static void is_active(struct connection *c)
{
	c->active = c->server->now;
	TAILQ_REMOVE(&c->server->connections, c, link);
	TAILQ_INSERT_TAIL(&c->server->connections, c, link);
}

size_t connection_holds(const struct connection *c)
{
	return c->in.cap + c->out.cap + (c->long_line ? SOUK_QUOTED_BYTES : 0);
}

void connection_read(struct connection *c)
{
	struct server *s = c->server;
	size_t most = s->paused ? SMALL_BYTES : READ_BYTES;
	ssize_t got = c->tls ? souk_tls_read(c->tls, s->scratch, most) : read(c->fd, s->scratch, most);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got < 0) {
		connection_close(c);
		return;
	}
	if (got)
		is_active(c);
	/* What comes after the last answer is let go, so that closing is no reset. */
	if (c->last && got)
		return;
	if (got)
		lines_feed(c, s->scratch, (size_t)got);
	if (!got || (c->tls && souk_tls_ended(c->tls)))
		lines_end(c);
	connection_touch(c);
}

static void on_read(evutil_socket_t fd, short what, void *context)
{
	(void)fd, (void)what;
	connection_read(context);
}

static void on_write(evutil_socket_t fd, short what, void *context)
{
	(void)fd, (void)what;
	connection_touch(context);
}

void connection_open(struct server *s, int fd, struct peer *peer)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (!c)
		souk_die("out of memory");
	*c = (struct connection){.server = s, .fd = fd, .peer = peer, .active = s->now};
	if (s->tls_context)
		c->tls = souk_tls_open(s->tls_context, fd, NULL);
	event_assign(&c->read_event, s->base, fd, EV_READ | EV_PERSIST, on_read, c);
	event_assign(&c->write_event, s->base, fd, EV_WRITE | EV_PERSIST, on_write, c);
	TAILQ_INSERT_TAIL(&s->connections, c, link);
	s->connection_count++;
	s->metrics.connections++;
	/* Most send at once, and many all they will: then no event has to tell of it. */
	connection_read(c);
	if (!c->closed && !c->ended && queue_len(&c->in))
		connection_read(c);
	connection_touch(c);
}

void connection_close(struct connection *c)
{
	struct server *s = c->server;

	if (c->closed)
		return;
	c->closed = true;
	event_del(&c->read_event);
	event_del(&c->write_event);
	if (c->tls)
		souk_tls_close(c->tls);
	close(c->fd);
	TAILQ_REMOVE(&s->connections, c, link);
	s->connection_count--;
	if (c->peer && --c->peer->connections == 0) {
		LIST_REMOVE(c->peer, link);
		free(c->peer);
	}
	dispatch_forget(c);
	lines_forget_long(c);
	queue_free(&c->in, &s->held);
	queue_free(&c->out, &s->held);
	c->lines_len = 0;
	/* What a worker has of it is still answered, to nobody. */
	connection_touch(c);
	if (!s->draining)
		listen_pause(s, false);
}

/* Nothing more is owed than what is to be written. */
static bool is_answered(const struct connection *c)
{
	return !c->outstanding && !connection_has_lines(c);
}

/* False: it has been closed. */
static bool flush(struct connection *c)
{
	/* What is closed right after it goes in one segment with the end: of the time that a
	 * connection for each request takes, half is spent on sending segments. */
	int more = c->ended && is_answered(c) ? MSG_MORE : 0;

	while (queue_len(&c->out)) {
		const char *at = c->out.at + c->out.start;
		size_t len = queue_len(&c->out);
		ssize_t done = c->tls ? souk_tls_write(c->tls, at, len) : send(c->fd, at, len, more);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno == EAGAIN)
			break;
		if (done < 0) {
			connection_close(c);
			return false;
		}
		is_active(c);
		queue_take(&c->out, (size_t)done, true, &c->server->held);
	}
	if (c->writing != (queue_len(&c->out) > 0)) {
		c->writing = !c->writing;
		if (c->writing)
			event_add(&c->write_event, NULL);
		else
			event_del(&c->write_event);
	}
	return true;
}

static bool wants_input(const struct connection *c)
{
	const struct server *s = c->server;

	if (c->last)
		return !c->ended;
	/* Who holds little is served however much others hold. */
	if (s->paused && connection_holds(c) >= SMALL_BYTES)
		return false;
	/* Also where answers are not read: many clients do not read before they have written. */
	return !c->ended && !s->draining && !(c->is_long && c->long_ended) &&
		!(c->lines_len && queue_len(&c->in) >= IN_BYTES);
}

static bool is_done(const struct connection *c)
{
	return (c->ended || c->server->draining) && is_answered(c) && !queue_len(&c->out);
}

void connection_update(struct connection *c)
{
	c->touched = false;
	TAILQ_REMOVE(&c->server->touched, c, touched_link);
	if (c->closed) {
		if (!c->outstanding)
			free(c);
		return;
	}
	if (!flush(c))
		return;
	dispatch_ready(c);
	if (is_done(c) && !c->last) {
		/* A client that has more to say must not lose answers by a reset. */
		if (c->ended || shutdown(c->fd, SHUT_WR) != 0) {
			connection_close(c);
			return;
		}
		c->last = true;
	} else if (c->last && c->ended) {
		connection_close(c);
		return;
	}
	if (c->reading == wants_input(c))
		return;
	c->reading = !c->reading;
	if (c->reading)
		event_add(&c->read_event, NULL);
	else
		event_del(&c->read_event);
}
