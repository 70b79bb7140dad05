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
		/* A stage that ends well must have read all there was. */
		return running_ending(run, after) == ENDED_WELL ? ENDED_SYSTEM : ENDED_CUT_OFF;
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
			WEXITSTATUS(state) == SOUK_EXIT_BAD ? ": there were bad records" : "");
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
