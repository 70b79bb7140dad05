/* SPDX-License-Identifier: ISC */
/*
 * souk-conform: checks any line-in line-out program against the filter contract
 * and names each rule it breaks, with the input that shows it.
 */
#include <stdlib.h>
#include <unistd.h>

#include "conform.h"

/* Set by the linker around what CONFORM_CHECK declares. */
extern const struct conform_check *const __start_conform_checks[];
extern const struct conform_check *const __stop_conform_checks[];

static const struct souk_function conform_function = {
	.name = "conform",
	.summary = "check a program against the filter contract",
};

static const char *const kinds[] = {"filter", "map", "many", NULL};

#define OPTION(field) .offset = offsetof(struct conform, field)
static const struct souk_option options[] = {
	{'i', "input", "FILE", SOUK_OPTION_TEXT, OPTION(input),
		.help = "records it takes, sent under new ids; default: orders"},
	{'k', "kind", "KIND", SOUK_OPTION_CHOICE, OPTION(kind), .choices = kinds,
		.help = "a map makes one new record of each, many any number"},
	{0, "effects", NULL, SOUK_OPTION_FLAG, OPTION(effects),
		.help = "it has effects: ids are needed, and one id names one event"},
	{0, "settles", NULL, SOUK_OPTION_FLAG, OPTION(settles),
		.help = "it acts on failed and waiting records"},
	{'t', "timeout", "SPAN", SOUK_OPTION_SPAN, OPTION(timeout),
		.help = "longest that it may take to answer or to end, default 5s"},
	{'c', "check", "NAMES", SOUK_OPTION_TEXT, OPTION(only),
		.help = "make only these checks: names with commas between them"},
	{'x', "skip", "NAMES", SOUK_OPTION_TEXT, OPTION(except),
		.help = "leave these checks out"},
	{'v', "verbose", NULL, SOUK_OPTION_FLAG, OPTION(verbose),
		.help = "also tell of checks that were kept or skipped"},
	{'l', "list", NULL, SOUK_OPTION_FLAG, OPTION(list),
		.help = "list the checks: name, rule, what is checked"},
	{0},
};

/* By rule, then by name: compilers do not keep to the order of declaration. */
static int compare_checks(const void *a, const void *b)
{
	const struct conform_check *const *x = a, *const *y = b;

	return (*x)->rule != (*y)->rule ? (*x)->rule - (*y)->rule : strcmp((*x)->name, (*y)->name);
}

/* All checks, sorted. The caller frees them. */
static const struct conform_check **sorted_checks(size_t *count)
{
	const struct conform_check **checks;

	*count = (size_t)(__stop_conform_checks - __start_conform_checks);
	checks = calloc(*count, sizeof(*checks));
	if (!checks)
		souk_die("out of memory");
	memcpy(checks, __start_conform_checks, *count * sizeof(*checks));
	qsort(checks, *count, sizeof(*checks), compare_checks);
	return checks;
}

/* Whether `name` is among the words of "order,count". */
static bool among(const char *names, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = names; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, name, len) == 0 && (at[len] == ',' || at[len] == '\0'))
			return true;
	}
	return false;
}

/* A misspelt name would leave a check out unseen. */
static void need_names(const char *names, const struct conform_check *const *checks, size_t count)
{
	while (names && *names) {
		size_t len = strcspn(names, ","), i = 0;

		while (i < count && !souk_text_is((struct souk_text){names, len}, checks[i]->name))
			i++;
		if (i == count)
			souk_die_usage("no check is named '%.*s'; --list lists them", (int)len, names);
		names += len + (names[len] == ',');
	}
}

/* One that hangs is only told so, whatever was asked for. */
static bool is_chosen(const struct conform *c, const struct conform_check *check)
{
	if (c->hangs)
		return (check->applies & CONFORM_TELLS_HANG) != 0;
	return (!c->only || among(c->only, check->name)) && !among(c->except, check->name);
}

