/* SPDX-License-Identifier: ISC */
/* A worker: what it has to do, and what becomes of that when it ends. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "serve.h"

enum {
	AT_ONCE_MS = 1000, /* who dies younger, without an answer, is started again later */
	FIRST_DELAY_MS = 100,
	LAST_DELAY_MS = 10000,
	ALONE_DEATHS = 2,  /* of one line, before it is to blame: others kill workers too */
};

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	struct worker *w = context;

	(void)fd, (void)what;
	/* What one that was replaced still owes is done by the program that took over. */
	if (w->retiring && w->command != w->server->command) {
		command_release(w->command);
		w->command = w->server->command;
		w->command->users++;
	}
	if (process_start(w))
		return;
	souk_warn("worker %u: cannot run %s: %s", w->number, w->command->argv[0], strerror(errno));
	event_add(&w->timer, &(struct timeval){LAST_DELAY_MS / 1000, 0});
}

struct worker *worker_new(struct server *s, struct command *command)
{
	struct worker *w = calloc(1, sizeof(*w));

	if (!w || !(w->entries = malloc((size_t)s->batch * sizeof(*w->entries))))
		souk_die("out of memory");
	w->server = s;
	w->command = command;
	command->users++;
	w->number = ++s->next_number;
	w->state = WORKER_DOWN;
	w->input = w->output = -1;
	w->down_since = s->now;
	TAILQ_INIT(&w->ready);
	TAILQ_INIT(&w->held);
	evtimer_assign(&w->timer, s->base, on_timer, w);
	TAILQ_INSERT_TAIL(&s->workers, w, link);
	return w;
}

void worker_free(struct worker *w)
{
	event_del(&w->timer);
	process_close(w);
	TAILQ_REMOVE(&w->server->workers, w, link);
	queue_free(&w->bytes, NULL);
	queue_free(&w->answers, NULL);
	command_release(w->command);
	free(w->entries);
	free(w);
}

/* How much may be written: after a death only one line, until it is answered. */
static size_t allowed(const struct worker *w)
{
	return w->careful ? w->entries[w->first].len : queue_len(&w->bytes);
}

void worker_write(struct worker *w)
{
	size_t most = w->state == WORKER_UP ? allowed(w) : 0;

	if (w->written >= most)
		return;
	if (!w->written)
		w->progress = souk_clock_ns();
	while (w->written < most) {
		ssize_t done = write(w->input, w->bytes.at + w->bytes.start + w->written, most - w->written);

		if (done < 0 && errno == EINTR)
			continue;
		/* Of its end its output tells, when all it has answered was read. */
		if (done < 0 && errno != EAGAIN)
			most = w->written;
		if (done < 0)
			break;
		w->written += (size_t)done;
	}
	if (w->writing != (w->written < most)) {
		w->writing = !w->writing;
		if (w->writing)
			event_add(&w->write_event, NULL);
		else
			event_del(&w->write_event);
	}
}

void worker_pop(struct worker *w)
{
	struct entry e = w->entries[w->first];

	w->first = (w->first + 1) % (uint32_t)w->server->batch;
	w->count--;
	w->written -= w->written < e.len ? w->written : e.len;
	queue_take(&w->bytes, e.len, false, NULL);
	if (w->careful)
		w->careful--;
	w->alone_deaths = 0;
	w->progress = souk_clock_ns();
	dispatch_answered(w, &e);
	if (w->retiring && !w->count && w->state == WORKER_UP)
		process_end(w);
}

void worker_fail(struct worker *w, enum worker_end reason)
{
	w->reason = reason;
	w->state = WORKER_DYING;
	process_close(w);
	if (w->pid)
		process_kill(w);
	else
		worker_died(w);
}

/* How many lines it has seen, if only in part. */
static uint32_t count_sent(const struct worker *w)
{
	uint32_t sent = 0;
	size_t at = 0;

	for (; sent < w->count && at < w->written; sent++)
		at += w->entries[(w->first + sent) % w->server->batch].len;
	return sent;
}

static const char *why_it_failed(const struct worker *w, char why[160])
{
	static const char *const fault[] = {
		[END_HUNG] = "did not answer in time", [END_STRAY] = "wrote a line that nobody asked for",
		[END_ID] = "answered with another id", [END_RECORD] = "wrote a line that is no record",
	};
	char ending[64];

	snprintf(why, 160, "%s", w->reason == END_EXIT ? process_ending(w, ending) : fault[w->reason]);
	return why;
}

/* What it has seen is sent again, one by one, or is answered here. */
static void take_back(struct worker *w)
{
	uint32_t sent = count_sent(w);
	char why[160];

	w->written = 0;
	queue_take(&w->answers, queue_len(&w->answers), true, NULL);
	why_it_failed(w, why);
	if (!w->retiring || w->count)
		souk_warn("worker %u %s: %u lines were with it", w->number, why, sent);
	if (!w->command->idempotent) {
		while (sent--)
			answer_waiting(w, w->reason == END_HUNG ? "timeout" : "unavailable", why);
		w->careful = 0;
	} else if (w->careful && sent) {
		if (++w->alone_deaths >= ALONE_DEATHS || w->reason == END_HUNG)
			answer_waiting(w, w->reason == END_HUNG ? "timeout" : "unavailable", why);
	} else if (sent) {
		w->careful = sent;
	}
}

void worker_died(struct worker *w)
{
	struct server *s = w->server;
	int64_t delay = 0;
	char why[160];

	if (w->proving) {
		replace_failed(s, "a new worker ended at once");
		return;
	}
	if (w->trial)
		trial_lost(s, why_it_failed(w, why));
	if (w->count || !w->retiring) {
		s->metrics.restarts[w->reason]++;
		take_back(w);
	}
	w->state = WORKER_DOWN;
	dispatch_elsewhere(w);
	w->down_since = souk_clock_ns();
	if (w->retiring && !w->count) {
		worker_free(w);
		return;
	}
	/* Another one takes what it has (dispatch.c). */
	if (w->stranded)
		return;
	/* A first worker that does not know its options will never learn them. */
	if (!s->has_answered && WIFEXITED(w->status) && WEXITSTATUS(w->status) == SOUK_EXIT_USAGE)
		exit(SOUK_EXIT_USAGE);
	if (!w->has_answered && w->down_since - w->started < AT_ONCE_MS * 1000000ll) {
		delay = (int64_t)FIRST_DELAY_MS << (w->at_once < 10 ? w->at_once : 10);
		if (delay > LAST_DELAY_MS)
			delay = LAST_DELAY_MS;
		w->at_once++;
	} else {
		w->at_once = 0;
	}
	event_add(&w->timer, &(struct timeval){delay / 1000, delay % 1000 * 1000});
}

void worker_tick(struct worker *w)
{
	int64_t now = souk_clock_ns(), limit = w->server->timeout * 1000000000ll;

	if (w->state == WORKER_UP && w->count && w->written && now - w->progress > limit)
		worker_fail(w, END_HUNG);
	else if ((w->state == WORKER_ENDING || w->state == WORKER_DYING) && now - w->progress > limit)
		process_kill(w);
	else if (w->state == WORKER_DOWN && now - w->down_since > limit)
		while (w->count)
			answer_waiting(w, "unavailable", "has no worker that runs");
	if (w->state == WORKER_DOWN && w->retiring && !w->count)
		worker_free(w);
}
