/* SPDX-License-Identifier: ISC */
/* The process that talks to the mail server, so that this one needs no libcurl. */
#include "notify.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GO_FD = 3 };

/* It stands beside this program; where it is not there, on PATH. */
_Noreturn static void become_helper(const struct outbox *o)
{
	char path[4096], timeout[32];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 16);
	const char *argv[] = {"souk-smtp", "--confirm", "--max-record", "16777216", "--timeout", timeout,
		o->plain ? "--plain" : NULL, NULL};
	char *slash;

	snprintf(timeout, sizeof(timeout), "%llds", (long long)o->timeout);
	/* Not as an argument, where everybody could read a password in it. */
	setenv("SOUK_SMTP", o->smtp, 1);
	path[len > 0 ? len : 0] = 0;
	if ((slash = strrchr(path, '/'))) {
		strcpy(slash + 1, "souk-smtp");
		execv(path, (char *const *)argv);
	}
	execvp("souk-smtp", (char *const *)argv);
	souk_die_errno("cannot run souk-smtp, which sends mails");
}

/* ---- Who starts it ---- */

/* This process reads what customers wrote, and locks itself in so that it can start nothing.
 * A process that reads nothing but requests to start the helper is left outside. */

enum { REQUEST_FDS = 3 };

union request_fds {
	struct cmsghdr header;
	char space[CMSG_SPACE(REQUEST_FDS * sizeof(int))];
};

/* The helper's ends of three pipes: its input, its output, and where it is told to go on. */
static bool send_request(int starter, const int fds[REQUEST_FDS])
{
	char byte = 0;
	union request_fds control = {.space = {0}};
	struct iovec bytes = {&byte, 1};
	struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control.space,
		.msg_controllen = sizeof(control.space)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(REQUEST_FDS * sizeof(int));
	memcpy(CMSG_DATA(header), fds, REQUEST_FDS * sizeof(int));
	return sendmsg(starter, &message, MSG_NOSIGNAL) == 1;
}

/* False when nobody is there any more who could ask. */
static bool take_request(int socket, int fds[REQUEST_FDS])
{
	char byte;
	union request_fds control;
	struct iovec bytes = {&byte, 1};
	struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control.space,
		.msg_controllen = sizeof(control.space)};
	struct cmsghdr *header;
	ssize_t got;

	do
		got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	header = got == 1 ? CMSG_FIRSTHDR(&message) : NULL;
	if (!header || header->cmsg_len != CMSG_LEN(REQUEST_FDS * sizeof(int)))
		return false;
	memcpy(fds, CMSG_DATA(header), REQUEST_FDS * sizeof(int));
	return true;
}

_Noreturn static void start_helper(const struct outbox *o, int fds[REQUEST_FDS])
{
	signal(SIGTERM, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	/* High first: one of them may be descriptor 3 itself. */
	for (int i = 0; i < REQUEST_FDS; i++)
		fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 16);
	if (dup2(fds[0], 0) < 0 || dup2(fds[1], 1) < 0 || dup2(fds[2], GO_FD) < 0)
		_exit(SOUK_EXIT_SYSTEM);
	become_helper(o);
}

_Noreturn static void serve_requests(const struct outbox *o, int socket)
{
	int fds[REQUEST_FDS];

	/* A service that is told to end has a batch to finish, and mails in it. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	/* Above all the writers' lock, which it would hold on to. */
	if (dup2(socket, STDIN_FILENO) < 0)
		_exit(SOUK_EXIT_SYSTEM);
	close(STDOUT_FILENO);
	syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, 0);
	while (take_request(STDIN_FILENO, fds)) {
		pid_t pid = fork();

		if (pid == 0)
			start_helper(o, fds);
		if (pid < 0)
			souk_warn("cannot run souk-smtp, which sends mails: %s", strerror(errno));
		for (int i = 0; i < REQUEST_FDS; i++)
			close(fds[i]);
	}
	_exit(SOUK_EXIT_OK);
}

void helper_prepare(struct outbox *o)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0 || (o->starter_pid = fork()) < 0)
		souk_die_errno("cannot start a process that starts souk-smtp, which sends mails");
	if (o->starter_pid == 0)
		serve_requests(o, ends[1]);
	close(ends[1]);
	o->starter = ends[0];
}

void helper_end(struct outbox *o)
{
	helper_stop(o);
	if (!o->starter_pid)
		return;
	close(o->starter);
	waitpid(o->starter_pid, NULL, 0);
}

/* ---- Talking to it ---- */

void helper_start(struct outbox *o)
{
	int in[2], out[2], go[2];

	if (o->runs)
		return;
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 || pipe2(go, O_CLOEXEC) < 0 ||
	    !send_request(o->starter, (const int[]){in[0], out[1], go[0]}))
		souk_die_errno("cannot run souk-smtp, which sends mails");
	close(in[0]);
	close(out[1]);
	close(go[0]);
	o->in = in[1];
	o->out = out[0];
	o->go = go[1];
	o->runs = true;
}

void helper_stop(struct outbox *o)
{
	char rest[512];
	ssize_t got;

	if (!o->runs)
		return;
	close(o->in);
	close(o->go);
	/* Until it has ended. */
	do
		got = read(o->out, rest, sizeof(rest));
	while (got > 0 || (got < 0 && errno == EINTR));
	close(o->out);
	o->runs = false;
}

/* A write to a helper that died is to fail, not to end us. */
bool helper_write(int fd, const void *bytes, size_t len)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	bool done;

	sigemptyset(&ignore.sa_mask);
	sigaction(SIGPIPE, &ignore, &before);
	done = true;
	for (size_t at = 0; done && at < len;) {
		ssize_t wrote = write(fd, (const char *)bytes + at, len - at);

		if (wrote > 0)
			at += (size_t)wrote;
		else
			done = wrote < 0 && errno == EINTR;
	}
	sigaction(SIGPIPE, &before, NULL);
	return done;
}

/* The helper's next line, and what it must be followed by; false if it died. */
bool helper_read(struct outbox *o)
{
	struct souk_buffer *b = &o->answer;

	b->len = 0;
	for (;;) {
		ssize_t got = read(o->out, souk_buffer_room(b, 4096 + SOUK_RECORD_PAD), 4096);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		b->len += (size_t)got;
		if (b->at[b->len - 1] == '\n') {
			memset(b->at + b->len, 0, SOUK_RECORD_PAD);
			return true;
		}
	}
}
