/* SPDX-License-Identifier: ISC */
/* Workers as processes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "serve.h"

static void on_output(evutil_socket_t fd, short what, void *context)
{
	(void)fd, (void)what;
	answer_read(context);
}

static void on_input(evutil_socket_t fd, short what, void *context)
{
	(void)fd, (void)what;
	worker_write(context);
}

/* Runs the program with these as standard input and output, in a process group of its
 * own: a signal from the keyboard is for us, and a pipeline can be killed whole. */
static int spawn(struct worker *w, int in, int out)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t set;
	int failed;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes,
		POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	sigemptyset(&set);
	posix_spawnattr_setsigmask(&attributes, &set);
	sigaddset(&set, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &set);
	failed = posix_spawnp(&w->pid, w->command->argv[0], &files, &attributes, w->command->argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	if (failed)
		w->pid = 0;
	else
		prlimit(w->pid, RLIMIT_NOFILE, &w->server->files, NULL);
	return failed;
}

bool process_start(struct worker *w)
{
	struct server *s = w->server;
	int in[2], out[2], failed;

	if (pipe2(in, O_CLOEXEC) != 0)
		return false;
	if (pipe2(out, O_CLOEXEC) != 0) {
		close(in[0]);
		close(in[1]);
		return false;
	}
	souk_widen_pipe(in[0]);
	souk_widen_pipe(out[0]);
	failed = spawn(w, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	if (!w->pid) {
		close(in[1]);
		close(out[0]);
		errno = failed;
		return false;
	}
	w->input = in[1];
	w->output = out[0];
	fcntl(w->input, F_SETFL, O_NONBLOCK);
	fcntl(w->output, F_SETFL, O_NONBLOCK);
	event_assign(&w->read_event, s->base, w->output, EV_READ | EV_PERSIST, on_output, w);
	event_assign(&w->write_event, s->base, w->input, EV_WRITE | EV_PERSIST, on_input, w);
	event_add(&w->read_event, NULL);
	w->writing = w->has_answered = false;
	w->written = 0;
	w->state = WORKER_UP;
	w->started = w->progress = souk_clock_ns();
	return true;
}

void process_kill(struct worker *w)
{
	if (!w->pid)
		return;
	kill(-w->pid, SIGKILL);
	kill(w->pid, SIGKILL);
}

static void close_input(struct worker *w)
{
	if (w->input < 0)
		return;
	event_del(&w->write_event);
	close(w->input);
	w->input = -1;
}

void process_close(struct worker *w)
{
	close_input(w);
	if (w->output < 0)
		return;
	event_del(&w->read_event);
	close(w->output);
	w->output = -1;
}

void process_end(struct worker *w)
{
	w->state = WORKER_ENDING;
	w->progress = souk_clock_ns();
	close_input(w);
}

static struct worker *find(struct server *s, pid_t pid)
{
	struct worker *w;

	TAILQ_FOREACH(w, &s->workers, link)
		if (w->pid == pid)
			return w;
	return NULL;
}

void process_reap(struct server *s)
{
	struct worker *w;
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (!(w = find(s, pid)))
			continue;
		/* Whatever it has left running must not hold its output open. */
		kill(-pid, SIGKILL);
		w->pid = 0;
		w->status = status;
		if (w->state == WORKER_DYING)
			worker_died(w);
	}
}

const char *process_ending(const struct worker *w, char text[64])
{
	if (WIFSIGNALED(w->status))
		snprintf(text, 64, "was killed by signal %d", WTERMSIG(w->status));
	else
		snprintf(text, 64, "ended with exit %d", WEXITSTATUS(w->status));
	return text;
}
