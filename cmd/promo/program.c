/* SPDX-License-Identifier: ISC */
#include "program.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "error.h"
#include "jq_repairs.h"

/* Conditions that share a program. */
enum { MOST_BYTES = 8 << 10 };

/* Stands before all conditions, in one line, so that jq counts their lines as people do.
 * A condition sees one order at its own time, and nothing else: not the clock, not the
 * environment, not what is around it. libjq 1.6 frees twice what a halt leaves behind. */
static const char prelude[] =
	SOUK_JQ_REPAIRS
	". as [$__number, $__order, $__time] | {} as $ENV | $__order | def env: {}; def now: $__time; "
	"def __not($name): error($name + \": a condition has none\"); "
	"def input: __not(\"input\"); def inputs: __not(\"inputs\"); "
	"def input_filename: __not(\"input_filename\"); def input_line_number: __not(\"input_line_number\"); "
	"def modulemeta: __not(\"modulemeta\"); def get_search_list: __not(\"get_search_list\"); "
	"def debug: .; def stderr: .; def halt: __not(\"halt\"); def halt_error: halt; "
	"def halt_error($code): halt; def localtime: gmtime; def strflocaltime($format): strftime($format); ";

static void out_of_memory(void *data)
{
	(void)data;
	souk_die("out of memory");
}

/* Of several errors the first says most. */
static void on_compile_error(void *data, jv message)
{
	struct souk_buffer *kept = data;
	jv text = jq_format_error(message);

	if (!kept->len)
		souk_add_string(kept, jv_string_value(text));
	jv_free(text);
}

/* Without a home there is no ~/.jq that would be read. */
static jq_state *compile(const char *source, struct souk_buffer *message)
{
	jq_state *jq = jq_init();
	const char *home = getenv("HOME");
	char *kept = home ? strdup(home) : NULL;
	bool done;

	if (!jq)
		souk_die("libjq does not start");
	jv_nomem_handler(out_of_memory, NULL);
	unsetenv("HOME");
	message->len = 0;
	jq_set_error_cb(jq, on_compile_error, message);
	done = jq_compile(jq, source);
	jq_set_error_cb(jq, NULL, NULL);
	if (kept)
		setenv("HOME", kept, 1);
	free(kept);
	if (!done)
		jq_teardown(&jq);
	return jq;
}

/* Those numbered from `from` to before `to`. */
static void add_tree(struct souk_buffer *out, const struct souk_text *texts, size_t from, size_t to,
	const char *brackets)
{
	size_t middle = from + (to - from) / 2;

	if (to - from == 1) {
		/* A function of its own, as jq bounds the length of each. */
		souk_add_string(out, "(def f: ");
		souk_add_char(out, brackets[0]);
		souk_add(out, texts[from].at, texts[from].len);
		/* On a line of its own, as the condition may end in a comment. */
		souk_add_char(out, '\n');
		souk_add_char(out, brackets[1]);
		souk_add_string(out, "; f)");
		return;
	}
	souk_add_format(out, "if $__number < %zu then ", middle);
	add_tree(out, texts, from, middle, brackets);
	souk_add_string(out, " else ");
	add_tree(out, texts, middle, to, brackets);
	souk_add_string(out, " end");
}

size_t program_share(const struct souk_text *texts, size_t count)
{
	size_t bytes = 0, share = 0;

	while (share < count && (!share || bytes + texts[share].len <= MOST_BYTES))
		bytes += texts[share++].len;
	return share;
}

jq_state *program_compile(const struct souk_text *texts, size_t count, const char *brackets,
	struct souk_buffer *message)
{
	struct souk_buffer source = {0};
	jq_state *jq;

	souk_add_string(&source, prelude);
	add_tree(&source, texts, 0, count, brackets);
	souk_add_char(&source, '\0');
	jq = compile(source.at, message);
	souk_buffer_free(&source);
	return jq;
}

/* ---- What is wrong with one ---- */

/* Cuts `from` and what follows, up to `to` where that is not NULL, out of the message. */
static void cut_out(struct souk_buffer *message, const char *from, const char *to)
{
	char *start = strstr(message->at, from), *end;

	if (!start)
		return;
	end = to ? start + strlen(from) : message->at + message->len - 1;
	memmove(start, end, (size_t)(message->at + message->len - end));
	message->len -= (size_t)(end - start);
}

/* Whether the text compiles with that after it. */
static bool compiles_with(struct souk_text text, const char *after, struct souk_buffer *message)
{
	struct souk_buffer source = {0};
	jq_state *jq;

	souk_add_string(&source, prelude);
	souk_add(&source, text.at, text.len);
	souk_add(&source, after, strlen(after) + 1);
	jq = compile(source.at, message);
	souk_buffer_free(&source);
	if (!jq)
		return false;
	jq_teardown(&jq);
	return true;
}

void program_fault(struct souk_text text, struct souk_buffer *message)
{
	/* By itself jq says best what is wrong, if that is not what follows. */
	if (compiles_with(text, "\n", message))
		souk_add_string(message, "it is not one expression");
	souk_add_char(message, '\0');
	cut_out(message, "\n", NULL);
	cut_out(message, " at <top-level>", NULL);
	cut_out(message, " (Unix shell quoting issues?)", "");
	cut_out(message, "jq: error: ", "");
	message->len--;
}

/* ---- Running one ---- */

/* What the alarm stops. */
static jq_state *volatile running;

/* jq looks before each step whether it is halted. With values of no memory halting does
 * nothing else than to store. */
static void on_alarm(int signal)
{
	(void)signal;
	if (running && !jq_halted(running))
		jq_halt(running, jv_invalid(), jv_invalid());
}

/* The time is the processor's, so that a busy machine fails no condition. The alarm
 * repeats, as one in the wrong moment would be lost. */
static jv next_within(jq_state *jq, int64_t ms)
{
	const struct itimerval limit = {{0, 10000}, {ms / 1000, ms % 1000 * 1000}}, off = {{0, 0}, {0, 0}};
	struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
	jv result;

	sigemptyset(&action.sa_mask);
	sigaction(SIGPROF, &action, NULL);
	running = jq;
	setitimer(ITIMER_PROF, &limit, NULL);
	result = jq_next(jq);
	setitimer(ITIMER_PROF, &off, NULL);
	running = NULL;
	return result;
}

enum verdict program_run(jq_state *jq, size_t number, jv order, int64_t time,
	struct souk_buffer *message)
{
	enum verdict verdict;
	jv result;

	message->len = 0;
	jq_start(jq, JV_ARRAY(jv_number((double)number), order, jv_number((double)time)), 0);
	result = next_within(jq, MOST_MS);
	if (jv_is_valid(result)) {
		verdict = jv_get_kind(result) == JV_KIND_FALSE || jv_get_kind(result) == JV_KIND_NULL
			? CONDITION_FAILS : CONDITION_HOLDS;
		jv_free(result);
		return verdict;
	}
	if (jq_halted(jq)) {
		jv_free(result);
		souk_add_format(message, "it took longer than %d ms", MOST_MS);
		return CONDITION_ERROR;
	}
	/* No result at all is no yes. */
	if (!jv_invalid_has_msg(jv_copy(result))) {
		jv_free(result);
		return CONDITION_FAILS;
	}
	result = jv_invalid_get_msg(result);
	if (jv_get_kind(result) != JV_KIND_STRING)
		result = jv_dump_string(result, 0);
	souk_add_string(message, jv_string_value(result));
	jv_free(result);
	return CONDITION_ERROR;
}
