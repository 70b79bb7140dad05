/* SPDX-License-Identifier: ISC */
/* Finding a verb, parsing its options, opening it. */
#include "verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "error.h"
#include "rfc3339.h"
#include "store_if_any.h"

/* Set by the linker around the section that SOUK_VERB fills. */
extern const struct souk_verb *const __start_souk_verbs[];
extern const struct souk_verb *const __stop_souk_verbs[];

/* The function that this command is: where several are linked into one, the one it is
 * called by, or else the dispatcher. */
static const struct souk_function *own_function;

const struct souk_function *souk_function_called(const char *name)
{
	const struct souk_function *by_name = NULL, *dispatcher = NULL;

	for (const struct souk_verb *const *v = __start_souk_verbs; v < __stop_souk_verbs; v++) {
		const struct souk_function *f = (*v)->function;

		if (!strncmp(name, "souk-", 5) && !strcmp(name + 5, f->name))
			by_name = f;
		if (!strcmp(f->name, "souk"))
			dispatcher = f;
	}
	own_function = by_name ? by_name : dispatcher ? dispatcher : __start_souk_verbs[0]->function;
	return own_function;
}

/* The linker puts those of a function side by side. */
const struct souk_verb *const *souk_verbs_of(const char *function, size_t *count)
{
	const struct souk_verb *const *first = __start_souk_verbs, *const *after;

	while (first < __stop_souk_verbs && strcmp((*first)->function->name, function))
		first++;
	for (after = first; after < __stop_souk_verbs && (*after)->function == (*first)->function; after++)
		;
	*count = (size_t)(after - first);
	return first;
}

const struct souk_verb *const *souk_verbs(size_t *count)
{
	return souk_verbs_of((own_function ? own_function : __start_souk_verbs[0]->function)->name, count);
}

const struct souk_verb *souk_verb_find(const char *function, const char *name)
{
	for (const struct souk_verb *const *v = __start_souk_verbs; v < __stop_souk_verbs; v++)
		if (!strcmp((*v)->function->name, function) &&
		    !strcmp((*v)->name ? (*v)->name : "", name ? name : ""))
			return *v;
	return NULL;
}

void souk_add_verb_name(struct souk_buffer *b, const struct souk_verb *verb)
{
	souk_add_string(b, souk_program);
	if (verb->name) {
		souk_add_char(b, ' ');
		souk_add_string(b, verb->name);
	}
}

/* ---- Options that come with the kind ---- */

#define COMMON(letter, name, value, kind, field, help) \
	{letter, name, value, kind, offsetof(struct souk_stage, field), help, 0, 0, NULL, false}
#define EXIT_ON_FAILED COMMON('e', "exit-on-failed", NULL, SOUK_OPTION_FLAG, exit_on_failed, \
	"exit 1 if any record failed here")
#define VERBOSE COMMON('v', "verbose", NULL, SOUK_OPTION_FLAG, verbose, "say on stderr why records failed")
#define MAX_RECORD {0, "max-record", "BYTES", SOUK_OPTION_NUMBER, offsetof(struct souk_stage, max_record), \
	"longest record taken, from 1024 (default 1048576)", 1024, 1 << 30, NULL, false}
#define REJECTS COMMON(0, "rejects", "FILE", SOUK_OPTION_TEXT, rejects, "append lines that are no records to FILE")
#define NOW COMMON(0, "now", "TIME", SOUK_OPTION_TIME, fixed_now, "take TIME (RFC 3339) for the present")
#define END {0}

const struct souk_option *souk_common_options(enum souk_kind kind)
{
	static const struct souk_option
		filter[] = {EXIT_ON_FAILED, VERBOSE, MAX_RECORD, REJECTS, NOW, END},
		map[] = {EXIT_ON_FAILED, VERBOSE, MAX_RECORD, REJECTS, NOW, END},
		source[] = {NOW, END},
		tool[] = {END};
	static const struct souk_option *const of[] = {
		[SOUK_FILTER] = filter, [SOUK_SOURCE] = source, [SOUK_MAP] = map, [SOUK_TOOL] = tool,
	};

	return of[kind];
}

