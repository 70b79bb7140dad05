/* SPDX-License-Identifier: ISC */
/* Where connections come from, and how many are let in. */
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "serve.h"

enum { MOST_LISTENERS = 64 };

struct listening {
	struct evconnlistener *at[MOST_LISTENERS];
	bool given[MOST_LISTENERS]; /* by systemd or inetd */
	size_t count;
	bool paused;
	struct event resume;
};

/* The address without its port; all who come by a socket file are one. */
static void address_bytes(const struct sockaddr *from, unsigned char bytes[16])
{
	memset(bytes, 0, 16);
	if (from->sa_family == AF_INET) {
		memset(bytes + 10, 0xff, 2);
		memcpy(bytes + 12, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
	} else if (from->sa_family == AF_INET6) {
		memcpy(bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
	}
}

/* Counts a connection of that address; NULL: it has as many as it may. */
static struct peer *admit(struct server *s, const struct sockaddr *from)
{
	unsigned char bytes[16];
	uint32_t hash = 0;
	struct peer *p;

	address_bytes(from, bytes);
	for (size_t i = 0; i < sizeof(bytes); i++)
		hash = hash * 31 + bytes[i];
	hash %= sizeof(s->peers) / sizeof(*s->peers);
	LIST_FOREACH(p, &s->peers[hash], link)
		if (!memcmp(p->address, bytes, sizeof(bytes)))
			break;
	if (p && p->connections >= s->most_per_address)
		return NULL;
	if (!p) {
		p = calloc(1, sizeof(*p));
		if (!p)
			souk_die("out of memory");
		memcpy(p->address, bytes, sizeof(bytes));
		LIST_INSERT_HEAD(&s->peers[hash], p, link);
	}
	p->connections++;
	return p;
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from, int len,
	void *context)
{
	struct server *s = context;
	struct peer *peer = NULL;

	(void)listener, (void)len;
	if (s->most_per_address && from->sa_family != AF_UNIX && !(peer = admit(s, from))) {
		s->metrics.refused_connections++;
		close(fd);
		return;
	}
	connection_open(s, fd, peer);
	/* Who comes now waits in the queue of the system. */
	if (s->connection_count >= (size_t)s->most_connections)
		listen_pause(s, true);
}

static void on_resume(evutil_socket_t fd, short what, void *context)
{
	(void)fd, (void)what;
	listen_pause(context, false);
}

/* No descriptors, most likely: it will pass. */
static void on_error(struct evconnlistener *listener, void *context)
{
	struct server *s = context;

	(void)listener;
	souk_warn("cannot accept a connection: %s", strerror(errno));
	listen_pause(s, true);
	event_add(&s->listening->resume, &(struct timeval){0, 100000});
}

void listen_add(struct server *s, int fd, bool given)
{
	struct listening *l = s->listening;

	if (l->count == MOST_LISTENERS)
		souk_die("too many sockets to listen at: at most %d", MOST_LISTENERS);
	evutil_make_socket_nonblocking(fd);
	/* Connections inherit them. At a socket file they mean nothing. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &(int){1}, sizeof(int));
	l->at[l->count] = evconnlistener_new(s->base, on_accept, s, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
		0, fd);
	if (!l->at[l->count])
		souk_die_errno("cannot listen");
	l->given[l->count] = given;
	evconnlistener_set_error_cb(l->at[l->count++], on_error);
}

static void tell_address(const struct server *s, int fd, const char *text)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);
	char host[NI_MAXHOST], port[NI_MAXSERV];

	if (!s->verbose)
		return;
	if (getsockname(fd, (struct sockaddr *)&at, &len) == 0 && at.ss_family != AF_UNIX &&
	    getnameinfo((struct sockaddr *)&at, len, host, sizeof(host), port, sizeof(port),
		    NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		souk_warn("listening at %s port %s", host, port);
	else
		souk_warn("listening at %s", text);
}

static void listen_at(struct server *s, const char *text)
{
	struct souk_address address;
	const char *why;
	int fds[8], count;

	if (!souk_address_find(&address, text, true, &why))
		souk_die_usage("--listen %s: %s", text, why);
	count = souk_address_listen(&address, fds, sizeof(fds) / sizeof(*fds));
	if (!count)
		souk_die_errno("cannot listen at %s", text);
	made_add(&address, true);
	for (int i = 0; i < count; i++) {
		listen_add(s, fds[i], false);
		tell_address(s, fds[i], text);
	}
	souk_address_free(&address);
}

void listen_open(struct server *s)
{
	s->listening = calloc(1, sizeof(*s->listening));
	if (!s->listening)
		souk_die("out of memory");
	evtimer_assign(&s->listening->resume, s->base, on_resume, s);
	if (s->listen.count > MOST_LISTENERS / 8)
		souk_die_usage("too many addresses: at most %d", MOST_LISTENERS / 8);
	given_by_systemd(s);
	if (s->inetd)
		given_by_inetd(s);
	for (size_t i = 0; i < s->listen.count; i++)
		listen_at(s, s->listen.at[i]);
	if (!s->listening->count && !s->socket_given)
		souk_die_usage("nowhere to listen: give --listen ADDRESS, --inetd, or sockets by systemd");
}

bool listen_any(const struct server *s)
{
	return s->listening->count > 0;
}

void listen_pause(struct server *s, bool pause)
{
	struct listening *l = s->listening;

	if (!l || l->paused == pause)
		return;
	l->paused = pause;
	for (size_t i = 0; i < l->count; i++)
		(pause ? evconnlistener_disable : evconnlistener_enable)(l->at[i]);
}

void listen_close(struct server *s)
{
	struct listening *l = s->listening;

	/* From now on another one may listen there. */
	made_remove_for_clients();
	/* Who came in time is served; at a socket of systemd the next one will. */
	for (size_t i = 0; s->draining && i < l->count; i++) {
		int fd;

		while (!l->given[i] && (fd = accept4(evconnlistener_get_fd(l->at[i]), NULL, NULL,
			SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
			connection_open(s, fd, NULL);
	}
	for (size_t i = 0; i < l->count; i++)
		evconnlistener_free(l->at[i]);
	event_del(&l->resume);
	free(l);
	s->listening = NULL;
}
