/* SPDX-License-Identifier: ISC */
/* How a pipeline ended: which stage is to blame, and the exit state of the whole. */
#include <signal.h>
#include <sys/wait.h>

#include "souk.h"

static bool ended_by_sigpipe(const struct running *run, size_t i)
{
	return WIFSIGNALED(run->states[i]) && WTERMSIG(run->states[i]) == SIGPIPE;
}

/* Whether a signal is one that we sent. */
static bool was_sent(const struct running *run, size_t i, int signal)
{
	return (run->draining && i == 0 && signal == SIGTERM) ||
		(run->stopping && signal == run->stop_signal);
}

/* The kind of the verb that a stage runs, as it declares it: "filter". NULL if it
 * declares nothing. */
static const char *kind_of(struct souk_arena *arena, const struct stage *stage)
{
	const char *kind = NULL;

	for (struct declared *d = read_declarations(arena, stage->command); d; d = d->next)
		if (!*d->verb ? !kind : stage->argc > 1 && strcmp(d->verb, stage->argv[1]) == 0)
			kind = d->kind;
	return kind;
}

static uint64_t records_of(const struct running *run, size_t i)
{
	return atomic_load_explicit(&run->slots[i].records, memory_order_relaxed);
}

static bool counted(const struct running *run, size_t i)
{
	return atomic_load_explicit(&run->slots[i].joined, memory_order_relaxed);
}

/* Whether stage `i`, which does not count itself, was given more records than the
 * stage after it got: that can be told where its neighbours count what they wrote and
 * read. It can't be of a stage that says that it makes other records of them. */
static bool left_records(const struct running *run, size_t i)
{
	const struct stage *stage = &run->pipeline->stages[i];
	struct souk_arena arena = {0};
	const char *before, *own, *after;
	bool comparable;

	if (i == 0 || i == run->pipeline->count - 1 || counted(run, i) || !counted(run, i - 1) ||
	    !counted(run, i + 1) || records_of(run, i - 1) <= records_of(run, i + 1) ||
	    !WIFEXITED(run->states[i + 1]) || WEXITSTATUS(run->states[i + 1]) > SOUK_EXIT_BAD)
		return false;
	before = kind_of(&arena, stage - 1);
	own = kind_of(&arena, stage);
	after = kind_of(&arena, stage + 1);
	comparable = before && (!strcmp(before, "filter") || !strcmp(before, "source")) &&
		(!own || !strcmp(own, "filter")) && after && !strcmp(after, "filter");
	souk_arena_free(&arena);
	return comparable;
}

enum ending running_ending(const struct running *run, size_t i)
{
	size_t count = run->pipeline->count, after = i;

	if (ended_by_sigpipe(run, i)) {
		while (after < count && ended_by_sigpipe(run, after))
			after++;
		if (after == count)
			return ENDED_UNREAD;
		/* A stage that ends well, or with bad records, must have read all there was; and a
		 * language's uncaught exception is exit 1 too. */
		return running_ending(run, after) <= ENDED_BAD ? ENDED_SYSTEM : ENDED_CUT_OFF;
	}
	if (WIFSIGNALED(run->states[i]))
		return was_sent(run, i, WTERMSIG(run->states[i])) ? ENDED_WELL : ENDED_SYSTEM;
	switch (WEXITSTATUS(run->states[i])) {
	case SOUK_EXIT_OK: return ENDED_WELL;
	case SOUK_EXIT_BAD: return left_records(run, i) ? ENDED_SYSTEM : ENDED_BAD;
	case SOUK_EXIT_USAGE: return ENDED_USAGE;
	default: return ENDED_SYSTEM;
	}
}

/* Whether its exit state 1 means bad records: others end so for any reason. */
static bool keeps_contract(const struct stage *stage)
{
	struct souk_arena arena = {0};
	const char *slash = strrchr(stage->command, '/');
	bool declares = strncmp(slash ? slash + 1 : stage->command, "souk-", 5) == 0 &&
		read_declarations(&arena, stage->command);

	souk_arena_free(&arena);
	return declares;
}

static void say(const struct running *run, size_t i)
{
	const struct stage *stage = &run->pipeline->stages[i];
	int state = run->states[i];

	if (ended_by_sigpipe(run, i))
		souk_warn("stage %zu (%s) was cut off: a later stage ended before its input did",
			i + 1, stage->title);
	else if (WIFSIGNALED(state))
		souk_warn("stage %zu (%s) ended by signal %d (%s)", i + 1, stage->title,
			WTERMSIG(state), strsignal(WTERMSIG(state)));
	else if (WEXITSTATUS(state) == SOUK_EXIT_BAD && left_records(run, i))
		souk_warn("stage %zu (%s) ended with exit state %d: of %llu records it passed on %llu", i + 1,
			stage->title, WEXITSTATUS(state), (unsigned long long)records_of(run, i - 1),
			(unsigned long long)records_of(run, i + 1));
	else
		souk_warn("stage %zu (%s) ended with exit state %d%s", i + 1, stage->title,
			WEXITSTATUS(state),
			WEXITSTATUS(state) == SOUK_EXIT_BAD && keeps_contract(stage)
				? ": there were bad records"
				: "");
}

int running_judge(const struct running *run)
{
	int worst = SOUK_EXIT_OK;

	for (size_t i = 0; i < run->pipeline->count; i++) {
		enum ending ending = running_ending(run, i);

		if (ending == ENDED_WELL || ending == ENDED_CUT_OFF || ending == ENDED_UNREAD)
			continue;
		say(run, i);
		if ((int)ending > worst)
			worst = (int)ending;
	}
	return worst;
}