/* ---- Parsing ---- */

struct target {
	const struct souk_option *option;
	void *base; /* what its offset counts from */
};

static void set(struct target t, const char *given, const char *value)
{
	char *field = (char *)t.base + t.option->offset, *end;
	struct souk_buffer allowed = {0};
	struct souk_strings *list;
	long long number;

	switch (t.option->kind) {
	case SOUK_OPTION_FLAG:
		*(bool *)field = true;
		return;
	case SOUK_OPTION_TEXT:
		*(const char **)field = value;
		return;
	case SOUK_OPTION_NUMBER:
		number = strtoll(value, &end, 10);
		if (end == value || *end || *value == ' ' || *value == '+' || number < t.option->min ||
		    number > t.option->max)
			souk_die_usage("%s %s: must be a whole number from %lld to %lld", given, value,
				(long long)t.option->min, (long long)t.option->max);
		*(int64_t *)field = number;
		return;
	case SOUK_OPTION_CHOICE:
		for (int i = 0; t.option->choices[i]; i++) {
			if (!strcmp(value, t.option->choices[i])) {
				*(int *)field = i;
				souk_buffer_free(&allowed);
				return;
			}
			souk_add_format(&allowed, "%s%s", i ? ", " : "", t.option->choices[i]);
		}
		souk_die_usage("%s %s: must be one of %.*s", given, value, (int)allowed.len, allowed.at);
	case SOUK_OPTION_TIME:
		if (!souk_time_parse(souk_text_of(value), (int64_t *)(void *)field))
			souk_die_usage("%s %s: must be a time such as 2010-12-01T08:26:00Z", given, value);
		return;
	case SOUK_OPTION_SPAN:
		if (!souk_span_parse(souk_text_of(value), (int64_t *)(void *)field))
			souk_die_usage("%s %s: must be a length of time such as 30s, 15m, 2h or 7d", given, value);
		return;
	case SOUK_OPTION_LIST:
		list = (struct souk_strings *)(void *)field;
		list->at = realloc(list->at, (list->count + 1) * sizeof(*list->at));
		if (!list->at)
			souk_die("out of memory");
		list->at[list->count++] = value;
		return;
	}
}

static const struct souk_option *find_long(const struct souk_option *table, const char *name, size_t len)
{
	for (; table && table->name; table++)
		if (strlen(table->name) == len && !memcmp(table->name, name, len))
			return table;
	return NULL;
}

static const struct souk_option *find_letter(const struct souk_option *table, char letter)
{
	for (; table && table->name; table++)
		if (table->letter == letter)
			return table;
	return NULL;
}

static const char *similar(const struct souk_option *table, struct souk_text name)
{
	for (; table && table->name; table++)
		if (souk_text_similar(souk_text_of(table->name), name))
			return table->name;
	return NULL;
}

_Noreturn static void unknown_option(const struct souk_stage *stage, const char *given)
{
	struct souk_text name = souk_text_of(given + strspn(given, "-"));
	const char *meant;

	name.len = strcspn(name.at, "=");
	meant = similar(stage->verb->options, name);
	if (!meant)
		meant = similar(souk_common_options(stage->verb->kind), name);
	if (meant)
		souk_die_usage("no option %s: did you mean --%s?", given, meant);
	souk_die_usage("no option %s", given);
}

_Noreturn static void print_and_exit(void (*describe)(struct souk_buffer *, const struct souk_verb *),
	const struct souk_verb *verb)
{
	struct souk_buffer b = {0};

	describe(&b, verb);
	if (!souk_write_all(1, b.at, b.len))
		souk_die_errno("cannot write the output");
	exit(SOUK_EXIT_OK);
}

static void check_required(struct souk_stage *stage, const bool *given)
{
	const struct souk_option *o = stage->verb->options;

	for (size_t i = 0; o && o[i].name; i++)
		if (o[i].required && !given[i])
			souk_die_usage("--%s %s is needed", o[i].name, o[i].value);
}

/* Options may stand after operands, as people write them; "--" ends them. The
 * operands are moved to the end of argv in their order. */
