/* SPDX-License-Identifier: ISC */
/* Asking a command what it declares. */
#include "description.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "batch.h"
#include "error.h"
#include "verb.h"

enum {
	MAX_DESCRIPTION = 1 << 20,
	/* A command that knows no --describe may wait for who knows what. */
	PATIENCE_MS = 2000,
	NOT_FOUND = 127, /* exit state, as the shell has it */
};

/* What --describe of a command that is linked into this one would say. */
static bool describe_linked(struct souk_buffer *answer, const char *command)
{
	size_t count = 0;
	const struct souk_verb *const *verbs = NULL;

	if (!strncmp(command, "souk-", 5))
		verbs = souk_verbs_of(command + 5, &count);
	for (size_t i = 0; i < count; i++)
		souk_describe_json(answer, verbs[i]);
	return count > 0;
}

static bool ask(struct souk_buffer *answer, const char *command)
{
	int ends[2], null, state = -1;
	int64_t until = souk_clock_ns() + (int64_t)PATIENCE_MS * 1000000;
	struct pollfd wait;
	ssize_t got = -1;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0 || (pid = fork()) < 0)
		souk_die_errno("cannot run %s", command);
	if (pid == 0) {
		null = open("/dev/null", O_RDWR);
		if (null >= 0 && dup2(null, 0) >= 0 && dup2(ends[1], 1) >= 0 && dup2(null, 2) >= 0)
			execlp(command, command, "--describe", (char *)NULL);
		_exit(NOT_FOUND);
	}
	close(ends[1]);
	wait = (struct pollfd){.fd = ends[0], .events = POLLIN};
	while (answer->len < MAX_DESCRIPTION) {
		int64_t left = (until - souk_clock_ns()) / 1000000;

		if (left <= 0 || poll(&wait, 1, (int)left) <= 0)
			break;
		got = read(ends[0], souk_buffer_room(answer, 1 << 16), 1 << 16);
		if (got <= 0)
			break;
		answer->len += (size_t)got;
	}
	close(ends[0]);
	if (got != 0)
		kill(pid, SIGKILL);
	waitpid(pid, &state, 0);
	if (WIFEXITED(state) && WEXITSTATUS(state) == NOT_FOUND)
		return describe_linked(answer, command);
	return got == 0 && WIFEXITED(state) && WEXITSTATUS(state) == 0;
}

static bool is_text(struct souk_record *r, const char *name)
{
	const struct souk_node *node = souk_member(r, name);
	struct souk_text text;

	return node && node->type == SOUK_STRING && souk_decode(r, node, &text) && text.len;
}

bool souk_described_as(struct souk_record *r, const char *name, const char *text)
{
	const struct souk_node *node = souk_member(r, name);
	struct souk_text is = {0};

	if (!node)
		return !*text;
	return node->type == SOUK_STRING && souk_decode(r, node, &is) && souk_text_is(is, text);
}

bool souk_described_true(struct souk_record *r, const char *name)
{
	const struct souk_node *node = souk_member(r, name);

	return node && node->type == SOUK_TRUE;
}

/* Goes through the lines; `take` may be NULL. False: one is no declaration. */
static bool each_line(const struct souk_buffer *lines, struct souk_record *r,
	void (*take)(void *context, struct souk_record *r), void *context)
{
	for (size_t at = 0; at < lines->len;) {
		const char *end = memchr(lines->at + at, '\n', lines->len - at);
		size_t len = end ? (size_t)(end - lines->at) - at : 0;

		if (!end || !souk_record_parse(r, lines->at + at, len) || !is_text(r, "function") || !is_text(r, "kind"))
			return false;
		if (take)
			take(context, r);
		at += len + 1;
	}
	return lines->len > 0;
}

bool souk_read_description(const char *command, void (*take)(void *context, struct souk_record *r), void *context)
{
	static const char *const all[] = {"*", NULL};
	struct souk_buffer lines = {0};
	struct souk_record r = {0};
	bool good = ask(&lines, command);

	memset(souk_buffer_room(&lines, SOUK_RECORD_PAD), 0, SOUK_RECORD_PAD);
	souk_record_init(&r, "describe", &(struct souk_interest){.reads = all});
	good = good && each_line(&lines, &r, NULL, NULL);
	if (good)
		each_line(&lines, &r, take, context);
	souk_record_free(&r);
	souk_buffer_free(&lines);
	return good;
}
