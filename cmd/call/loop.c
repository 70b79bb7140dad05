/* SPDX-License-Identifier: ISC */
/* The loop: records in, requests out, answers in, records out. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "call.h"
#include "progress.h"

static const int64_t SECOND = 1000000000;

static bool has_room(const struct call *c)
{
	return c->after - c->first < SLOTS && c->window_bytes < WINDOW_BYTES;
}

static void take_lines(struct call *c)
{
	const struct souk_input_line *lines;
	size_t count;

	/* No more than fit: lines taken are gone. */
	while (has_room(c) && (count = souk_input_take(c->input, &lines, SLOTS - (c->after - c->first))))
		for (size_t i = 0; i < count; i++)
			request_take(c, &lines[i]);
}

/* Hands slots to instances, in their order. */
static void deal_out(struct call *c)
{
	for (; c->unsent < c->after; c->unsent++) {
		struct slot *s = slot_of(c, c->unsent);
		struct instance *i;

		if (s->state != SLOT_UNSENT)
			continue;
		i = instance_choose(c, s);
		if (!i)
			return;
		instance_send(c, i, c->unsent);
	}
}

static void free_slot(struct call *c, struct slot *s)
{
	c->window_bytes -= s->text.len + s->result.len;
	if (c->kept_bytes + s->text.cap + s->result.cap > KEPT_BYTES) {
		souk_buffer_free(&s->text);
		souk_buffer_free(&s->result);
	}
	c->kept_bytes += s->text.cap + s->result.cap;
}

/* Who reads the output may be slow. For that time nobody was listened to: no instance is
 * late by it. */
static void write_out(struct call *c)
{
	int64_t before = souk_clock_ns(), spent;

	if (!souk_write_all(STDOUT_FILENO, c->out.at, c->out.len)) {
		/* With TLS it is ignored, for the sake of the sockets. */
		if (errno == EPIPE) {
			signal(SIGPIPE, SIG_DFL);
			raise(SIGPIPE);
		}
		souk_die_errno("cannot write the output");
	}
	c->out.len = 0;
	spent = souk_clock_ns() - before;
	c->now += spent;
	c->down_since += c->down_since ? spent : 0;
	for (size_t i = 0; i < c->instance_count; i++)
		c->instances[i].progress += spent;
}

/* Writes what is done, in the order of the input. */
static void write_done(struct call *c)
{
	while (c->first < c->after && slot_of(c, c->first)->state == SLOT_DONE) {
		struct slot *s = slot_of(c, c->first++);

		souk_add(&c->out, s->result.at, s->result.len);
		c->written++;
		free_slot(c, s);
		if (c->out.len >= READ_BYTES)
			write_out(c);
	}
	if (c->out.len)
		write_out(c);
	if (c->unsent < c->first)
		c->unsent = c->first;
	souk_progress_set(c->written, c->bad + c->failed);
}

static int64_t sooner(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When something is due though nothing happens. */
static int64_t next_due(const struct call *c)
{
	int64_t due = INT64_MAX;

	for (const struct instance *i = c->instances; i < c->instances + c->instance_count; i++) {
		if (i->state == INSTANCE_DOWN)
			due = sooner(due, i->retry_at);
		else if (i->count || i->state == INSTANCE_CONNECTING || i->state == INSTANCE_SHAKING_HANDS)
			due = sooner(due, i->progress + c->timeout * SECOND);
	}
	for (const struct place *p = c->places; p < c->places + c->place_count; p++)
		due = sooner(due, p->look_at);
	return sooner(due, give_up_at(c));
}

static void wait_for_events(struct call *c, struct pollfd *polls)
{
	int64_t due = next_due(c), left = due - c->now;
	struct timespec limit = {left / SECOND, left % SECOND};
	sigset_t mask;

	if (left < 0)
		limit = (struct timespec){0};
	polls[0] = (struct pollfd){.fd = c->input_ended || !has_room(c) ? -1 : STDIN_FILENO, .events = POLLIN};
	polls[1] = (struct pollfd){.fd = c->looked, .events = POLLIN};
	for (size_t i = 0; i < c->instance_count; i++) {
		const struct instance *at = &c->instances[i];
		bool writes = at->state == INSTANCE_CONNECTING ||
			(at->state == INSTANCE_UP && at->written < at->out.len);

		polls[i + 2] = (struct pollfd){.fd = at->fd, .events = (short)(POLLIN | (writes ? POLLOUT : 0))};
		if (at->tls)
			polls[i + 2].events = souk_tls_events(at->tls, writes);
	}
	sigprocmask(SIG_BLOCK, NULL, &mask);
	sigdelset(&mask, SIGTERM);
	if (ppoll(polls, c->instance_count + 2, due == INT64_MAX ? NULL : &limit, &mask) < 0) {
		if (errno != EINTR)
			souk_die_errno("cannot wait for input");
		for (size_t i = 0; i < c->instance_count + 2; i++)
			polls[i].revents = 0;
	}
	c->now = souk_clock_ns();
}

static void serve_instance(struct call *c, struct instance *i, short events)
{
	if (i->state == INSTANCE_DOWN) {
		if (c->now >= i->retry_at)
			instance_connect(c, i);
		return;
	}
	if (i->state == INSTANCE_UNUSED || i->state == INSTANCE_LOOKING)
		return;
	if (i->state != INSTANCE_UP) {
		if (events || c->now - i->progress > c->timeout * SECOND)
			instance_connect(c, i);
		return;
	}
	/* By TLS reading may have waited until it could write. */
	if (events & (POLLIN | POLLHUP | POLLERR) || (i->tls && events))
		instance_read(c, i);
	if (i->state == INSTANCE_UP && i->count && c->now - i->progress > c->timeout * SECOND)
		instance_fail(c, i, "it does not answer");
}

int call_run(struct call *c)
{
	struct pollfd polls[2 + MOST_INSTANCES];

	souk_catch_term();
	if (c->tls_context)
		signal(SIGPIPE, SIG_IGN);
	souk_widen_pipe(STDIN_FILENO);
	souk_widen_pipe(STDOUT_FILENO);
	souk_progress_set(0, 0);
	c->now = souk_clock_ns();
	places_start(c);
	while (!c->input_ended || c->first < c->after) {
		wait_for_events(c, polls);
		for (size_t i = 0; i < c->instance_count; i++)
			serve_instance(c, &c->instances[i], polls[i + 2].revents);
		places_update(c, polls[1].revents);
		if (!c->ending_since && souk_terminated())
			c->ending_since = c->now;
		if (c->ending_since || (polls[0].revents && !souk_input_fill(c->input)))
			c->input_ended = true;
		note_who_is_up(c);
		/* What becomes free by an answer is filled at once. */
		do {
			write_done(c);
			take_lines(c);
			deal_out(c);
			give_up(c);
		} while (c->first < c->after && slot_of(c, c->first)->state == SLOT_DONE);
		for (size_t i = 0; i < c->instance_count; i++)
			if (c->instances[i].state == INSTANCE_UP)
				instance_write(c, &c->instances[i]);
	}
	write_done(c);
	if (c->bad > SOUK_BAD_LINES_NAMED)
		souk_warn("%llu lines in all were no records", (unsigned long long)c->bad);
	return c->bad || (c->exit_on_failed && c->failed) ? SOUK_EXIT_BAD : SOUK_EXIT_OK;
}
