/* SPDX-License-Identifier: ISC */
/*
 * The trial of new workers. That they stay alive is no proof: one may die of its first
 * record. So each gets a single line until one of them has answered; the workers of before
 * are kept that long, with nothing new to do, and take over what the new ones leave.
 */
#include "serve.h"

/* Without a record: so much later the new filter is said to be in place. */
static const struct timeval report_time = {.tv_usec = 750000};

/* Others are to take over from those on trial, and have yet to stay alive: the timer, and
 * whoever waits to be told, are theirs. */
static bool are_others_proving(const struct server *s)
{
	const struct worker *w;

	TAILQ_FOREACH(w, &s->workers, link)
		if (w->proving)
			return true;
	return false;
}

static void report(struct server *s, const char *why)
{
	if (are_others_proving(s))
		return;
	event_del(&s->prove_timer);
	if (!s->proving)
		return;
	s->proving = false;
	notify(s, "READY=1");
	if (s->replaced)
		s->replaced(s, why);
	if (s->replace_again && !s->draining) {
		s->replace_again = false;
		replace_all(s, s->command);
	}
}

static void on_report(evutil_socket_t fd, short what, void *context)
{
	struct server *s = context;
	struct worker *w;

	(void)fd, (void)what;
	/* What has a record is about to show what it is. */
	TAILQ_FOREACH(w, &s->workers, link)
		if (w->trial && w->count) {
			event_add(&s->prove_timer, &report_time);
			return;
		}
	report(s, NULL);
}

static void retire(struct worker *w)
{
	w->retiring = true;
	w->reserve = w->trial = false;
	dispatch_elsewhere(w);
	if (w->count && w->state == WORKER_DOWN)
		event_add(&w->timer, &(struct timeval){0, 0});
	else if (!w->count && w->state == WORKER_DOWN)
		worker_free(w);
	else if (!w->count && w->state == WORKER_UP)
		process_end(w);
}

void trial_begin(struct server *s)
{
	struct worker *w, *next;
	struct command *before = s->command;

	for (w = TAILQ_FIRST(&s->workers); w; w = next) {
		next = TAILQ_NEXT(w, link);
		if (w->proving) {
			w->proving = false;
			w->trial = true;
			s->command = w->command;
		} else if (w->trial) {
			/* Of another trial, which has not come to an end: its reserve is this one's. */
			retire(w);
		} else if (!w->retiring && !w->reserve) {
			w->reserve = true;
			dispatch_elsewhere(w);
		}
	}
	s->command->users++;
	if (s->reserve_command)
		command_release(before);
	else
		s->reserve_command = before;
	evtimer_assign(&s->prove_timer, s->base, on_report, s);
	event_add(&s->prove_timer, &report_time);
}

void trial_won(struct server *s)
{
	struct worker *w, *next;

	for (w = TAILQ_FIRST(&s->workers); w; w = next) {
		next = TAILQ_NEXT(w, link);
		w->trial = false;
		if (w->reserve)
			retire(w);
		/* Who waited because there was room for one line only. */
		else
			dispatch_elsewhere(w);
	}
	command_release(s->reserve_command);
	s->reserve_command = NULL;
	report(s, NULL);
}

void trial_lost(struct server *s, const char *why)
{
	struct worker *w, *next;

	souk_warn("the new filter %s at its first record: the workers from before go on", why);
	command_release(s->command);
	s->command = s->reserve_command;
	s->reserve_command = NULL;
	for (w = TAILQ_FIRST(&s->workers); w; w = next) {
		next = TAILQ_NEXT(w, link);
		if (w->trial) {
			w->trial = false;
			w->retiring = w->stranded = true;
			dispatch_elsewhere(w);
			if (w->state == WORKER_UP)
				worker_fail(w, END_EXIT);
		} else if (w->reserve) {
			w->reserve = false;
		}
	}
	report(s, "the new filter failed at its first record");
}

void trial_forget(struct server *s)
{
	if (s->reserve_command)
		command_release(s->reserve_command);
	s->reserve_command = NULL;
}
