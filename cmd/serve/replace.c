/* SPDX-License-Identifier: ISC */
/* Command lines of workers, and new workers in place of those that run. */
#include "serve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "description.h"

enum { PROOF_MS = 250 }; /* so long a new worker has to stay alive before it gets a line */

/* Takes a verb that the program declares, if it is run with that: it is named by the first
 * argument, or has no name. */
static void learn(void *context, struct souk_record *r)
{
	struct command *command = context;
	const char *word = command->argv[1] ? command->argv[1] : "";
	struct souk_text function;

	if (!souk_described_as(r, "verb", word) && (command->declared || !souk_described_as(r, "verb", "")))
		return;
	if ((!souk_described_as(r, "kind", "filter") && !souk_described_as(r, "kind", "map")) ||
	    !souk_decode(r, souk_member(r, "function"), &function))
		return;
	command->declared = true;
	free(command->function);
	command->function = strndup(function.at, function.len);
	if (!command->function)
		souk_die("out of memory");
	command->on_failed = souk_described_true(r, "on_failed");
	command->on_waiting = souk_described_true(r, "on_waiting");
}

struct command *command_new(const struct server *s, char **argv, size_t count)
{
	struct command *command = calloc(1, sizeof(*command));
	const char *slash;

	if (!command || !(command->argv = calloc(count + 1, sizeof(*command->argv))))
		souk_die("out of memory");
	for (size_t i = 0; i < count; i++)
		if (!(command->argv[i] = strdup(argv[i])))
			souk_die("out of memory");
	command->users = 1;
	souk_read_description(command->argv[0], learn, command);
	command->idempotent = command->declared || s->idempotent;
	slash = strrchr(command->argv[0], '/');
	command->name = s->name ? s->name : command->function ? command->function
		: slash ? slash + 1 : command->argv[0];
	return command;
}

void command_release(struct command *command)
{
	if (--command->users)
		return;
	for (char **word = command->argv; *word; word++)
		free(*word);
	free(command->argv);
	free(command->function);
	free(command);
}

/* The new workers that have not yet proven themselves end; the others stay. */
void replace_failed(struct server *s, const char *why)
{
	struct worker *w, *next;
	bool again = s->replace_again && !s->draining;

	event_del(&s->prove_timer);
	s->proving = s->replace_again = false;
	souk_warn("%s: the workers that run stay", why);
	for (w = TAILQ_FIRST(&s->workers); w; w = next) {
		next = TAILQ_NEXT(w, link);
		if (!w->proving)
			continue;
		process_kill(w);
		worker_free(w);
	}
	notify(s, "READY=1");
	if (s->replaced)
		s->replaced(s, why);
	/* Who asked for it meanwhile did not ask for what has failed. */
	if (again)
		replace_all(s, s->command);
}

void replace_forget(struct server *s)
{
	struct worker *w;

	event_del(&s->prove_timer);
	s->proving = s->replace_again = false;
	TAILQ_FOREACH(w, &s->workers, link)
		w->proving = false;
	if (s->replaced)
		s->replaced(s, "the service is about to end");
}

static void on_proven(evutil_socket_t fd, short what, void *context)
{
	(void)fd, (void)what;
	trial_begin(context);
}

bool replace_all(struct server *s, struct command *command)
{
	if (s->proving) {
		s->replace_again = true;
		return true;
	}
	s->proving = true;
	notify(s, "RELOADING=1");
	evtimer_assign(&s->prove_timer, s->base, on_proven, s);
	for (int64_t i = 0; i < s->worker_count; i++) {
		struct worker *w = worker_new(s, command);

		w->proving = true;
		if (!process_start(w)) {
			char why[200];

			snprintf(why, sizeof(why), "cannot run %.100s: %s", command->argv[0], strerror(errno));
			replace_failed(s, why);
			return false;
		}
	}
	event_add(&s->prove_timer, &(struct timeval){0, PROOF_MS * 1000});
	return true;
}
