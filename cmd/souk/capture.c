/* SPDX-License-Identifier: ISC */
/* Asking another command: what it answers to some input. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "souk.h"

static _Noreturn void answer_as(const char *command, char *const *argv, int in, int out)
{
	signal(SIGPIPE, SIG_DFL);
	if (dup2(in, 0) >= 0 && dup2(out, 1) >= 0)
		execvp(command, argv);
	souk_warn("cannot run %s: %s", command, strerror(errno));
	_exit(127);
}

int ask_command(char *const *argv, struct souk_text input, struct souk_buffer *answer)
{
	int in = temporary_file(), ends[2], state = 0;
	ssize_t got;
	pid_t pid;

	if (!souk_write_all(in, input.at, input.len) || lseek(in, 0, SEEK_SET) != 0)
		souk_die_errno("cannot write a temporary file");
	if (pipe2(ends, O_CLOEXEC) != 0 || (pid = fork()) < 0)
		souk_die_errno("cannot run %s", argv[0]);
	if (pid == 0)
		answer_as(argv[0], argv, in, ends[1]);
	close(in);
	close(ends[1]);
	while ((got = read(ends[0], souk_buffer_room(answer, 1 << 16), 1 << 16)) > 0 ||
	    (got < 0 && errno == EINTR))
		answer->len += got > 0 ? (size_t)got : 0;
	memset(souk_buffer_room(answer, SOUK_RECORD_PAD), 0, SOUK_RECORD_PAD);
	close(ends[0]);
	while (waitpid(pid, &state, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(state) ? WEXITSTATUS(state) : SOUK_EXIT_SYSTEM;
}

bool answer_line(const struct souk_buffer *answer, size_t *at, struct souk_text *line)
{
	const char *end = *at < answer->len ? memchr(answer->at + *at, '\n', answer->len - *at) : NULL;

	if (!end)
		return false;
	*line = (struct souk_text){answer->at + *at, (size_t)(end - answer->at) - *at};
	*at += line->len + 1;
	return true;
}
