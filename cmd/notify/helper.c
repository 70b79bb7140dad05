/* SPDX-License-Identifier: ISC */
/* The process that talks to the mail server, so that this one needs no libcurl. */
#include "notify.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

void helper_start(struct outbox *o)
{
	int in[2], out[2], go[2];

	if (o->pid)
		return;
	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 || pipe2(go, O_CLOEXEC) < 0 ||
	    (o->pid = fork()) < 0)
		souk_die_errno("cannot run souk-smtp, which sends mails");
	if (o->pid == 0) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		/* High first: one of them may be descriptor 3 itself. */
		in[0] = fcntl(in[0], F_DUPFD_CLOEXEC, 16);
		out[1] = fcntl(out[1], F_DUPFD_CLOEXEC, 16);
		go[0] = fcntl(go[0], F_DUPFD_CLOEXEC, 16);
		if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0 || dup2(go[0], GO_FD) < 0)
			_exit(SOUK_EXIT_SYSTEM);
		become_helper(o);
	}
	close(in[0]);
	close(out[1]);
	close(go[0]);
	o->in = in[1];
	o->out = out[0];
	o->go = go[1];
}

void helper_stop(struct outbox *o)
{
	if (!o->pid)
		return;
	close(o->in);
	close(o->out);
	close(o->go);
	waitpid(o->pid, NULL, 0);
	o->pid = 0;
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
