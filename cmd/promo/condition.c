/* SPDX-License-Identifier: ISC */
#include "condition.h"

#include <stdlib.h>

#include "error.h"

/* Where a condition is. */
struct place {
	size_t group, number;
};

static void *room_for(size_t count, size_t size)
{
	void *room = calloc(count + 1, size);

	if (!room)
		souk_die("out of memory");
	return room;
}

static void forget_all(struct conditions *c)
{
	for (size_t i = 0; i < c->group_count; i++)
		if (c->groups[i].jq)
			jq_teardown(&c->groups[i].jq);
	free(c->groups);
	free(c->texts);
	souk_buffer_free(&c->source);
	c->groups = NULL;
	c->texts = NULL;
	c->group_count = 0;
}

/* Reads what is stored, one a line. */
static bool read_all(struct souk_store *store, struct souk_buffer *lines, size_t *count)
{
	struct souk_query *q = souk_ask(store, CONDITION_LIST);
	enum souk_step step;

	for (*count = 0; (step = souk_step(q)) == SOUK_STEP_ROW; (*count)++) {
		struct souk_text text = souk_column_text(q, 0);

		souk_add(lines, text.at, text.len);
		souk_add_char(lines, '\n');
	}
	souk_add_char(lines, '\0');
	return step == SOUK_STEP_DONE;
}

/* Forms the groups of what was read. */
static void form_groups(struct conditions *c, size_t count)
{
	const char *at = c->source.at;

	c->texts = room_for(count, sizeof(*c->texts));
	c->groups = room_for(count, sizeof(*c->groups));
	souk_cache_refresh(&c->places, true);
	for (size_t i = 0; i < count; i++) {
		c->texts[i] = (struct souk_text){at, strcspn(at, "\n")};
		at += c->texts[i].len + 1;
	}
	for (size_t i = 0; i < count; c->group_count++) {
		struct group *group = &c->groups[c->group_count];
		struct place place = {c->group_count, 0};

		*group = (struct group){.texts = c->texts + i, .count = program_share(c->texts + i, count - i)};
		for (; place.number < group->count; place.number++)
			souk_cache_add(&c->places, c->texts[i++], &place, sizeof(place));
	}
}

/* Takes what is stored now. Rules change more often than conditions: then the programs
 * stay. */
static bool prepare(struct conditions *c, struct souk_store *store, uint64_t generation)
{
	struct souk_buffer lines = {0};
	size_t count;

	if (c->generation == generation)
		return true;
	if (!read_all(store, &lines, &count)) {
		souk_buffer_free(&lines);
		return false;
	}
	c->generation = generation;
	if (c->groups && souk_text_equal((struct souk_text){lines.at, lines.len},
		(struct souk_text){c->source.at, c->source.len})) {
		souk_buffer_free(&lines);
		return true;
	}
	forget_all(c);
	c->source = lines;
	form_groups(c, count);
	return true;
}

enum verdict condition_holds(struct conditions *c, struct souk_store *store, uint64_t generation,
	struct souk_record *r, struct souk_text text, int64_t time)
{
	const struct place *place;
	struct group *group;

	if (!prepare(c, store, generation))
		return CONDITION_SYSTEM;
	place = souk_cache_get(&c->places, text, NULL);
	if (!place)
		souk_die("a promotion has a condition that is not stored");
	group = &c->groups[place->group];
	if (!group->jq)
		group->jq = program_compile(group->texts, group->count, "()", &c->message);
	/* Each was compiled when it was put: this can only be another version of jq. */
	if (!group->jq)
		souk_die("a stored condition does not compile any more: %.*s", (int)c->message.len, c->message.at);
	return program_run(group->jq, place->number, condition_order(c, r, text), time, &c->message);
}

void conditions_free(struct conditions *c)
{
	conditions_forget(c);
	forget_all(c);
	souk_cache_free(&c->places);
	souk_buffer_free(&c->message);
}
