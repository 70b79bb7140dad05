/* SPDX-License-Identifier: ISC */
/* process.c: how the program behaves as a process: it answers at once, ends as it
 * should, and says so (rules 4, 7 and 8). */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conform.h"

/* So long nothing may come where nothing is due. */
#define SILENCE_MS 50

static void close_now(int *fd)
{
	close(*fd);
	*fd = -1;
}

/* What the trial has sent up to and with line `index`. */
static void send_up_to(struct conform_trial *t, size_t index)
{
	const struct conform_line *next = &t->lines.at[index + 1];

	t->run.input.at = t->lines.bytes.at;
	t->run.input.len = index + 1 < t->lines.count ? next->at : t->lines.bytes.len;
}

static void check_flush(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "flush"};

	conform_add_records(c, &t.lines, 4);
	conform_start(c, &t.run, NULL);
	for (size_t i = 0; i < t.lines.count && !c->broken; i++) {
		send_up_to(&t, i);
		if (conform_pump(c, &t.run, i + 1, conform_patience(c)))
			continue;
		conform_broken(c, "line %zu was not answered within %lld s while the input stayed open", i + 1,
			(long long)c->timeout);
		conform_show(c, "sent", conform_line_text(&t.lines, i));
	}
	conform_finish(c, &t.run, true);
	conform_trial_free(&t);
}
CONFORM_CHECK(check_flush, "flush", 4,
	"a line is answered before more input comes", CONFORM_NOT_MANY);

static void check_pieces(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "pieces"};
	size_t step = 7;

	conform_add_records(c, &t.lines, 2);
	conform_start(c, &t.run, NULL);
	t.run.input.at = t.lines.bytes.at;
	/* All but the LF of the first line, in pieces. */
	while (t.run.input.len < t.lines.at[0].len) {
		t.run.input.len += step < t.lines.at[0].len - t.run.input.len ? step
			: t.lines.at[0].len - t.run.input.len;
		conform_pump(c, &t.run, 0, conform_patience(c));
		usleep(500);
	}
	if (conform_pump(c, &t.run, 1, SILENCE_MS) || t.run.output.len > 0)
		conform_broken(c, "something was written before the line ended");
	t.run.input.len = t.lines.bytes.len;
	conform_finish(c, &t.run, true);
	conform_read_answers(c, &t);
	if (!c->broken && c->kind != CONFORM_MANY && t.answer_count != 2)
		conform_broken(c, "a line that came in pieces, and another: %zu lines came back", t.answer_count);
	if (c->broken) {
		conform_show(c, "sent", (struct souk_text){t.lines.bytes.at, t.lines.bytes.len});
		conform_show(c, "came", (struct souk_text){t.run.output.at, t.run.output.len});
	}
	conform_expect_exit(c, &t.run, SOUK_EXIT_OK, "a line that came in pieces");
	conform_trial_free(&t);
}
CONFORM_CHECK(check_pieces, "pieces", 1, "a line may come in pieces", 0);

/* Its peak memory in KiB so far, or 0 if the system does not tell. getrusage()
 * would not do: it counts what the process was before exec, a copy of us. */
static long peak_now(pid_t pid)
{
	char path[64], line[256];
	long kib = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "VmHWM: %ld", &kib);
	if (file)
		fclose(file);
	return kib;
}

/* Its peak after so many records. */
static long peak_after(struct conform *c, size_t records)
{
	struct conform_trial t = {.lines.tag = "memory"};
	long peak;

	conform_add_records(c, &t.lines, records);
	send_up_to(&t, records - 1);
	conform_start(c, &t.run, NULL);
	conform_pump(c, &t.run, c->kind == CONFORM_MANY ? 0 : records, conform_patience(c));
	peak = peak_now(t.run.pid);
	conform_finish(c, &t.run, true);
	conform_trial_free(&t);
	return peak;
}

static void check_memory(struct conform *c)
{
	/* The first is more than a batch; what is allowed beyond is caches that fill. */
	enum { FEW = 6000, MANY = 60000, ALLOWED_KIB = 8 << 10 };
	long few = peak_after(c, FEW), many = peak_after(c, MANY);

	if (few == 0 || many == 0)
		conform_skip(c, "the system does not tell, or the program ended before its input");
	else if (many > few + ALLOWED_KIB)
		conform_broken(c, "%d records took %ld KiB, %d took %ld KiB", FEW, few, MANY, many);
}
CONFORM_CHECK(check_memory, "memory", 7, "memory does not grow with the stream", 0);

