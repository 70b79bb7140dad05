/* SPDX-License-Identifier: ISC */
/* program.c: runs the program under test: bytes go both ways at once, and nothing
 * it does, hanging, flooding or dying, keeps us longer than the timeout. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "conform.h"

extern char **environ;

/* More output than this, beyond eight times its input, is a flood. */
#define FLOOD_BYTES (64u << 20)
/* However busy it is, a run lasts at most this many timeouts. */
#define TIMEOUTS_IN_ALL 20

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t conform_patience(const struct conform *c)
{
	return c->timeout * 1000;
}

static void close_fd(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

static void make_pipe(int ends[2], int ours)
{
	if (pipe2(ends, O_CLOEXEC) == -1)
		souk_die_errno("cannot make a pipe");
	fcntl(ends[ours], F_SETFL, O_NONBLOCK);
}

void conform_start(struct conform *c, struct conform_run *r, const char *out_path)
{
	int in[2], out[2] = {-1, -1}, err[2];
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;

	/* Ours, so that a program that stops reading is an error we see; the program
	 * itself gets the default back. */
	signal(SIGPIPE, SIG_IGN);
	make_pipe(in, 1);
	make_pipe(err, 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
	if (out_path) {
		posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out_path, O_WRONLY, 0);
	} else {
		make_pipe(out, 0);
		posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	}
	posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	/* A group of its own, so that a shell's children are killed with it. */
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	errno = posix_spawnp(&r->pid, c->command[0], &actions, &attributes, c->command, environ);
	if (errno == ENOENT || errno == EACCES || errno == ENOEXEC)
		souk_die_usage("cannot run '%s': %s", c->command[0], strerror(errno));
	if (errno)
		souk_die_errno("cannot run '%s'", c->command[0]);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	close(in[0]);
	close(err[1]);
	if (out[1] != -1)
		close(out[1]);
	r->in = in[1];
	r->out = out[0];
	r->err = err[0];
	r->started = now_ms();
}

static void send_some(struct conform_run *r)
{
	ssize_t n = write(r->in, r->input.at + r->sent, r->input.len - r->sent);

	if (n >= 0)
		r->sent += (size_t)n;
	else if (errno != EAGAIN && errno != EINTR)
		close_fd(&r->in); /* it reads no more */
}

/* Reads what is there; closes the descriptor at the end. */
static void read_some(struct conform_run *r, int *fd, struct souk_buffer *to)
{
	char *room = souk_buffer_room(to, 65536);
	ssize_t n = read(*fd, room, 65536);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		close_fd(fd);
		return;
	}
	if (n < 0)
		return;
	to->len += (size_t)n;
	if (to == &r->output)
		for (const char *at = room; (at = memchr(at, '\n', (size_t)(room + n - at))); at++)
			r->output_lines++;
	if (to->len > FLOOD_BYTES + 8 * r->input.len)
		r->flooded = true;
}

bool conform_pump(struct conform *c, struct conform_run *r, size_t lines, int64_t milliseconds)
{
	int64_t moved = now_ms(), last = r->started + TIMEOUTS_IN_ALL * conform_patience(c);

	while (!r->flooded) {
		bool sending = r->in != -1 && r->sent < r->input.len;
		struct pollfd fds[3] = {
			{.fd = sending ? r->in : -1, .events = POLLOUT},
			{.fd = r->out, .events = POLLIN},
			{.fd = r->err, .events = POLLIN},
		};
		int64_t now = now_ms(), until = moved + milliseconds;
		int n;

		if (!sending && r->output_lines >= lines)
			return true;
		if (r->out == -1 && r->err == -1)
			return false;
		if (until > last)
			until = last;
		n = poll(fds, 3, until > now ? (int)(until - now) : 0);
		if (n == -1 && errno != EINTR)
			souk_die_errno("cannot poll");
		if (n == 0 && now_ms() >= until)
			return false;
		if (n <= 0)
			continue;
		if (fds[0].revents)
			send_some(r);
		if (fds[1].revents)
			read_some(r, &r->out, &r->output);
		if (fds[2].revents)
			read_some(r, &r->err, &r->errors);
		moved = now_ms();
	}
	return false;
}

/* Waits until it has ended, or `until`. */
static void reap(struct conform_run *r, int64_t until)
{
	const struct timespec nap = {.tv_nsec = 1000000};

	while (!r->ended) {
		pid_t pid = waitpid(r->pid, &r->status, WNOHANG);

		if (pid == -1 && errno != EINTR)
			souk_die_errno("cannot wait for the program");
		if (pid == r->pid)
			r->ended = true;
		else if (now_ms() >= until)
			return;
		else
			nanosleep(&nap, NULL);
	}
}

void conform_finish(struct conform *c, struct conform_run *r, bool close_input)
{
	if (close_input) {
		conform_pump(c, r, 0, conform_patience(c));
		close_fd(&r->in);
	}
	conform_pump(c, r, SIZE_MAX, conform_patience(c));
	if ((r->out == -1 && r->err == -1) || r->flooded)
		reap(r, r->flooded ? 0 : now_ms() + conform_patience(c));
	else
		reap(r, 0); /* it may have ended and left a child that holds its output */
	if (!r->ended || r->out != -1 || r->err != -1) {
		r->hung = !r->flooded;
		kill(-r->pid, SIGKILL);
		reap(r, INT64_MAX);
	}
	close_fd(&r->in);
	close_fd(&r->out);
	close_fd(&r->err);
	signal(SIGPIPE, SIG_DFL);
}

void conform_run_free(struct conform_run *r)
{
	souk_buffer_free(&r->output);
	souk_buffer_free(&r->errors);
}

bool conform_exited(const struct conform_run *r, int state)
{
	return r->ended && !r->hung && !r->flooded && WIFEXITED(r->status)
		&& WEXITSTATUS(r->status) == state;
}

void conform_add_end(const struct conform *c, struct souk_buffer *b, const struct conform_run *r)
{
	if (r->hung)
		souk_add_format(b, "no end within %lld s", (long long)c->timeout);
	else if (r->flooded)
		souk_add_string(b, "output without end");
	else if (WIFSIGNALED(r->status))
		souk_add_format(b, "signal %d (%s)", WTERMSIG(r->status), strsignal(WTERMSIG(r->status)));
	else
		souk_add_format(b, "exit %d", WEXITSTATUS(r->status));
}
