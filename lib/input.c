/* SPDX-License-Identifier: ISC */
/* Reading lines by the batch (contract, rule 4). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"
#include "error.h"
#include "long_line.h"

struct souk_input {
	int fd, rejects;
	bool ended, is_file;
	size_t max_record;
	char *bytes;            /* `cap` long, and the pad */
	size_t cap, start, end; /* what is read and not yet given lies between */
	size_t scanned;         /* up to here there is no line end */
	uint64_t number, offset; /* of the line at start */
	bool in_long;
	struct souk_long_line long_line;
	struct souk_input_line *lines;
	size_t lines_cap;
};

static volatile sig_atomic_t term_seen;

static void on_term(int signal)
{
	(void)signal;
	term_seen = 1;
}

void souk_catch_term(void)
{
	struct sigaction action = {.sa_handler = on_term};
	sigset_t set;

	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

bool souk_terminated(void)
{
	sigset_t pending;

	return term_seen || (sigpending(&pending) == 0 && sigismember(&pending, SIGTERM));
}

void souk_widen_pipe(int fd)
{
	fcntl(fd, F_SETPIPE_SZ, SOUK_PIPE_BYTES);
}

int souk_rejects_open(const char *path)
{
	int fd;

	if (!path)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		souk_die_errno("cannot open the rejects file %s", path);
	return fd;
}

struct souk_input *souk_input_open(int fd, size_t max_record, int rejects)
{
	struct souk_input *in = calloc(1, sizeof(*in));
	struct stat status;

	if (!in)
		souk_die("out of memory");
	in->fd = fd;
	in->rejects = rejects;
	in->max_record = max_record;
	in->is_file = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
	in->cap = SOUK_BATCH_BYTES > max_record + 2 ? SOUK_BATCH_BYTES : max_record + 2;
	in->bytes = malloc(in->cap + SOUK_RECORD_PAD);
	in->lines_cap = SOUK_BATCH_RECORDS;
	in->lines = malloc(in->lines_cap * sizeof(*in->lines));
	if (!in->bytes || !in->lines)
		souk_die("out of memory");
	souk_widen_pipe(fd);
	return in;
}

void souk_input_close(struct souk_input *in)
{
	souk_buffer_free(&in->long_line.head);
	free(in->bytes);
	free(in->lines);
	free(in);
}

/* Waits for input; timeout_ns < 0 waits for ever. False: none came, or SIGTERM. */
static bool wait_readable(struct souk_input *in, int64_t timeout_ns)
{
	struct pollfd poll = {.fd = in->fd, .events = POLLIN};
	struct timespec limit = {timeout_ns / 1000000000, timeout_ns % 1000000000};
	sigset_t mask;
	int ready;

	if (in->is_file)
		return true;
	sigprocmask(SIG_BLOCK, NULL, &mask);
	sigdelset(&mask, SIGTERM);
	do
		ready = ppoll(&poll, 1, timeout_ns < 0 ? NULL : &limit, &mask);
	while (ready < 0 && errno == EINTR && !term_seen);
	if (ready < 0 && errno != EINTR)
		souk_die_errno("cannot wait for input");
	return ready > 0;
}

/* Moves what is left to the front, so that there is room for a whole batch. */
static void make_room(struct souk_input *in)
{
	memmove(in->bytes, in->bytes + in->start, in->end - in->start);
	in->scanned -= in->start;
	in->end -= in->start;
	in->start = 0;
}

/* Reads once. False at the end of the input. Ends an unterminated last line. */
static bool fill(struct souk_input *in)
{
	ssize_t got;

	if (in->ended)
		return false;
	do
		got = read(in->fd, in->bytes + in->end, in->cap - in->end);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		souk_die_errno("cannot read the input");
	if (got == 0) {
		in->ended = true;
		if (in->start == in->end && !in->in_long)
			return false;
		in->bytes[in->end] = '\n';
		got = 1;
	}
	in->end += (size_t)got;
	/* What lies behind is read by the scanner, though it never counts. */
	memset(in->bytes + in->end, 0, SOUK_RECORD_PAD - 1);
	return true;
}

static void write_reject(struct souk_input *in, const char *at, size_t len)
{
	if (in->rejects >= 0 && !souk_write_all(in->rejects, at, len))
		souk_die_errno("cannot write the rejects file");
}

/* A part of a line that is too long. */
static void pass_long(struct souk_input *in, const char *at, size_t len)
{
	write_reject(in, at, len);
	souk_long_line_pass(&in->long_line, at, len);
}

static void begin_long(struct souk_input *in)
{
	in->in_long = true;
	souk_long_line_begin(&in->long_line, in->offset);
}

static void end_long(struct souk_input *in, struct souk_input_line *line)
{
	in->in_long = false;
	write_reject(in, "\n", 1);
	souk_long_line_end(&in->long_line, in->number, line);
}

static bool is_blank(const char *at, size_t len)
{
	while (len && (*at == ' ' || *at == '\t' || *at == '\r')) {
		at++;
		len--;
	}
	return len == 0;
}

/* Takes the next complete line out of the buffer. 1: got one, 0: there is none
 * complete, -1: it was blank. */
static int take(struct souk_input *in, struct souk_input_line *line)
{
	char *at = in->bytes + in->start, *end;
	size_t len, whole;

	end = memchr(in->bytes + in->scanned, '\n', in->end - in->scanned);
	if (!end) {
		in->scanned = in->end;
		whole = in->end - in->start;
		/* The line's CR may be the byte after the longest record. */
		if (in->in_long || whole > in->max_record + 1) {
			if (!in->in_long)
				begin_long(in);
			pass_long(in, at, whole);
			in->offset += whole;
			in->start = in->end = in->scanned = 0;
		}
		return 0;
	}
	len = (size_t)(end - at);
	whole = len + 1;
	in->start = in->scanned = (size_t)(end + 1 - in->bytes);
	in->number++;
	if (!in->in_long) {
		if (len && at[len - 1] == '\r')
			len--;
		*line = (struct souk_input_line){.at = at, .len = len, .number = in->number, .offset = in->offset};
		if (len <= in->max_record) {
			in->offset += whole;
			/* Blank ones are rare: look only where a record can't begin. */
			return *at == '{' || !is_blank(at, len) ? 1 : -1;
		}
		begin_long(in);
	}
	pass_long(in, at, whole - 1);
	in->offset += whole;
	end_long(in, line);
	return 1;
}

size_t souk_input_next(struct souk_input *in, const struct souk_input_line **batch, int64_t idle_ns)
{
	size_t count = 0, bytes = 0;

	*batch = in->lines;
	/* Only now, as lines that are given out must stay where they are; and not where
	 * that much is left that it makes a batch by itself. */
	if (in->start && (in->end - in->start < in->cap / 4 || in->cap - in->end < in->cap / 4))
		make_room(in);
	for (;;) {
		while (count < SOUK_BATCH_RECORDS && bytes < SOUK_BATCH_BYTES) {
			int got = take(in, &in->lines[count]);

			if (got == 0)
				break;
			if (got < 0)
				continue;
			bytes += in->lines[count].len;
			/* The next long line would want the same place for its beginning. */
			if (in->lines[count++].too_long)
				return count;
		}
		if (count == SOUK_BATCH_RECORDS || bytes >= SOUK_BATCH_BYTES)
			return count;
		/* With no room left to read, the batch is as full as it can be. */
		if (count && (in->end == in->cap || in->in_long))
			return count;
		if (in->end == in->cap)
			make_room(in);
		if (souk_terminated())
			return count;
		if (!wait_readable(in, count ? idle_ns : -1))
			return count;
		if (!fill(in))
			return count;
	}
}
