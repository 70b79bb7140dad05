/* SPDX-License-Identifier: ISC */
/* Whether a stage finds the members it reads, and whether those with effects stand
 * in the order that a crash between any two of them allows. */
#include <stdlib.h>

#include "check.h"

static bool is_given(const struct check *c, struct souk_text member)
{
	const char *at = c->given;

	while (at && *at) {
		size_t len = strcspn(at, ",");

		if (souk_text_equal(member, (struct souk_text){at, len}))
			return true;
		at += len + (at[len] == ',');
	}
	return false;
}

static bool is_kind(const struct checked *s, const char *kind)
{
	return s->verb && strcmp(s->verb->kind, kind) == 0;
}

/* Records of a source are stored ones, with all they ever got. */
static bool begins_with_source(const struct check *c)
{
	return is_kind(&c->stages[0], "source");
}

/* A stage before `i` whose records may hold anything; c->count if there is none. */
static size_t maker_before(const struct check *c, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (is_kind(&c->stages[j], "map") || (!c->stages[j].verb && !c->stages[j].writes))
			return j;
	return c->count;
}

static bool written_before(const struct check *c, size_t i, struct souk_text member)
{
	for (size_t j = 0; j < i; j++)
		if (c->stages[j].writes && souk_text_is(member, c->stages[j].writes))
			return true;
	return false;
}

/* Whether there is a command that writes this member: then it is no part of an
 * order as it enters. */
static bool has_writer(struct check *c, const char *member)
{
	struct souk_buffer name = {0};
	struct declared *verbs = NULL;
	char *command;

	souk_add_format(&name, "souk-%s", member);
	souk_add_char(&name, 0);
	command = strchr(member, '/') ? NULL : find_command(name.at);
	if (command)
		verbs = read_declarations(&c->arena, command);
	while (verbs && !(verbs->writes && strcmp(verbs->writes, member) == 0))
		verbs = verbs->next;
	free(command);
	souk_buffer_free(&name);
	return verbs != NULL;
}

void check_members(struct check *c, size_t i)
{
	const struct checked *s = &c->stages[i];
	size_t maker = maker_before(c, i);

	if (!s->verb || begins_with_source(c))
		return;
	for (size_t j = 0; j < s->verb->read_count; j++) {
		const char *path = s->verb->reads[j];
		struct souk_text top = {path, strcspn(path, ".?")};
		char *member = copy_text(&c->arena, top.at, top.len);

		/* Its own older member is there where it is. */
		if (path[strlen(path) - 1] == '?' || *path == '*' ||
			strcmp(member, s->verb->function) == 0 || is_given(c, top) ||
			written_before(c, i, top) || !has_writer(c, member))
			continue;
		if (maker < c->count)
			check_warning(c, i,
				"reads %s, and no stage before it writes it, unless stage %zu (%s) "
				"makes it",
				path, maker + 1, c->stages[maker].stage->title);
		else
			check_error(c, i,
				"reads %s, and no stage before it writes it: souk-%s does (or "
				"--given %s)",
				path, member, member);
	}
}

static bool is_verb(const struct checked *s, const char *function, const char *verb)
{
	return s->verb && strcmp(s->verb->function, function) == 0 &&
		strcmp(s->verb->verb, verb) == 0;
}

/* The stage that runs this verb; c->count if none does. */
static size_t find_verb(const struct check *c, const char *function, const char *verb)
{
	for (size_t i = 0; i < c->count; i++)
		if (is_verb(&c->stages[i], function, verb))
			return i;
	return c->count;
}

static bool reads_order(const struct declared *d)
{
	for (size_t j = 0; j < d->read_count; j++)
		if (strncmp(d->reads[j], "order", 5) == 0 && strchr(".?", d->reads[j][5]))
			return true;
	return false;
}

void check_order(struct check *c, size_t i)
{
	const struct checked *s = &c->stages[i];
	size_t open = find_verb(c, "order", "open"), place = find_verb(c, "order", "place");
	bool decided = begins_with_source(c) || is_given(c, SOUK_TEXT("order"));

	/* Of verbs with effects, those without need of an id are about no event. */
	if (!s->verb || strcmp(s->verb->effects, "none") == 0 || !s->verb->needs_id)
		return;
	if (open < c->count && i < open)
		check_error(c, i,
			"has effects before souk-order open (stage %zu) has stored the order: a "
			"crash "
			"between them leaves what nobody finds again",
			open + 1);
	if (i == place && open == c->count && !decided)
		check_error(c, i,
			"decides orders that nothing has stored: souk-order open must come before");
	if (i != place && s->verb->on_failed && strcmp(s->verb->function, "order") != 0 &&
		reads_order(s->verb) && i < place && (place < c->count || !decided))
		check_error(
			c, i, "settles what is not yet decided: souk-order place must come before");
}
