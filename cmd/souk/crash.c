/* SPDX-License-Identifier: ISC */
/* The crash button: kills stages with SIGKILL at random moments, recovers each
 * time as after any crash, and starts the input again from its beginning, until a
 * run is left alone. Its output is the only one that counts. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "souk.h"

/* What the seed says of a kill: which stage, and when, as a part of how long a run takes. */
struct strike {
	uint32_t stage, moment;
};

struct crash {
	const struct run_options *options;
	const struct pipeline *pipeline;
	struct pipeline recovery;
	int input;           /* a file, whatever it came as */
	off_t input_start;
	double run_seconds;  /* how long a run is thought to take */
};

/* A file without a name: it goes when it is closed. */
static int temporary_file(void)
{
	const char *folder = getenv("TMPDIR");
	int fd = open(folder && *folder ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		souk_die_errno("cannot make a temporary file in %s", folder && *folder ? folder : "/tmp");
	return fd;
}

static void copy_all(int from, int to, const char *what)
{
	char bytes[1 << 16];
	ssize_t got;

	while ((got = read(from, bytes, sizeof(bytes))) > 0 || (got < 0 && errno == EINTR))
		if (got > 0 && !souk_write_all(to, bytes, (size_t)got))
			souk_die_errno("cannot write %s", what);
	if (got < 0)
		souk_die_errno("cannot read %s", what);
}

/* Opens the file behind `fd` once more, at `offset`: a process that an earlier run
 * left behind shares no position with the new one. */
static int open_again(int fd, off_t offset)
{
	char path[40];
	int again;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY | O_CLOEXEC);
	if (again >= 0 && lseek(again, offset, SEEK_SET) < 0)
		souk_die_errno("cannot go to the beginning of the input");
	return again;
}

/* The input is read many times: what is no file becomes one. */
static void keep_input(struct crash *c)
{
	struct stat status;
	int again = -1;

	c->input = STDIN_FILENO;
	if (fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode)) {
		c->input_start = lseek(STDIN_FILENO, 0, SEEK_CUR);
		again = open_again(STDIN_FILENO, c->input_start);
	}
	if (again >= 0) {
		close(again);
		return;
	}
	c->input = temporary_file();
	c->input_start = 0;
	copy_all(STDIN_FILENO, c->input, "the copy of the input");
}

/* A run that fails otherwise than by our hand is a finding: what its stages said
 * is shown, and that is the end. */
static void need_no_failure(const struct running *run, int killed, int said, const char *what)
{
	bool failed = false;

	for (size_t i = 0; i < run->pipeline->count; i++)
		failed |= (int)i != killed && running_ending(run, i) >= ENDED_USAGE &&
			running_ending(run, i) <= ENDED_SYSTEM && !(killed > (int)i && WIFSIGNALED(run->states[i]) &&
			WTERMSIG(run->states[i]) == SIGPIPE);
	if (!failed)
		return;
	lseek(said, 0, SEEK_SET);
	copy_all(said, STDERR_FILENO, "what the stages said");
	running_judge(run);
	souk_die("%s failed", what);
}

static void stop_if_told(const struct running *run)
{
	if (!run->stop_signal)
		return;
	souk_warn("stopped");
	exit(128 + run->stop_signal);
}

/* Runs until the strike falls, or to the end if there is none (NULL). Gives the
 * stage that was killed, -1 if the run ended before, and its output. */
static int run_until(struct crash *c, const struct strike *strike, int *output, double *seconds)
{
	size_t count = c->pipeline->count;
	int in = open_again(c->input, c->input_start), said = strike ? temporary_file() : STDERR_FILENO;
	struct running run;
	int64_t moment = -1;
	int killed = -1;

	*output = temporary_file();
	running_start(&run, c->pipeline, &(struct launch){.in = in, .out = *output, .err = said});
	if (strike)
		moment = run.started + (int64_t)(c->run_seconds * strike->moment / 4294967296.0 * 1e9);
	while (run.alive) {
		running_wait(&run, killed < 0 ? moment : -1, -1);
		if (killed >= 0 || moment < 0 || clock_ns() < moment || !run.alive)
			continue;
		/* One that still runs. */
		killed = (int)(strike->stage % count);
		while (!run.pids[killed])
			killed = (killed + 1) % (int)count;
		kill(run.pids[killed], SIGKILL);
		*seconds = (double)(clock_ns() - run.started) / 1e9;
	}
	stop_if_told(&run);
	/* It may have ended by itself in the same moment. */
	if (killed >= 0 && !WIFSIGNALED(run.states[killed]))
		killed = -1;
	if (killed < 0)
		*seconds = (double)(run.ended - run.started) / 1e9;
	if (strike)
		need_no_failure(&run, killed, said, "a stage that was not killed");
	else
		*seconds = -(double)running_judge(&run);
	running_free(&run);
	close(in);
	if (strike)
		close(said);
	return killed;
}
