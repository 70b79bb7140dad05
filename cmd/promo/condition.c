/* SPDX-License-Identifier: ISC */
#include "condition.h"

#include <stdlib.h>

#include "jq_repairs.h"

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
static bool compile(jq_state *jq, const char *source, struct souk_buffer *message)
{
	const char *home = getenv("HOME");
	char *kept = home ? strdup(home) : NULL;
	bool done;

	jv_nomem_handler(out_of_memory, NULL);
	unsetenv("HOME");
	message->len = 0;
	jq_set_error_cb(jq, on_compile_error, message);
	done = jq_compile(jq, source);
	jq_set_error_cb(jq, NULL, NULL);
	if (kept)
		setenv("HOME", kept, 1);
	free(kept);
	return done;
}

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
	jq_state *jq = jq_init();
	bool done;

	if (!jq)
		souk_die("libjq does not start");
	souk_add_string(&source, prelude);
	souk_add(&source, text.at, text.len);
	souk_add(&source, after, strlen(after) + 1);
	done = compile(jq, source.at, message);
	jq_teardown(&jq);
	souk_buffer_free(&source);
	return done;
}

bool condition_compiles(struct souk_text text, struct souk_buffer *message)
{
	/* A line of its own, as it may end in a comment; a comma, which nothing that is
	 * incomplete may be followed by. */
	if (compiles_with(text, "\n, .", message))
		return true;
	/* Without the comma jq says better what is wrong, if that is not what is. */
	if (compiles_with(text, "\n", message))
		souk_add_string(message, "it is not one expression");
	souk_add_char(message, '\0');
	cut_out(message, "\n", NULL);
	cut_out(message, " at <top-level>", NULL);
	cut_out(message, " (Unix shell quoting issues?)", "");
	cut_out(message, "jq: error: ", "");
	message->len--;
	return false;
}

/* ---- All of them as one program ---- */

/* Those numbered from `from` to before `to`. */
static void add_tree(struct souk_buffer *out, const struct souk_text *texts, size_t from, size_t to)
{
	size_t middle = from + (to - from) / 2;

	if (to - from == 1) {
		souk_add_char(out, '(');
		souk_add(out, texts[from].at, texts[from].len);
		souk_add_string(out, "\n)");
		return;
	}
	souk_add_format(out, "if $__number < %zu then ", middle);
	add_tree(out, texts, from, middle);
	souk_add_string(out, " else ");
	add_tree(out, texts, middle, to);
	souk_add_string(out, " end");
}

/* Reads what is stored, one a line, and numbers it. */
static bool read_all(struct conditions *c, struct souk_store *store, struct souk_buffer *lines,
	size_t *count)
{
	struct souk_query *q = souk_ask(store, CONDITION_LIST);
	enum souk_step step;

	souk_cache_refresh(&c->numbers, true);
	for (*count = 0; (step = souk_step(q)) == SOUK_STEP_ROW; (*count)++) {
		struct souk_text text = souk_column_text(q, 0);

		souk_add(lines, text.at, text.len);
		souk_add_char(lines, '\n');
		souk_cache_add(&c->numbers, text, count, sizeof(*count));
	}
	return step == SOUK_STEP_DONE;
}

static void build(struct conditions *c, size_t count)
{
	struct souk_text *texts = calloc(count + 1, sizeof(*texts));
	const char *at = c->source.at;
	struct souk_buffer program = {0};

	if (!texts)
		souk_die("out of memory");
	for (size_t i = 0; i < count; i++) {
		texts[i] = (struct souk_text){at, strcspn(at, "\n")};
		at += texts[i].len + 1;
	}
	souk_add_string(&program, prelude);
	add_tree(&program, texts, 0, count);
	souk_add_char(&program, '\0');
	free(texts);
	if (c->jq)
		jq_teardown(&c->jq);
	c->jq = jq_init();
	if (!c->jq)
		souk_die("libjq does not start");
	/* Each was compiled when it was put: this can only be another version of jq. */
	if (!compile(c->jq, program.at, &c->message))
		souk_die("a stored condition does not compile any more: %.*s", (int)c->message.len, c->message.at);
	souk_buffer_free(&program);
}

/* The program for what is stored now. Rules change more often than conditions. */
static bool prepare(struct conditions *c, struct souk_store *store, uint64_t generation)
{
	struct souk_buffer lines = {0};
	size_t count;

	if (c->jq && c->generation == generation)
		return true;
	if (!read_all(c, store, &lines, &count)) {
		souk_buffer_free(&lines);
		return false;
	}
	c->generation = generation;
	souk_add_char(&lines, '\0');
	if (c->jq && souk_text_equal((struct souk_text){lines.at, lines.len},
		(struct souk_text){c->source.at, c->source.len})) {
		souk_buffer_free(&lines);
		return true;
	}
	souk_buffer_free(&c->source);
	c->source = lines;
	build(c, count);
	return true;
}

/* ---- Running one ---- */

enum verdict condition_holds(struct conditions *c, struct souk_store *store, uint64_t generation,
	struct souk_record *r, struct souk_text text, int64_t time)
{
	const size_t *number;
	enum verdict verdict;
	jv input, result;

	if (!prepare(c, store, generation))
		return CONDITION_SYSTEM;
	number = souk_cache_get(&c->numbers, text, NULL);
	if (!number)
		souk_die("a promotion has a condition that is not stored");
	input = JV_ARRAY(jv_number((double)*number), condition_order(c, r, text), jv_number((double)time));
	jq_start(c->jq, input, 0);
	result = jq_next(c->jq);
	c->message.len = 0;
	if (jv_is_valid(result)) {
		verdict = jv_get_kind(result) == JV_KIND_FALSE || jv_get_kind(result) == JV_KIND_NULL
			? CONDITION_FAILS : CONDITION_HOLDS;
		jv_free(result);
		return verdict;
	}
	/* No result at all is no yes. */
	if (!jv_invalid_has_msg(jv_copy(result))) {
		jv_free(result);
		return CONDITION_FAILS;
	}
	result = jv_invalid_get_msg(result);
	if (jv_get_kind(result) != JV_KIND_STRING)
		result = jv_dump_string(result, 0);
	souk_add_string(&c->message, jv_string_value(result));
	jv_free(result);
	return CONDITION_ERROR;
}

void conditions_free(struct conditions *c)
{
	conditions_forget(c);
	if (c->jq)
		jq_teardown(&c->jq);
	souk_cache_free(&c->numbers);
	souk_buffer_free(&c->source);
	souk_buffer_free(&c->message);
}
