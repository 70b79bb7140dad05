/* SPDX-License-Identifier: ISC */
/* The crash button: kills stages with SIGKILL at random moments, recovers each
 * time as after any crash, and starts the input again from its beginning, until a
 * run is left alone. Its output is the only one that counts. */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "souk.h"

/* What the seed says of a kill: which stage, and when. Of N kills each has an N-th
 * of the run, so that each meets work that the ones before did not let happen;
 * `moment` says where within it. */
struct strike {
	uint32_t stage, moment;
};

/* How long a run takes at first guess: seconds, and bytes of input a second. */
#define FIRST_GUESS_START 0.05
#define FIRST_GUESS_BYTES 10e6

struct crash {
	const struct run_options *options;
	const struct pipeline *pipeline;
	struct pipeline recovery;
	int input;           /* a file, whatever it came as */
	off_t input_start;
	int64_t input_size;
	double run_seconds;  /* how long a run is thought to take */
	struct strike *strikes;
	size_t kills, done;
};

/* From 0 to below 1. */
static double part_of(const struct strike *strike)
{
	return strike->moment / 4294967296.0;
}

/* A run that fails otherwise than by our hand is a finding: what its stages said
 * is shown, and that is the end. Stages before the killed one could not write. */
static void need_no_failure(const struct running *run, int killed, int said)
{
	for (size_t i = (size_t)(killed + 1); i < run->pipeline->count; i++) {
		enum ending ending = running_ending(run, i);

		if (ending != ENDED_USAGE && ending != ENDED_SYSTEM)
			continue;
		dprintf(STDERR_FILENO, "\n");
		lseek(said, 0, SEEK_SET);
		copy_all(said, STDERR_FILENO, "what the stages said");
		running_judge(run);
		souk_die("a stage failed that was not killed");
	}
}

static void stop_if_told(const struct running *run)
{
	if (run->stop_signal) {
		souk_warn("stopped by signal %d", run->stop_signal);
		exit(128 + run->stop_signal);
	}
}

/* Kills the stage that the seed says, or the next one that still runs. */
static int strike_at(struct running *run, const struct strike *strike)
{
	size_t count = run->pipeline->count, i = strike->stage % count;

	while (!run->pids[i])
		i = (i + 1) % count;
	kill(run->pids[i], SIGKILL);
	return (int)i;
}

/* Corrects the guess, from how much was read at the kill, where that says more. */
static void learn(struct crash *c, int in, double seconds)
{
	double read = (double)(lseek(in, 0, SEEK_CUR) - c->input_start);

	if (read > 0 && seconds * (double)c->input_size / read > c->run_seconds)
		c->run_seconds = seconds * (double)c->input_size / read;
}

/* What became of a run. */
struct outcome {
	int killed;     /* the stage that was killed, -1 if the run ended before */
	double seconds; /* until the kill, or the end */
	size_t lines;   /* of its output */
};

/* Runs until the strike falls, `after` so many seconds; strike may be NULL. */
static struct outcome run_until(struct crash *c, const struct pipeline *p, int in,
	const struct strike *strike, double after)
{
	struct launch launch = {.in = in, .out = temporary_file(), .err = temporary_file()};
	struct outcome o = {.killed = -1};
	struct running run;
	int64_t moment = -1;

	running_start(&run, p, &launch);
	if (strike)
		moment = run.started + (int64_t)(after * 1e9);
	while (run.alive) {
		running_wait(&run, o.killed < 0 ? moment : -1, -1);
		if (strike && o.killed < 0 && run.alive && souk_clock_ns() >= moment) {
			o.killed = strike_at(&run, strike);
			o.seconds = (double)(souk_clock_ns() - run.started) / 1e9;
			if (p == c->pipeline)
				learn(c, in, o.seconds);
		}
	}
	stop_if_told(&run);
	/* It may have ended by itself in the same moment. */
	if (o.killed >= 0 && !WIFSIGNALED(run.states[o.killed]))
		o.killed = -1;
	if (o.killed < 0)
		o.seconds = (double)(run.ended - run.started) / 1e9;
	need_no_failure(&run, o.killed, launch.err);
	o.lines = count_lines(launch.out);
	running_free(&run);
	close(launch.in);
	close(launch.out);
	close(launch.err);
	return o;
}