static int parse(struct souk_stage *stage, int argc, char **argv)
{
	const struct souk_option *own = stage->verb->options, *common = souk_common_options(stage->verb->kind);
	bool given[64] = {false};
	char **operands = calloc((size_t)argc + 1, sizeof(*operands));
	int count = 0, i;

	if (!operands)
		souk_die("out of memory");
	for (i = 1; i < argc; i++) {
		const char *arg = argv[i], *value = NULL, *letter = arg + 1;
		char name[80];

		if (!strcmp(arg, "--")) {
			i++;
			break;
		}
		if (arg[0] != '-' || !arg[1]) {
			if (stage->verb->raw_operands)
				break;
			operands[count++] = argv[i];
			continue;
		}
		if (!strcmp(arg, "--help") || !strcmp(arg, "-h"))
			print_and_exit(souk_describe_help, stage->verb);
		do {
			struct target t = {NULL, stage->state};

			if (arg[1] == '-') {
				size_t len = strcspn(arg + 2, "=");

				if (!(t.option = find_long(own, arg + 2, len)) && (t.base = stage))
					t.option = find_long(common, arg + 2, len);
				value = arg[2 + len] ? arg + 3 + len : NULL;
				letter = "";
			} else {
				if (!(t.option = find_letter(own, *letter)) && (t.base = stage))
					t.option = find_letter(common, *letter);
				letter++;
			}
			if (!t.option)
				unknown_option(stage, arg);
			snprintf(name, sizeof(name), "--%s", t.option->name);
			if (t.option->kind == SOUK_OPTION_FLAG) {
				if (value)
					souk_die_usage("%s takes no value", name);
			} else if (!value) {
				value = *letter ? letter : ++i < argc ? argv[i] : NULL;
				letter = "";
				if (!value)
					souk_die_usage("%s wants a value: %s", name, t.option->value);
			}
			set(t, name, value);
			if (t.base == stage->state)
				given[t.option - own] = true;
		} while (*letter);
	}
	while (i < argc)
		operands[count++] = argv[i++];
	check_required(stage, given);
	if (count && !stage->verb->operands)
		souk_die_usage("%s: takes no operand", operands[0]);
	memcpy(argv + argc - count, operands, (size_t)count * sizeof(*operands));
	free(operands);
	return argc - count;
}

int souk_stage_open(struct souk_stage *stage, const struct souk_verb *verb, int argc, char **argv)
{
	const struct souk_function *f = verb->function;
	int first;

	*stage = (struct souk_stage){.verb = verb, .max_record = SOUK_MAX_RECORD, .fixed_now = SOUK_NO_TIME,
		.program = souk_program};
	stage->state = calloc(1, verb->state_size ? verb->state_size : 1);
	if (!stage->state)
		souk_die("out of memory");
	first = parse(stage, argc, argv);
	if (f->schema && (verb->effects != SOUK_PURE || verb->reads_state))
		stage->store = souk_store_open(f->name, f->schema, f->statements, f->statement_count,
			verb->effects != SOUK_PURE);
	if (verb->open)
		verb->open(stage);
	return first;
}

void souk_stage_close(struct souk_stage *stage)
{
	if (stage->verb->close)
		stage->verb->close(stage);
	if (stage->store)
		souk_store_close(stage->store);
	free(stage->state);
}

int64_t souk_now(const struct souk_stage *stage)
{
	return stage->fixed_now != SOUK_NO_TIME ? stage->fixed_now : (int64_t)time(NULL);
}

bool souk_may_time(struct souk_record *r, const char *name, int64_t *time)
{
	struct souk_text text = {0};

	if (!souk_may_text(r, NULL, name, 1, 40, &text))
		return false;
	if (!text.at || souk_time_parse(text, time))
		return true;
	souk_refuse_value(r, souk_member(r, name),
		"must be a time such as 2010-12-01T08:26:00Z or 2010-12-01");
	return false;
}

bool souk_order_time(struct souk_stage *stage, struct souk_record *r, int64_t *time)
{
	*time = SOUK_NO_TIME;
	if (!souk_may_time(r, "time", time))
		return false;
	if (*time == SOUK_NO_TIME)
		*time = souk_now(stage);
	return true;
}
