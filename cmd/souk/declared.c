/* SPDX-License-Identifier: ISC */
/* What other commands declare: the lines of their --describe. */
#include "souk.h"
#include "description.h"

/* A text member, or NULL. */
static const char *text_of(struct souk_arena *arena, struct souk_record *r,
	const struct souk_node *object, const char *name)
{
	const struct souk_node *node = object ? souk_find(r, object, name) : souk_member(r, name);
	struct souk_text text;

	if (!node || node->type != SOUK_STRING || !souk_decode(r, node, &text))
		return NULL;
	return copy_text(arena, text.at, text.len);
}

static void take_reads(struct souk_arena *arena, struct souk_record *r, struct declared *d)
{
	const struct souk_node *list = souk_member(r, "reads");
	struct souk_text text;

	if (!list || list->type != SOUK_ARRAY)
		return;
	d->reads = souk_arena_alloc(arena, (souk_count(r, list) + 1) * sizeof(*d->reads));
	for (const struct souk_node *v = souk_first(r, list); v; v = souk_next(r, list, v))
		if (v->type == SOUK_STRING && souk_decode(r, v, &text))
			d->reads[d->read_count++] = copy_text(arena, text.at, text.len);
}

static void take_options(struct souk_arena *arena, struct souk_record *r, struct declared *d)
{
	const struct souk_node *list = souk_member(r, "options");

	if (!list || list->type != SOUK_ARRAY)
		return;
	d->options = souk_arena_alloc(arena, (souk_count(r, list) + 1) * sizeof(*d->options));
	for (const struct souk_node *v = souk_first(r, list); v; v = souk_next(r, list, v)) {
		const char *name = text_of(arena, r, v, "name"),
			   *letter = text_of(arena, r, v, "letter");
		const struct souk_node *required = souk_find(r, v, "required");

		if (name)
			d->options[d->option_count++] = (struct declared_option){.name = name,
				.letter = letter ? *letter : 0,
				.takes_value = souk_find(r, v, "value") != NULL,
				.required = required && required->type == SOUK_TRUE};
	}
}

static struct declared *take(struct souk_arena *arena, struct souk_record *r)
{
	struct declared *d = souk_arena_alloc(arena, sizeof(*d));
	const char *verb = text_of(arena, r, NULL, "verb");

	*d = (struct declared){
		.function = text_of(arena, r, NULL, "function"),
		.about = text_of(arena, r, NULL, "about"),
		.verb = verb ? verb : "",
		.summary = text_of(arena, r, NULL, "summary"),
		.kind = text_of(arena, r, NULL, "kind"),
		.effects = text_of(arena, r, NULL, "effects"),
		.writes = text_of(arena, r, NULL, "writes"),
		.operands = text_of(arena, r, NULL, "operands"),
		.on_failed = souk_described_true(r, "on_failed"),
		.needs_id = souk_described_true(r, "needs_id"),
	};
	souk_may_int(r, NULL, "schema", 0, INT64_MAX, &d->schema);
	take_reads(arena, r, d);
	take_options(arena, r, d);
	return d->function && d->summary && d->kind && d->effects ? d : NULL;
}

/* All that a command declares, in its order. */
struct list {
	struct souk_arena *arena;
	struct declared *first, **end;
	bool complete;
};

static void add(void *context, struct souk_record *r)
{
	struct list *list = context;

	*list->end = take(list->arena, r);
	if (*list->end)
		list->end = &(*list->end)->next;
	else
		list->complete = false;
}

struct declared *read_declarations(struct souk_arena *arena, const char *command)
{
	struct list list = {.arena = arena, .complete = true};

	list.end = &list.first;
	return souk_read_description(command, add, &list) && list.complete ? list.first : NULL;
}

struct declared *declared_verb(struct declared *verbs, const struct stage *stage)
{
	struct declared *found = NULL;

	for (struct declared *d = verbs; d; d = d->next)
		if (*d->verb ? stage->argc > 1 && strcmp(d->verb, stage->argv[1]) == 0 : !found)
			found = d;
	return found;
}
