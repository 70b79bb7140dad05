/* SPDX-License-Identifier: ISC */
#include "program.h"

#include <ctype.h>
#include <stdlib.h>

#include "error.h"
#include "jq_repairs.h"
#include "money.h"
#include "rfc3339.h"
#include "value.h"

/* All compilers in use take them, however long; C only promises 4,095 bytes. */
#pragma GCC diagnostic ignored "-Woverlength-strings"
static const char prelude[] =
#include "cmd/map/prelude.jq.h"
;
static const char exact[] =
#include "cmd/map/exact.jq.h"
;

static void out_of_memory(void *data)
{
	(void)data;
	souk_die("out of memory");
}

static void check_source(const struct map_program *p)
{
	const char *name = p->source_name ? p->source_name : "the program";

	if (p->source.len >= MAP_MOST_SOURCE)
		souk_die_usage("%s: longer than %d bytes", name, MAP_MOST_SOURCE);
	if (souk_utf8_valid(p->source.at, p->source.len) != p->source.len ||
	    (p->source.len && memchr(p->source.at, '\0', p->source.len)))
		souk_die_usage("%s: not UTF-8 text", name);
}

static jv string_of(struct souk_text text)
{
	return jv_string_sized(text.at, (int)text.len);
}

/* "NAME=VALUE" becomes the variable $NAME. */
static jv add_argument(jv arguments, const char *given)
{
	const char *equals = strchr(given, '=');
	struct souk_text name = {given, equals ? (size_t)(equals - given) : 0}, value;
	bool good = name.len && !isdigit((unsigned char)*given) &&
		!(name.len > 1 && !memcmp(given, "__", 2));

	for (size_t i = 0; i < name.len; i++)
		good &= isalnum((unsigned char)given[i]) || given[i] == '_';
	if (!good)
		souk_die_usage("--arg %s: must be NAME=VALUE, and NAME of letters, digits and _",
			given);
	value = souk_text_of(equals + 1);
	if (souk_utf8_valid(value.at, value.len) != value.len)
		souk_die_usage("--arg %.*s: the value is not UTF-8", SOUK_ARG(name));
	return jv_object_set(arguments, string_of(name), string_of(value));
}

/* What the prelude takes from here: the decimals of all currencies, and --now. */
static jv own_variable(int64_t fixed_now)
{
	jv decimals = jv_object();
	size_t count;
	const struct souk_currency *currencies = souk_currencies(&count);

	for (size_t i = 0; i < count; i++)
		decimals = jv_object_set(decimals, jv_string(currencies[i].code),
			jv_number(currencies[i].exponent));
	return jv_object_set(jv_object_set(jv_object(), jv_string("decimals"), decimals),
		jv_string("now"), fixed_now == SOUK_NO_TIME ? jv_null() : jv_number((double)fixed_now));
}

/* ---- Compiling ---- */

/* jq's "jq: error: WHAT at <top-level>, line N:" and the line; of several errors the
 * first says most. */
static void on_compile_error(void *data, jv message)
{
	struct map_program *p = data;
	jv text = jq_format_error(message);

	if (!p->compile_error.len) {
		souk_add_string(&p->compile_error, jv_string_value(text));
		souk_add_char(&p->compile_error, '\0');
	}
	jv_free(text);
}

static _Noreturn void die_of_compile_error(struct map_program *p)
{
	const char *name = p->source_name ? p->source_name : "the program";
	char *text = p->compile_error.len ? p->compile_error.at : (char[]){"it does not compile"};
	char *place, *hint;
	int line = 0;

	if (!strncmp(text, "jq: error: ", 11))
		text += 11;
	place = strstr(text, " at <top-level>");
	if (place) {
		char *number = strstr(place, "line ");

		*place = '\0';
		if (number)
			line = atoi(number + 5) - p->prelude_lines;
	}
	hint = strstr(text, " (Unix shell quoting issues?)");
	if (hint)
		memmove(hint, hint + 29, strlen(hint + 29) + 1);
	text[strcspn(text, "\n")] = '\0';
	if (line > 0)
		souk_die_usage("%s, line %d: %s", name, line, text);
	souk_die_usage("%s: %s", name, text);
}

