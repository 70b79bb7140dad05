/* SPDX-License-Identifier: ISC */
/* The stages of a pipeline as processes: starting them, waiting for them. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "souk.h"

static sigset_t original_mask;
static int signal_fd = -1;

void take_signals(void)
{
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
	struct sigaction action;
	sigset_t set;

	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	/* What we were started to ignore (nohup) stays ignored. */
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (sigaction(signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, &original_mask);
	signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signal_fd < 0)
		souk_die_errno("cannot wait for signals");
}

/* The page that the stages count in. */
static struct souk_progress *make_slots(size_t count, int *fd)
{
	size_t size = count * sizeof(struct souk_progress);
	struct souk_progress *slots;
	char number[16];

	*fd = memfd_create("souk-progress", MFD_ALLOW_SEALING);
	if (*fd < 0 || ftruncate(*fd, (off_t)size) != 0 ||
		fcntl(*fd, F_ADD_SEALS, F_SEAL_SHRINK) != 0)
		souk_die_errno("cannot share memory with the stages");
	slots = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	if (slots == MAP_FAILED)
		souk_die_errno("cannot share memory with the stages");
	snprintf(number, sizeof(number), "%d", *fd);
	setenv(SOUK_PROGRESS_FD, number, 1);
	return slots;
}

_Noreturn static void become(
	const struct running *run, size_t i, int in, int out, int err, pid_t parent)
{
	struct stage *stage = &run->pipeline->stages[i];
	char number[24];

	/* If we are killed, the first stage ends and the rest drains by itself. */
	if (i == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != parent)
			_exit(SOUK_EXIT_SYSTEM);
	}
	run->slots[i].pid = getpid();
	snprintf(number, sizeof(number), "%zu", i);
	setenv(SOUK_PROGRESS_SLOT, number, 1);
	/* Whoever started us may ignore it; then a stage would not end when it is due. */
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &original_mask, NULL);
	if (dup2(in, 0) >= 0 && dup2(out, 1) >= 0 && dup2(err, 2) >= 0)
		execvp(stage->command, stage->argv);
	souk_warn("cannot run %s: %s", stage->command, strerror(errno));
	_exit(127);
}

void running_start(
	struct running *run, const struct pipeline *pipeline, const struct launch *launch)
{
	size_t count = pipeline->count;
	int in = launch->in, ends[2], slots_fd;
	pid_t parent = getpid();

	*run = (struct running){.pipeline = pipeline, .alive = count, .started = souk_clock_ns()};
	run->pids = calloc(count, sizeof(*run->pids));
	run->states = calloc(count, sizeof(*run->states));
	if (!run->pids || !run->states)
		souk_die("out of memory");
	run->slots = make_slots(count, &slots_fd);
	for (size_t i = 0; i < count; i++) {
		bool last = i == count - 1;

		ends[0] = -1;
		ends[1] = launch->out;
		if (!last && pipe2(ends, O_CLOEXEC) != 0)
			souk_die_errno("cannot make a pipe");
		if (!last)
			souk_widen_pipe(ends[1]);
		run->pids[i] = fork();
		if (run->pids[i] < 0)
			souk_die_errno("cannot start a process");
		if (run->pids[i] == 0)
			become(run, i, in, ends[1], launch->err, parent);
		if (i > 0)
			close(in);
		if (!last)
			close(ends[1]);
		in = ends[0];
	}
	close(slots_fd);
}

static void signal_stages(const struct running *run, size_t count, int signal)
{
	for (size_t i = 0; i < count; i++)
		if (run->pids[i])
			kill(run->pids[i], signal);
}

/* Told to end, a filter finishes its batch. Only the first is told: the others
 * see the end of their input, so that nothing is lost on the way. */
static void drain(struct running *run)
{
	if (!run->draining)
		signal_stages(run, 1, SIGTERM);
	run->draining = true;
}

static void reap(struct running *run)
{
	int state;

	for (size_t i = 0; i < run->pipeline->count; i++) {
		if (!run->pids[i] || waitpid(run->pids[i], &state, WNOHANG) != run->pids[i])
			continue;
		run->pids[i] = 0;
		run->states[i] = state;
		if (--run->alive == 0)
			run->ended = souk_clock_ns();
		/* With a stage gone the pipeline is no more: do not wait for input to find out. */
		if (WIFSIGNALED(state) || WEXITSTATUS(state) >= SOUK_EXIT_USAGE)
			drain(run);
	}
}

static void take_signal(struct running *run, int signal)
{
	if (signal == SIGCHLD)
		return;
	if (signal == SIGTERM && !run->draining) {
		drain(run);
	} else {
		run->stopping = true;
		signal_stages(run, run->pipeline->count, signal);
	}
	run->stop_signal = signal;
}

bool running_wait(struct running *run, int64_t until, int fd)
{
	struct pollfd wait[2] = {{.fd = signal_fd, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
	struct signalfd_siginfo info;
	int64_t left = until < 0 ? -1 : until - souk_clock_ns();
	struct timespec limit = {left / 1000000000, left % 1000000000};

	if (until >= 0 && left < 0)
		limit = (struct timespec){0};
	if (ppoll(wait, 2, until < 0 ? NULL : &limit, NULL) < 0 && errno != EINTR)
		souk_die_errno("cannot wait for the stages");
	while (read(signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		take_signal(run, (int)info.ssi_signo);
	reap(run);
	return fd >= 0 && wait[1].revents;
}

void running_free(struct running *run)
{
	munmap(run->slots, run->pipeline->count * sizeof(*run->slots));
	free(run->pids);
	free(run->states);
}
