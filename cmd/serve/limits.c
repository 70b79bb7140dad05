/* SPDX-License-Identifier: ISC */
/* The memory that connections may hold, and how long they may be silent. */
#include "serve.h"

void limits_budget(struct server *s)
{
	struct connection *c;

	if (!s->paused && s->held > (size_t)s->budget) {
		s->paused = true;
		s->paused_since = s->now;
		TAILQ_FOREACH(c, &s->connections, link)
			connection_touch(c);
	} else if (s->paused && s->held <= (size_t)s->budget / 4 * 3) {
		s->paused = false;
		TAILQ_FOREACH(c, &s->connections, link)
			connection_touch(c);
	}
}

/* Where nothing gets free by itself, who holds most pays for all. */
static void drop_largest(struct server *s)
{
	while (s->held > (size_t)s->budget / 4 * 3) {
		struct connection *c, *largest = NULL;
		size_t most = SMALL_BYTES;

		TAILQ_FOREACH(c, &s->connections, link)
			if (connection_holds(c) > most) {
				most = connection_holds(c);
				largest = c;
			}
		if (!largest)
			return;
		s->metrics.dropped++;
		connection_close(largest);
	}
}

static void drop_idle(struct server *s)
{
	struct connection *c, *next;

	for (c = TAILQ_FIRST(&s->connections); c; c = next) {
		int64_t idle = s->now - c->active;

		next = TAILQ_NEXT(c, link);
		if (c->last && idle > 1000000000)
			connection_close(c);
		else if (idle > s->idle * 1000000000 && !c->outstanding)
			connection_close(c);
		else if (!s->draining && idle <= s->idle * 1000000000)
			break;
	}
}

void limits_tick(struct server *s)
{
	if (s->paused && s->now - s->paused_since > 1000000000)
		drop_largest(s);
	drop_idle(s);
}