/* jq's debug and stderr, as a message like all others. */
static void on_debug(void *data, jv message)
{
	struct map_program *p = data;
	struct souk_buffer text = {0};
	jv dumped = jv_dump_string(message, 0);

	map_add_message(&text, souk_text_of(jv_string_value(dumped)));
	souk_warn("line %llu: debug: %.*s", (unsigned long long)p->line, (int)text.len, text.at);
	souk_buffer_free(&text);
	jv_free(dumped);
}

static jq_state *compile(struct map_program *p, const char *const *parts)
{
	struct souk_buffer whole = {0};
	jq_state *jq = jq_init();

	if (!jq)
		souk_die("libjq does not start");
	p->prelude_lines = 0;
	for (; *parts; parts++) {
		souk_add_string(&whole, *parts);
		for (const char *end = *parts; (end = strchr(end, '\n')); end++)
			p->prelude_lines++;
	}
	souk_add_string(&whole, p->source.at);
	/* The program may end in a comment. */
	souk_add(&whole, "\n", 2);
	jq_set_error_cb(jq, on_compile_error, p);
	if (!jq_compile_args(jq, whole.at, jv_copy(p->arguments)))
		die_of_compile_error(p);
	jq_set_error_cb(jq, NULL, NULL);
	jq_set_debug_cb(jq, on_debug, p);
	souk_buffer_free(&whole);
	return jq;
}

void map_program_open(struct map_program *p, const char *path, const char *text,
	const struct souk_strings *arguments, int64_t fixed_now)
{
	*p = (struct map_program){.source_name = path};
	jv_nomem_handler(out_of_memory, NULL);
	if (path)
		map_source_read(path, &p->source);
	else
		souk_add_string(&p->source, text);
	check_source(p);
	souk_add_char(&p->source, '\0');
	p->arguments = jv_object();
	for (size_t i = 0; i < arguments->count; i++)
		p->arguments = add_argument(p->arguments, arguments->at[i]);
	p->arguments = jv_object_set(p->arguments, jv_string("__souk"), own_variable(fixed_now));
	/* $ENV and env could carry secrets into records, HOME names a ~/.jq that would be
	 * read, and the time zone would make results depend on where they are made. */
	clearenv();
	setenv("TZ", "UTC0", 1);
	p->plain = compile(p, (const char *const[]){SOUK_JQ_REPAIRS, prelude, NULL});
}

void map_program_close(struct map_program *p)
{
	if (p->plain)
		jq_teardown(&p->plain);
	if (p->exact)
		jq_teardown(&p->exact);
	jv_free(p->arguments);
	souk_buffer_free(&p->source);
	souk_buffer_free(&p->compile_error);
}

/* ---- Running ---- */

static jq_state *build_for(struct map_program *p, bool stand_ins)
{
	if (stand_ins && !p->exact)
		p->exact = compile(p, (const char *const[]){SOUK_JQ_REPAIRS, prelude, exact, NULL});
	return stand_ins ? p->exact : p->plain;
}

void map_program_start(struct map_program *p, jv value, bool stand_ins, uint64_t line)
{
	p->line = line;
	jq_start(build_for(p, stand_ins), value, 0);
}

static void add_error(struct souk_buffer *error, jv message)
{
	if (jv_get_kind(message) != JV_KIND_STRING)
		message = jv_dump_string(message, 0);
	map_add_message(error, (struct souk_text){jv_string_value(message),
		(size_t)jv_string_length_bytes(jv_copy(message))});
	if (!error->len)
		souk_add_string(error, "an error without a message");
	jv_free(message);
}

bool map_program_next(struct map_program *p, bool stand_ins, jv *result, struct souk_buffer *error)
{
	jq_state *jq = build_for(p, stand_ins);

	error->len = 0;
	*result = jq_next(jq);
	if (jv_is_valid(*result))
		return true;
	if (jv_invalid_has_msg(jv_copy(*result)))
		add_error(error, jv_invalid_get_msg(*result));
	else
		jv_free(*result);
	return false;
}
