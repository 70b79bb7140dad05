/* SPDX-License-Identifier: ISC */
/* Whether a stage is called as its command declares. */
#include <stdlib.h>

#include "check.h"

static const char *similar_verb(const struct checked *s, const char *given)
{
	for (const struct declared *d = s->verbs; d; d = d->next)
		if (*d->verb && souk_text_similar(souk_text_of(d->verb), souk_text_of(given)))
			return d->verb;
	return NULL;
}

static void unknown_verb(struct check *c, size_t i)
{
	const struct checked *s = &c->stages[i];
	const char *given = s->stage->argc > 1 ? s->stage->argv[1] : NULL;
	const char *meant = given ? similar_verb(s, given) : NULL;
	struct souk_buffer known = {0};

	for (const struct declared *d = s->verbs; d; d = d->next)
		souk_add_format(&known, "%s%s", known.len ? ", " : "", d->verb);
	if (meant)
		check_error(c, i, "%s: no such verb: did you mean %s?", given, meant);
	else
		check_error(c, i, "%s%s: one of %.*s", given ? given : "a verb is needed",
			given ? ": no such verb" : "", (int)known.len, known.at);
	souk_buffer_free(&known);
}

static void unknown_option(struct check *c, size_t i, const char *given)
{
	const struct declared *d = c->stages[i].verb;
	struct souk_text name = souk_text_of(given + strspn(given, "-"));

	name.len = strcspn(name.at, "=");
	for (size_t o = 0; o < d->option_count; o++)
		if (souk_text_similar(souk_text_of(d->options[o].name), name)) {
			check_error(c, i, "no option %s: did you mean --%s?", given,
				d->options[o].name);
			return;
		}
	check_error(c, i, "no option %s", given);
}

static const struct declared_option *find_option(
	const struct declared *d, const char *name, size_t len)
{
	for (size_t o = 0; o < d->option_count; o++)
		if (strlen(d->options[o].name) == len && memcmp(d->options[o].name, name, len) == 0)
			return &d->options[o];
	return NULL;
}

static const struct declared_option *find_letter(const struct declared *d, char letter)
{
	for (size_t o = 0; o < d->option_count; o++)
		if (d->options[o].letter == letter)
			return &d->options[o];
	return NULL;
}

/* Looks at the option in argv[*at], moving *at to its value if that follows, and
 * notes what is given. */
static void check_option(struct check *c, size_t i, size_t *at, bool *given)
{
	const struct stage *stage = c->stages[i].stage;
	const struct declared *d = c->stages[i].verb;
	const char *arg = stage->argv[*at], *letter = arg + 1;
	bool is_long = arg[1] == '-';

	do {
		size_t len = is_long ? strcspn(arg + 2, "=") : 1;
		const struct declared_option *o =
			is_long ? find_option(d, arg + 2, len) : find_letter(d, *letter);
		const char *value = is_long ? (arg[2 + len] ? arg + 3 + len : NULL)
			: letter[1]	    ? letter + 1
					    : NULL;

		letter = is_long || !o || o->takes_value ? "" : letter + 1;
		if (!o) {
			unknown_option(c, i, arg);
			return;
		}
		given[o - d->options] = true;
		if (is_long && !o->takes_value && value)
			check_error(c, i, "--%s takes no value", o->name);
		if (o->takes_value && !value && ++*at >= stage->argc)
			check_error(c, i, "--%s wants a value", o->name);
	} while (*letter);
}

void check_arguments(struct check *c, size_t i)
{
	const struct checked *s = &c->stages[i];
	const struct declared *d = s->verb;
	const char *operand = NULL;
	bool *given;

	if (!s->verbs)
		return;
	if (!d || (!*d->verb && s->stage->argc > 1 && *s->stage->argv[1] != '-' && !d->operands)) {
		unknown_verb(c, i);
		return;
	}
	given = calloc(d->option_count + 1, sizeof(*given));
	if (!given)
		souk_die("out of memory");
	for (size_t at = s->first_arg; at < s->stage->argc; at++) {
		const char *arg = s->stage->argv[at];

		if (strcmp(arg, "--") == 0) {
			operand = at + 1 < s->stage->argc ? s->stage->argv[at + 1] : operand;
			break;
		}
		if (*arg == '-' && arg[1])
			check_option(c, i, &at, given);
		else
			operand = operand ? operand : arg;
	}
	if (operand && !d->operands)
		check_error(c, i, "%s: takes no operand", operand);
	for (size_t o = 0; o < d->option_count; o++)
		if (d->options[o].required && !given[o])
			check_error(c, i, "--%s is needed", d->options[o].name);
	if (strcmp(d->kind, "tool") == 0)
		check_error(
			c, i, "it is no stage of a pipeline: it reads no records and writes none");
	else if (i > 0 && strcmp(d->kind, "source") == 0)
		check_error(c, i,
			"it is a source, which reads no records: it can only be the first stage");
	free(given);
}