static const char *not_applicable(const struct conform *c, const struct conform_check *check)
{
	if ((check->applies & CONFORM_ONLY_FILTER) && c->kind != CONFORM_FILTER)
		return "only for --kind filter";
	if ((check->applies & CONFORM_NOT_MANY) && c->kind == CONFORM_MANY)
		return "not for --kind many";
	if ((check->applies & CONFORM_ONLY_EFFECTS) && !c->effects)
		return "only with --effects";
	if ((check->applies & CONFORM_NOT_SETTLES) && c->settles)
		return "not with --settles";
	return NULL;
}

static void write_out(struct souk_buffer *b)
{
	if (!souk_write_all(STDOUT_FILENO, b->at, b->len))
		souk_die_errno("cannot write");
	b->len = 0;
}

static void list_checks(const struct conform_check *const *checks, size_t count)
{
	struct souk_buffer out = {0};

	for (size_t i = 0; i < count; i++)
		souk_add_format(&out, "%-13s rule %d  %s\n", checks[i]->name, checks[i]->rule,
			checks[i]->statement);
	write_out(&out);
	souk_buffer_free(&out);
}

/* Makes one check and says how it went; counts it as kept, broken or skipped. */
static void make_check(struct conform *c, const struct conform_check *check, size_t counts[3])
{
	static const char *const words[] = {"kept", "broken", "skipped"};
	const char *reason = not_applicable(c, check);
	struct souk_buffer out = {0};
	int verdict;

	c->broken = c->skipped = false;
	c->details.len = 0;
	if (reason)
		conform_skip(c, "%s", reason);
	else
		check->run(c);
	verdict = c->broken ? 1 : c->skipped ? 2 : 0;
	counts[verdict]++;
	if (verdict == 1 || c->verbose) {
		souk_add_format(&out, "%-7s %s, rule %d: %s\n", words[verdict], check->name, check->rule,
			check->statement);
		souk_add(&out, c->details.at, c->details.len);
		write_out(&out);
	}
	souk_buffer_free(&out);
}

static void free_all(struct conform *c)
{
	for (size_t i = 0; i < c->sample_count; i++)
		if (c->samples[i].id.at < c->samples[i].line.at
			|| c->samples[i].id.at > c->samples[i].line.at + c->samples[i].line.len)
			free((char *)c->samples[i].id.at);
	free(c->samples);
	if (c->burst)
		conform_trial_free(c->burst);
	if (c->odd)
		conform_trial_free(c->odd);
	free(c->burst);
	free(c->odd);
	souk_buffer_free(&c->own);
	souk_buffer_free(&c->input_bytes);
	souk_buffer_free(&c->details);
	souk_record_free(&c->sent);
	souk_record_free(&c->came);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	static const char *const all[] = {"*", NULL};
	const struct souk_interest interest = {.reads = all};
	size_t count, counts[3] = {0};
	const struct conform_check **checks = sorted_checks(&count);
	struct conform *c = stage->state;
	struct souk_buffer summary = {0};

	need_names(c->only, checks, count);
	need_names(c->except, checks, count);
	if (c->list) {
		list_checks(checks, count);
		free(checks);
		return SOUK_EXIT_OK;
	}
	if (operand_count == 0)
		souk_die_usage("no program given: souk-conform -- PROGRAM [ARG...]");
	c->command = operands;
	if (c->timeout == 0)
		c->timeout = 5;
	souk_record_init(&c->sent, "conform", &interest);
	souk_record_init(&c->came, "conform", &interest);
	conform_load_samples(c);
	conform_probe(c);
	for (size_t i = 0; i < count; i++)
		if (is_chosen(c, checks[i]))
			make_check(c, checks[i], counts);
	souk_add_format(&summary, "souk-conform: %zu kept, %zu broken, %zu skipped\n", counts[0],
		counts[1], counts[2]);
	write_out(&summary);
	souk_buffer_free(&summary);
	free_all(c);
	free(checks);
	return counts[1] ? SOUK_EXIT_BAD : SOUK_EXIT_OK;
}

SOUK_VERB(conform) = {
	.function = &conform_function,
	.summary = "check a program against the filter contract",
	.operands = "[--] PROGRAM [ARG...]",
	.kind = SOUK_TOOL,
	.options = options,
	.state_size = sizeof(struct conform),
	.run = run,
};
