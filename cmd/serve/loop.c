/* SPDX-License-Identifier: ISC */
/* The loop: what happens when, from start to end. */
#include "serve.h"

#include <signal.h>
#include <stdlib.h>


/* What follows on the events: answers are written, lines dealt out, until nothing is left
 * that can be done at once. */
static void turn(struct server *s)
{
	struct connection *c;

	do {
		while ((c = TAILQ_FIRST(&s->touched)))
			connection_update(c);
		dispatch_all(s);
	} while (!TAILQ_EMPTY(&s->touched));
	limits_budget(s);
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
	struct server *s = context;
	struct worker *w, *next;

	(void)fd, (void)what;
	for (w = TAILQ_FIRST(&s->workers); w; w = next) {
		next = TAILQ_NEXT(w, link);
		worker_tick(w);
	}
	limits_tick(s);
	if (s->draining && s->now - s->drain_since > s->timeout * 1000000000)
		s->done = true;
}

/* Answers what has come, and ends. A second signal ends at once. */
static void on_term(evutil_socket_t fd, short what, void *context)
{
	struct server *s = context;
	struct connection *c, *next;

	(void)fd, (void)what;
	if (s->draining) {
		s->done = true;
		return;
	}
	s->draining = true;
	s->drain_since = s->now;
	notify(s, "STOPPING=1");
	replace_forget(s);
	listen_close(s);
	for (c = TAILQ_FIRST(&s->connections); c; c = next) {
		next = TAILQ_NEXT(c, link);
		/* What was sent before counts. */
		if (c->reading)
			connection_read(c);
		connection_touch(c);
	}
}

static void on_hangup(evutil_socket_t fd, short what, void *context)
{
	struct server *s = context;

	(void)fd, (void)what;
	if (!s->draining)
		replace_all(s, s->command);
}

static void on_child(evutil_socket_t fd, short what, void *context)
{
	(void)fd, (void)what;
	process_reap(context);
}

static void set_up(struct server *s)
{
	struct timeval tick = {TICK_MS / 1000, TICK_MS % 1000 * 1000};
	struct rlimit files;

	TAILQ_INIT(&s->workers);
	TAILQ_INIT(&s->connections);
	TAILQ_INIT(&s->touched);
	getrlimit(RLIMIT_NOFILE, &s->files);
	files = s->files;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	signal(SIGPIPE, SIG_IGN);
	s->base = event_base_new();
	s->scratch = malloc(READ_BYTES);
	if (!s->base || !s->scratch)
		souk_die("out of memory");
	s->now = souk_clock_ns();
	evtimer_assign(&s->prove_timer, s->base, NULL, NULL);
	evsignal_assign(&s->term, s->base, SIGTERM, on_term, s);
	evsignal_assign(&s->interrupt, s->base, SIGINT, on_term, s);
	evsignal_assign(&s->hangup, s->base, SIGHUP, on_hangup, s);
	evsignal_assign(&s->child, s->base, SIGCHLD, on_child, s);
	event_assign(&s->tick, s->base, -1, EV_PERSIST, on_tick, s);
	event_add(&s->term, NULL);
	event_add(&s->interrupt, NULL);
	event_add(&s->hangup, NULL);
	event_add(&s->child, NULL);
	event_add(&s->tick, &tick);
}

/* Lets the workers end, which have answered all. */
static void end_workers(struct server *s)
{
	struct worker *w, *next;

	for (w = TAILQ_FIRST(&s->workers); w; w = next) {
		next = TAILQ_NEXT(w, link);
		w->retiring = true;
		if (s->done)
			process_kill(w);
		if (w->state == WORKER_UP && !w->count)
			process_end(w);
		else if (w->state == WORKER_DOWN)
			worker_free(w);
	}
}

static void loop(struct server *s)
{
	bool ending = false;

	while (!s->done && !(ending && TAILQ_EMPTY(&s->workers))) {
		if (event_base_loop(s->base, EVLOOP_ONCE) < 0)
			souk_die("the event loop failed");
		s->now = souk_clock_ns();
		turn(s);
		if (!ending && TAILQ_EMPTY(&s->connections) && (s->draining || !listen_any(s))) {
			ending = true;
			end_workers(s);
		}
	}
	s->done = !TAILQ_EMPTY(&s->workers);
	end_workers(s);
}

static void start_workers(struct server *s)
{
	for (int64_t i = 0; i < s->worker_count; i++) {
		struct worker *w = worker_new(s, s->command);

		if (!process_start(w))
			souk_die_errno("cannot run %s", s->command->argv[0]);
	}
}

static void tear_down(struct server *s)
{
	struct connection *c;

	while ((c = TAILQ_FIRST(&s->connections)))
		connection_close(c);
	while ((c = TAILQ_FIRST(&s->touched))) {
		c->outstanding = 0;
		connection_update(c);
	}
	while (!TAILQ_EMPTY(&s->workers))
		worker_free(TAILQ_FIRST(&s->workers));
	if (s->listening)
		listen_close(s);
	metrics_close(s);
	control_close(s);
	souk_tls_context_free(s->tls_context);
	trial_forget(s);
	command_release(s->command);
	event_del(&s->prove_timer);
	event_del(&s->term);
	event_del(&s->interrupt);
	event_del(&s->hangup);
	event_del(&s->child);
	event_del(&s->tick);
	event_base_free(s->base);
	souk_record_free(&s->request);
	souk_record_free(&s->answer);
	souk_buffer_free(&s->text);
	free(s->scratch);
	free(s->listen.at);
	free(s->notify_path);
}

int serve_run(struct souk_stage *stage, int operand_count, char **operands)
{
	static const char *const id[] = {"id", NULL};
	struct server *s = stage->state;

	set_up(s);
	notify_open(s);
	if (souk_tls_wanted(&s->tls))
		s->tls_context = souk_tls_context_open(&s->tls, SOUK_TLS_SERVER);
	souk_record_init(&s->request, "serve", &(struct souk_interest){.reads = id});
	souk_record_init(&s->answer, "serve", &(struct souk_interest){.reads = id});
	/* First the addresses: who calls while the filter is asked what it is just waits. */
	listen_open(s);
	metrics_open(s);
	control_open(s);
	s->command = command_new(s, operands, (size_t)operand_count);
	start_workers(s);
	notify(s, "READY=1");
	loop(s);
	tear_down(s);
	return SOUK_EXIT_OK;
}
