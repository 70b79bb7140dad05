/* SPDX-License-Identifier: ISC */
/* Whether conditions can be taken. They are tried in a process of its own, which may run
 * away, or crash: of what is written by mistake jq takes most, but not all. */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "condition.h"
#include "error.h"

/* How the process ended. */
enum trial { WELL, NOT_COMPILED, TOO_LONG, CRASHED };

/* After so many seconds the process is ended: jq has functions that nothing halts. */
enum { MOST_SECONDS = 2 };

/* A condition should not wait for its first real order to run away. */
static const char ordinary[] =
	"{\"id\":\"o1\",\"time\":\"2026-01-01T00:00:00Z\",\"currency\":\"GBP\","
	"\"customer\":{\"id\":\"c1\",\"group\":\"retail\",\"orders\":1,\"email\":\"a@example.com\"},"
	"\"ship_to\":{\"country\":\"GB\",\"postcode\":\"SW1Y 4JH\",\"city\":\"London\"},"
	"\"ship_method\":\"standard\",\"coupons\":[\"A\"],\"meta\":{\"a\":\"b\"},"
	"\"lines\":[{\"id\":\"1\",\"sku\":\"A\",\"qty\":2},{\"id\":\"2\",\"sku\":\"B\",\"qty\":1}],"
	"\"catalog\":{\"lines\":[{\"title\":\"A\",\"category\":\"C > D\",\"tags\":[\"t\"]},{\"title\":\"B\"}]},"
	"\"price\":{\"lines\":[{\"unit_price\":250,\"subtotal\":500},{\"unit_price\":99,\"subtotal\":99}],"
	"\"subtotal\":599}}";
enum { ORDINARY_TIME = 1767225600 };

static void limit_time(void)
{
	struct rusage used;
	struct rlimit limit;

	getrusage(RUSAGE_SELF, &used);
	getrlimit(RLIMIT_CPU, &limit);
	limit.rlim_cur = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1 + MOST_SECONDS);
	setrlimit(RLIMIT_CPU, &limit);
}

/* In the process of its own. What ends its own bracket can't do so in two kinds of them. */
static enum trial try(const struct souk_text *texts, size_t count)
{
	static const struct rlimit no_core = {0, 0};
	struct souk_buffer message = {0};
	jq_state *jq = program_compile(texts, count, "[]", &message);

	if (jq)
		jq_teardown(&jq);
	else
		return NOT_COMPILED;
	jq = program_compile(texts, count, "()", &message);
	if (!jq)
		return NOT_COMPILED;
	setrlimit(RLIMIT_CORE, &no_core);
	for (size_t i = 0; i < count; i++) {
		limit_time();
		program_run(jq, i, jv_parse(ordinary), ORDINARY_TIME, &message);
		if (jq_halted(jq))
			return TOO_LONG;
	}
	return WELL;
}

static enum trial try_apart(const struct souk_text *texts, size_t count)
{
	pid_t child = fork();
	int status;

	if (child < 0)
		souk_die_errno("cannot start a process to try a condition in");
	if (child == 0)
		_exit(try(texts, count));
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			souk_die_errno("cannot wait for the process that tries a condition");
	if (WIFEXITED(status) && WEXITSTATUS(status) <= TOO_LONG)
		return (enum trial)WEXITSTATUS(status);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU ? TOO_LONG : CRASHED;
}

static const char *fault_of(struct souk_text text, enum trial trial, struct souk_arena *arena)
{
	struct souk_buffer message = {0}, fault = {0};
	const char *kept;

	if (trial == NOT_COMPILED) {
		program_fault(text, &fault);
		souk_add_format(&message, "jq says: %.*s", (int)fault.len, fault.at);
	} else if (trial == TOO_LONG) {
		souk_add_format(&message, "it takes longer than %d ms", MOST_MS);
	} else {
		souk_add_string(&message, "jq crashes over it");
	}
	kept = souk_arena_copy(arena, (struct souk_text){message.at, message.len}).at;
	souk_buffer_free(&message);
	souk_buffer_free(&fault);
	return kept;
}

/* Where something is wrong with several, each half is looked at. */
static void check_group(const struct souk_text *texts, size_t count, struct souk_arena *arena,
	const char **faults)
{
	enum trial trial = try_apart(texts, count);

	if (trial == WELL) {
		for (size_t i = 0; i < count; i++)
			faults[i] = NULL;
	} else if (count == 1) {
		*faults = fault_of(*texts, trial, arena);
	} else {
		check_group(texts, count / 2, arena, faults);
		check_group(texts + count / 2, count - count / 2, arena, faults + count / 2);
	}
}

void conditions_check(const struct souk_text *texts, size_t count, struct souk_arena *arena,
	const char **faults)
{
	for (size_t share; count; texts += share, faults += share, count -= share) {
		share = program_share(texts, count);
		check_group(texts, share, arena, faults);
	}
}
