/* SPDX-License-Identifier: ISC */
/* Command lines of workers, and new workers in place of those that run. */
#include "serve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "description.h"

enum { PROOF_MS = 250 }; /* so long a new worker has to stay alive before it gets a line */

/* What the program declares of the verb it is run with. */
static void learn(struct command *command)
{
	static const char *const reads[] = {"function", "verb", "kind", "on_failed", "on_waiting", NULL};
	struct souk_buffer text = {0};
	struct souk_record r = {0};
	bool good = souk_read_description(&text, command->argv[0]);
	const char *word = command->argv[1] ? command->argv[1] : "";

	souk_record_init(&r, "serve", &(struct souk_interest){.reads = reads});
	memset(souk_buffer_room(&text, SOUK_RECORD_PAD), 0, SOUK_RECORD_PAD);
	for (size_t at = 0; good && at < text.len;) {
		char *end = memchr(text.at + at, '\n', text.len - at);
		struct souk_text function = {0}, verb = {0}, kind = {0};
		size_t len = end ? (size_t)(end - text.at) - at : 0;

		good = end && souk_record_parse(&r, text.at + at, len) &&
			souk_need_text(&r, NULL, "function", 1, 64, &function) &&
			souk_need_text(&r, NULL, "verb", 0, 64, &verb) &&
			souk_need_text(&r, NULL, "kind", 1, 64, &kind);
		at += len + 1;
		if (!good || !(souk_text_is(verb, word) || (!verb.len && !command->declared)) ||
		    !(souk_text_is(kind, "filter") || souk_text_is(kind, "map")))
			continue;
		command->declared = true;
		free(command->function);
		command->function = strndup(function.at, function.len);
		if (!command->function)
			souk_die("out of memory");
		command->on_failed = souk_member(&r, "on_failed") && souk_member(&r, "on_failed")->type == SOUK_TRUE;
		command->on_waiting = souk_member(&r, "on_waiting") && souk_member(&r, "on_waiting")->type == SOUK_TRUE;
	}
	souk_record_free(&r);
	souk_buffer_free(&text);
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
	learn(command);
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
