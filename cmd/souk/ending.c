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
	case SOUK_EXIT_BAD: return ENDED_BAD;
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