/* Recovers. Every other strike falls while that goes on, if it takes long enough. */
static void recover(struct crash *c)
{
	for (;;) {
		const struct strike *next = &c->strikes[c->done], *strike =
			c->done < c->kills && next->stage >> 31 ? next : NULL;
		struct outcome o;

		o = run_until(c, &c->recovery, open("/dev/null", O_RDONLY | O_CLOEXEC), strike,
			strike ? c->run_seconds / 2 * part_of(strike) : 0);
		if (o.killed < 0) {
			dprintf(STDERR_FILENO, "recovered %zu open order%s\n", o.lines,
				o.lines == 1 ? "" : "s");
			return;
		}
		c->done++;
		dprintf(STDERR_FILENO,
			"recovering\ncrash %zu/%zu: killed %s after %.2f s of that; ", c->done,
			c->kills, c->recovery.stages[o.killed].title, o.seconds);
	}
}

/* One kill of the pipeline itself, and what comes of it. */
static void crash_once(struct crash *c)
{
	const struct strike *strike = &c->strikes[c->done];
	double part = ((double)c->done + part_of(strike)) / (double)c->kills;
	struct outcome o = run_until(c, c->pipeline, open_again(c->input, c->input_start), strike,
		c->run_seconds * part);

	if (o.killed < 0) {
		/* It was over before the strike fell: the next one strikes sooner. */
		c->run_seconds = 0.9 * o.seconds;
		return;
	}
	c->done++;
	dprintf(STDERR_FILENO, "crash %zu/%zu: killed %s after %.2f s; ", c->done, c->kills,
		c->pipeline->stages[o.killed].title, o.seconds);
	recover(c);
}

static void read_recovery(struct crash *c, const char *path)
{
	const char *slash = strrchr(path, '/'), *named = c->options->recover, *recovery;
	struct souk_buffer beside = {0};

	souk_add_format(&beside, "%.*srecover", slash ? (int)(slash + 1 - path) : 0, path);
	souk_add_char(&beside, 0);
	if (!named && access(beside.at, F_OK) != 0)
		souk_die_usage("there is no pipeline file %s that recovers: name one with "
			       "--recover",
			beside.at);
	recovery = named ? pipeline_find(&c->recovery, named) : beside.at;
	if (!recovery || !pipeline_read(&c->recovery, recovery, NULL, 0)) {
		souk_warn("%.*s", (int)c->recovery.fault.len, c->recovery.fault.at);
		exit(SOUK_EXIT_USAGE);
	}
	souk_buffer_free(&beside);
}

/* The last run, which is left alone. */
static int run_to_the_end(struct crash *c)
{
	struct launch launch = {
		.in = open_again(c->input, c->input_start), .out = temporary_file(), .err = 2};
	struct running run;
	int worst;

	run_shown(&run, c->pipeline, launch, c->options);
	stop_if_told(&run);
	worst = running_judge(&run);
	running_free(&run);
	lseek(launch.out, 0, SEEK_SET);
	copy_all(launch.out, STDOUT_FILENO, "the output");
	close(launch.in);
	close(launch.out);
	return worst;
}

static void draw_strikes(struct crash *c)
{
	unsigned char seed[randombytes_SEEDBYTES] = {0};

	c->kills = c->options->kills ? (size_t)c->options->kills : 20;
	c->strikes = calloc(c->kills, sizeof(*c->strikes));
	if (!c->strikes)
		souk_die("out of memory");
	for (size_t i = 0; i < 8; i++)
		seed[i] = (unsigned char)((uint64_t)c->options->crash >> 8 * i);
	randombytes_buf_deterministic(c->strikes, c->kills * sizeof(*c->strikes), seed);
}

int crash_run(const struct run_options *options, const struct pipeline *pipeline, const char *path)
{
	struct crash c = {.options = options, .pipeline = pipeline};
	const char *plural = options->kills == 1 ? "" : "s";
	int64_t started = souk_clock_ns();
	int worst;

	draw_strikes(&c);
	read_recovery(&c, path);
	c.input = keep_input(&c.input_start, &c.input_size);
	c.run_seconds = FIRST_GUESS_START + (double)c.input_size / FIRST_GUESS_BYTES;
	take_signals();
	dprintf(STDERR_FILENO, "crash: seed %" PRId64 ", %zu kill%s among the %zu stages of %s\n",
		options->crash, c.kills, plural, pipeline->count, path);
	while (c.done < c.kills)
		crash_once(&c);
	worst = run_to_the_end(&c);
	dprintf(STDERR_FILENO, "crash: %zu kill%s in %.1f s; the last run was left alone and %s\n",
		c.kills, plural, (double)(souk_clock_ns() - started) / 1e9,
		worst < SOUK_EXIT_USAGE ? "went through" : "failed");
	pipeline_free(&c.recovery);
	free(c.strikes);
	return worst;
}
