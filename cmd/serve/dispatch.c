/* SPDX-License-Identifier: ISC */
/* Dealing lines out to workers: connections take turns, each with a few lines. */
#include "serve.h"

static bool has_room(const struct worker *w)
{
	return !(w->trial && w->count) && w->count < w->server->batch && queue_len(&w->bytes) < SOUK_BATCH_BYTES;
}

static bool takes_lines(const struct worker *w)
{
	return !w->retiring && !w->proving && !w->reserve;
}

/* The one with the least to do; one that is up, if there is any. */
static struct worker *choose(struct server *s)
{
	struct worker *best = NULL, *w;
	size_t least = SIZE_MAX;

	TAILQ_FOREACH(w, &s->workers, link) {
		size_t load = w->count + w->ready_count + (w->state == WORKER_UP ? 0 : SIZE_MAX / 2);

		if (!takes_lines(w) || load >= least)
			continue;
		best = w;
		least = load;
	}
	return best;
}

static void enqueue(struct connection *c, bool held)
{
	struct worker *w = c->worker;

	c->ready = true;
	c->held = held;
	w->ready_count++;
	if (held)
		TAILQ_INSERT_TAIL(&w->held, c, ready_link);
	else
		TAILQ_INSERT_TAIL(&w->ready, c, ready_link);
}

static void dequeue(struct connection *c)
{
	struct worker *w = c->worker;

	c->ready = false;
	w->ready_count--;
	if (c->held)
		TAILQ_REMOVE(&w->held, c, ready_link);
	else
		TAILQ_REMOVE(&w->ready, c, ready_link);
}

static bool may_give(const struct connection *c)
{
	return connection_has_lines(c) && c->outstanding < c->server->most_outstanding &&
		queue_len(&c->out) < OUT_BYTES;
}

void dispatch_ready(struct connection *c)
{
	if (c->ready || c->closed || !may_give(c))
		return;
	/* Another worker only when this one has answered all, or the order were lost. */
	if (!c->outstanding && (!c->worker || !takes_lines(c->worker) || c->worker->state != WORKER_UP))
		c->worker = choose(c->server);
	if (c->worker && takes_lines(c->worker))
		enqueue(c, false);
}

void dispatch_forget(struct connection *c)
{
	if (c->ready)
		dequeue(c);
	if (!c->outstanding)
		c->worker = NULL;
}

static void add_line(struct worker *w, const struct souk_input_line *line, const struct entry *entry)
{
	struct connection *c = entry->connection;

	queue_add(&w->bytes, line->at, line->len, NULL);
	queue_add(&w->bytes, "\n", 1, NULL);
	w->entries[(w->first + w->count++) % w->server->batch] = *entry;
	c->outstanding++;
	if (!entry->id_len) {
		w->nameless = c;
		w->nameless_count++;
	}
	lines_take(c, line);
}

/* A turn of a connection. */
static void give(struct worker *w, struct connection *c)
{
	struct souk_input_line line;
	struct entry entry;
	size_t bytes = 0;
	int lines = 0;

	for (; lines < QUANTUM_LINES && bytes < QUANTUM_BYTES && has_room(w) && may_give(c); lines++) {
		if (lines_next(c, &line, &entry) != TAKEN_LINE)
			break;
		/* Without ids only their order tells lines apart: those of two connections
		 * never stand beside each other, so that no fault can swap their answers. */
		if (!entry.id_len && w->nameless_count && w->nameless != c) {
			enqueue(c, true);
			break;
		}
		bytes += entry.len;
		add_line(w, &line, &entry);
	}
	if (!c->outstanding && !c->ready)
		c->worker = NULL;
	/* To go on with it, or to read on. */
	if (lines)
		connection_touch(c);
}

/* The lines that new workers have left when they failed, before all others. */
static void take_stranded(struct worker *w)
{
	struct worker *from, *next;

	for (from = TAILQ_FIRST(&w->server->workers); from; from = next) {
		const struct entry *e = &from->entries[from->first];

		next = TAILQ_NEXT(from, link);
		if (!from->stranded || from->state != WORKER_DOWN || !has_room(w) ||
		    (!e->id_len && w->nameless_count && w->nameless != e->connection))
			continue;
		queue_add(&w->bytes, from->bytes.at + from->bytes.start, e->len, NULL);
		w->entries[(w->first + w->count++) % w->server->batch] = *e;
		e->connection->worker = w;
		if (!e->id_len) {
			w->nameless = e->connection;
			w->nameless_count++;
		}
		worker_free(from);
	}
}

static void fill(struct worker *w)
{
	struct connection *c;
	uint32_t before = w->count;

	if (takes_lines(w) && w->state == WORKER_UP)
		take_stranded(w);
	while (has_room(w) && (c = TAILQ_FIRST(&w->ready))) {
		dequeue(c);
		before = w->count;
		give(w, c);
		if (!c->ready && w->count > before)
			dispatch_ready(c);
	}
}

void dispatch_all(struct server *s)
{
	struct worker *w;

	TAILQ_FOREACH(w, &s->workers, link) {
		uint32_t before = w->count;

		fill(w);
		if (w->count > before)
			metrics_batch(&s->metrics, w->count - before);
		worker_write(w);
	}
}

void dispatch_answered(struct worker *w, const struct entry *e)
{
	struct connection *c = e->connection, *held;

	c->outstanding--;
	if (!c->outstanding && !c->ready)
		c->worker = NULL;
	if (!e->id_len && --w->nameless_count == 0) {
		w->nameless = NULL;
		while ((held = TAILQ_FIRST(&w->held))) {
			dequeue(held);
			enqueue(held, false);
		}
	}
	connection_touch(c);
}

void dispatch_elsewhere(struct worker *w)
{
	struct connection *c;

	while ((c = TAILQ_FIRST(&w->ready)) || (c = TAILQ_FIRST(&w->held))) {
		dequeue(c);
		if (!c->outstanding)
			c->worker = NULL;
		connection_touch(c);
	}
}
