/* SPDX-License-Identifier: ISC */
/* souk run: the stages of a pipeline file as processes. */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "souk.h"

enum { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };
const char *const progress_words[] = {"auto", "always", "never", NULL};

static const struct souk_option options[] = {
	{0, "progress", "WHEN", SOUK_OPTION_CHOICE, offsetof(struct run_options, progress),
		"show how far the stages are (auto: where standard error is a terminal)", 0, 0,
		progress_words, false},
	{0, "fused", NULL, SOUK_OPTION_FLAG, offsetof(struct run_options, fused),
		"run the filters of ours that follow each other in one process", 0, 0, NULL, false},
	{0, "processes", "N", SOUK_OPTION_NUMBER, offsetof(struct run_options, processes),
		"with --fused: in N processes joined by pipes, one for each core", 1, 64, NULL, false},
	{0, "services", "FILE", SOUK_OPTION_TEXT, offsetof(struct run_options, services),
		"send the stages that FILE names to services, each at the addresses behind it", 0, 0, NULL, false},
	{0, "crash", "SEED", SOUK_OPTION_NUMBER, offsetof(struct run_options, crash),
		"the crash button: kill -9 stages at random moments, recover, and start again", 1,
		INT32_MAX, NULL, false},
	{0, "kills", "N", SOUK_OPTION_NUMBER, offsetof(struct run_options, kills),
		"with --crash: kill so often (default 20)", 1, 100000, NULL, false},
	{0, "recover", "FILE", SOUK_OPTION_TEXT, offsetof(struct run_options, recover),
		"with --crash: the pipeline that recovers (default: recover, beside PIPELINE)",
		0, 0, NULL, false},
	{0},
};

/* With a display what the stages say goes through us, to stand above it. */
static void run_displayed(
	struct running *run, const struct pipeline *p, struct launch launch, bool live)
{
	struct display display;
	int ends[2] = {-1, -1};
	char bytes[4096];
	ssize_t got;

	if (live && pipe2(ends, O_CLOEXEC) != 0)
		souk_die_errno("cannot make a pipe");
	if (live)
		launch.err = ends[1];
	running_start(run, p, &launch);
	if (live)
		close(ends[1]);
	display_open(&display, run, launch.in, live);
	while (run->alive) {
		if (running_wait(run, live ? display.drawn_at + DISPLAY_NS : -1, ends[0])) {
			got = read(ends[0], bytes, sizeof(bytes));
			if (got > 0) {
				display_message(&display, bytes, (size_t)got);
			} else {
				close(ends[0]);
				ends[0] = -1;
			}
		}
		if (live && run->alive && souk_clock_ns() >= display.drawn_at + DISPLAY_NS)
			display_draw(&display, false);
	}
	/* What was said last. A process that a stage left behind may keep the pipe open. */
	if (ends[0] >= 0)
		fcntl(ends[0], F_SETFL, O_NONBLOCK);
	while (ends[0] >= 0 && (got = read(ends[0], bytes, sizeof(bytes))) > 0)
		display_message(&display, bytes, (size_t)got);
	if (ends[0] >= 0)
		close(ends[0]);
	display_draw(&display, true);
	display_close(&display);
}

void run_shown(struct running *run, const struct pipeline *p, struct launch launch,
	const struct run_options *options)
{
	if (options->progress == PROGRESS_ALWAYS ||
	    (options->progress == PROGRESS_AUTO && isatty(STDERR_FILENO))) {
		run_displayed(run, p, launch, isatty(STDERR_FILENO));
		return;
	}
	running_start(run, p, &launch);
	while (run->alive)
		running_wait(run, -1, -1);
}

/* Ends by the signal that ended the run, as whoever started us expects. */
static void end_by(int signal_number)
{
	sigset_t set;

	signal(signal_number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, signal_number);
	raise(signal_number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static int run_once(const struct run_options *o, const struct pipeline *p)
{
	struct running run;
	int worst;

	take_signals();
	run_shown(&run, p, (struct launch){.in = 0, .out = 1, .err = 2}, o);
	worst = running_judge(&run);
	if (run.stop_signal == SIGINT || run.stop_signal == SIGHUP)
		end_by(run.stop_signal);
	if (worst < SOUK_EXIT_USAGE && running_ending(&run, p->count - 1) == ENDED_UNREAD)
		end_by(SIGPIPE);
	running_free(&run);
	return worst;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct run_options *o = stage->state;
	struct pipeline p = {0};
	const char *path;
	int worst;

	if (!operand_count)
		souk_die_usage("a pipeline file is needed");
	if (!o->crash && (o->kills || o->recover))
		souk_die_usage("--%s goes with --crash", o->kills ? "kills" : "recover");
	if (o->processes && !o->fused)
		souk_die_usage("--processes goes with --fused");
	extend_path();
	path = pipeline_find(&p, operands[0]);
	if (!path || !pipeline_read(&p, path, operands + 1, (size_t)operand_count - 1)) {
		souk_warn("%.*s", (int)p.fault.len, p.fault.at);
		pipeline_free(&p);
		return SOUK_EXIT_USAGE;
	}
	if (o->services)
		pipeline_find_services(&p, o->services, NULL);
	if (o->fused)
		pipeline_fuse(&p, o->processes ? (size_t)o->processes : 1);
	worst = o->crash ? crash_run(o, &p, path) : run_once(o, &p);
	pipeline_free(&p);
	return worst;
}

SOUK_VERB(run_pipeline) = {
	.function = &souk_function,
	.name = "run",
	.summary = "run a pipeline file, its stages as processes",
	.operands = "PIPELINE [ARG...]",
	.raw_operands = true,
	.kind = SOUK_TOOL,
	.options = options,
	.state_size = sizeof(struct run_options),
	.run = run,
};