static void check_quiet(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "quiet"};

	conform_add_records(c, &t.lines, 8);
	conform_try(c, &t);
	if (t.run.errors.len > 0) {
		conform_broken(c, "it wrote to stderr though nothing was wrong");
		conform_show(c, "stderr", (struct souk_text){t.run.errors.at, t.run.errors.len});
	}
	conform_trial_free(&t);
}
CONFORM_CHECK(check_quiet, "quiet", 8, "good input gives nothing on stderr", 0);

static void check_exit(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "exit"};

	conform_add_records(c, &t.lines, 8);
	conform_try(c, &t);
	conform_expect_exit(c, &t.run, SOUK_EXIT_OK, "a stream without bad lines");
	conform_trial_free(&t);
}
CONFORM_CHECK(check_exit, "exit", 8, "it exits 0 when a good stream ends", CONFORM_TELLS_HANG);

/* What came must be whole answers to the first lines, none left out. */
static void expect_prefix(struct conform *c, const struct conform_trial *t)
{
	if (t->partial)
		conform_broken(c, "the last answer is cut short");
	for (size_t i = 0; i < t->answer_count && !c->broken && c->kind == CONFORM_FILTER; i++)
		if (t->answers[i].of != i) {
			conform_broken(c, "answer %zu is not the one to line %zu", i + 1, i + 1);
			conform_show(c, "came", t->answers[i].line);
		}
}

/* Sends SIGTERM once `answers` have come; the input stays open. */
static void terminate_after(struct conform *c, size_t records, size_t answers)
{
	struct conform_trial t = {.lines.tag = "sigterm"};

	conform_add_records(c, &t.lines, records);
	conform_start(c, &t.run, NULL);
	/* All is sent first, or as much as pipes take until answers are read. */
	send_up_to(&t, answers - 1);
	if (conform_pump(c, &t.run, answers, conform_patience(c))) {
		send_up_to(&t, records - 1);
		kill(t.run.pid, SIGTERM);
		conform_finish(c, &t.run, false);
		conform_read_answers(c, &t);
		expect_prefix(c, &t);
		conform_expect_exit(c, &t.run, SOUK_EXIT_OK, "SIGTERM");
	} else {
		conform_skip(c, "it did not answer %zu lines while the input stayed open", answers);
		conform_finish(c, &t.run, true);
	}
	conform_trial_free(&t);
}

static void check_sigterm(struct conform *c)
{
	terminate_after(c, 4, 4);
	if (!c->broken && !c->skipped)
		terminate_after(c, 20000, 2);
}
CONFORM_CHECK(check_sigterm, "sigterm", 8,
	"SIGTERM: it finishes what it began and exits 0", CONFORM_NOT_MANY);

static void check_full(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "full"};

	conform_add_records(c, &t.lines, 8);
	t.run.input = (struct souk_text){t.lines.bytes.at, t.lines.bytes.len};
	conform_start(c, &t.run, "/dev/full");
	conform_finish(c, &t.run, true);
	conform_expect_exit(c, &t.run, SOUK_EXIT_SYSTEM, "writing to /dev/full");
	if (!c->broken && t.run.errors.len == 0)
		conform_broken(c, "it said nothing on stderr");
	conform_trial_free(&t);
}
CONFORM_CHECK(check_full, "full-disk", 8, "a failed write gives exit 3 and a message", 0);

static void check_sigpipe(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "sigpipe"};
	struct conform_run *r = &t.run;

	conform_add_records(c, &t.lines, 5000);
	r->input = (struct souk_text){t.lines.bytes.at, t.lines.bytes.len};
	conform_start(c, r, NULL);
	close_now(&r->out);
	conform_finish(c, r, true);
	/* A shell tells of it by 128 more. */
	if (!(r->ended && !r->hung && WIFSIGNALED(r->status) && WTERMSIG(r->status) == SIGPIPE)
		&& !conform_exited(r, 128 + SIGPIPE)) {
		struct souk_buffer end = {0};

		conform_add_end(c, &end, r);
		conform_broken(c, "its reader went away: %.*s instead of an end by SIGPIPE", SOUK_ARG(end));
		if (r->errors.len > 0)
			conform_show(c, "stderr", (struct souk_text){r->errors.at, r->errors.len});
		souk_buffer_free(&end);
	}
	conform_trial_free(&t);
}
CONFORM_CHECK(check_sigpipe, "sigpipe", 8, "a reader that goes away ends it by SIGPIPE", 0);
