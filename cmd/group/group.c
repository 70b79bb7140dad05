/* SPDX-License-Identifier: ISC */
/* souk-group: folds records with the same key that stand together into one. */
#include "group.h"

#include <stdio.h>
#include <unistd.h>

#include "error.h"

struct grouping {
	const char *by, *into, *keep;
	struct group_set open;
	struct group_names names;  /* the key's members, then those kept */
	struct group_row row;
	struct group_bad edge;     /* bad rows that may have begun a group still to be seen */
	uint64_t edge_line;        /* the last of them */
};

static const struct souk_option options[] = {
	{0, "by", "MEMBERS", SOUK_OPTION_TEXT, offsetof(struct grouping, by),
		.help = "the members that are the key: a,b,c", .required = true},
	{0, "into", "MEMBER", SOUK_OPTION_TEXT, offsetof(struct grouping, into),
		.help = "the array that takes what is left of each record", .required = true},
	{0, "keep", "MEMBERS", SOUK_OPTION_TEXT, offsetof(struct grouping, keep),
		.help = "members of the first record that go beside the key"},
	{0, "open", "N", SOUK_OPTION_NUMBER, offsetof(struct grouping, open.most),
		.help = "keep up to N groups open, for rows out of place (default 1)",
		.min = 1, .max = GROUP_MOST_OPEN},
	{0},
};

/* ---- A group ---- */

static void put_error(struct souk_buffer *out, const struct group_rows *group, const char *code,
	const char *message)
{
	souk_put_open(out, "error", '{');
	souk_put_string(out, "by", "group");
	souk_put_string(out, "code", code);
	souk_put_string(out, "message", message);
	souk_put_int(out, "from", (int64_t)group->first_line);
	souk_put_int(out, "to", (int64_t)group->last_line);
	if (group->bad.count) {
		souk_put_open(out, "bad", '[');
		for (size_t i = 0; i < group->bad.count && i < GROUP_BAD_NAMED; i++)
			souk_put_int(out, NULL, (int64_t)group->bad.lines[i]);
		souk_put_close(out, ']');
	}
	souk_put_close(out, '}');
}

static void put_rows(struct souk_buffer *out, const char *into, const struct group_rows *group)
{
	souk_add(out, group->head.at, group->head.len);
	souk_put_name(out, NULL);
	souk_add_quoted(out, souk_text_of(into));
	souk_add_string(out, ":[");
	souk_add(out, group->rows.at, group->rows.len);
	souk_add_char(out, ']');
}

/* Writes a group that is open. `cut` says that it may lack rows. */
static void finish(struct souk_map *map, struct group_rows *group, bool cut)
{
	const struct grouping *s = map->stage->state;
	size_t start = map->out.len, most = (size_t)map->stage->max_record - 1;
	const char *code = NULL;
	char message[160];

	group->open = false;
	if (!group->too_long)
		put_rows(&map->out, s->into, group);
	if (cut) {
		code = "cut_off";
		snprintf(message, sizeof(message),
			"ended by SIGTERM before its last record was known");
	} else if (group->bad.count) {
		code = "bad_rows";
		snprintf(message, sizeof(message),
			"%zu bad record%s in it or beside it, the first in line %llu",
			group->bad.count, group->bad.count == 1 ? "" : "s",
			(unsigned long long)group->bad.lines[0]);
	}
	if (code && !group->too_long)
		put_error(&map->out, group, code, message);
	if (group->too_long || map->out.len - start > most) {
		code = "too_long";
		snprintf(message, sizeof(message),
			"its %llu records together are longer than %lld bytes",
			(unsigned long long)group->count, (long long)map->stage->max_record);
		map->out.len = start;
		souk_add(&map->out, group->head.at, group->key_end);
		group->bad.count = 0;
		put_error(&map->out, group, code, message);
	}
	if (code)
		souk_map_failed(map, group->first_line,
			(struct souk_text){map->out.at + start, map->out.len - start});
	souk_add_string(&map->out, "}\n");
	souk_map_relieve(map);
}

static void end(struct souk_map *map)
{
	bool cut = souk_terminated();
	const struct grouping *s = map->stage->state;
	struct group_rows *group;

	while ((group = group_set_oldest(&s->open)))
		finish(map, group, cut);
}

/* ---- A row ---- */

/* A bad row may have begun a group. As many other groups with a row since then as may
 * be open would have closed that: what begins now is another one. */
static void forget_edge(struct grouping *s)
{
	if (!group_set_unused(&s->open) && group_set_oldest(&s->open)->last_line > s->edge_line)
		s->edge.count = 0;
}

/* Without a key it can't be told to which group it belongs: it goes on by itself, and
 * no group that is open or begins beside it is known to be whole. */
static void note_bad(struct grouping *s, uint64_t line)
{
	for (int64_t i = 0; i < s->open.most; i++)
		if (s->open.groups[i].open)
			group_bad_add(&s->open.groups[i].bad, line);
	forget_edge(s);
	group_bad_add(&s->edge, line);
	s->edge_line = line;
}

static void bad_line(struct souk_map *map, const struct souk_input_line *line)
{
	note_bad(map->stage->state, line->number);
}

static struct group_rows *begin(struct souk_map *map, const struct souk_record *r)
{
	struct grouping *s = map->stage->state;
	struct group_rows *group = group_set_unused(&s->open);

	forget_edge(s);
	if (!group) {
		group = group_set_oldest(&s->open);
		finish(map, group, false);
	}
	group_rows_begin(group, &s->names, &s->row, r);
	group->bad = s->edge;
	return group;
}

static void add(struct souk_map *map, struct group_rows *group, struct souk_record *r)
{
	const struct grouping *s = map->stage->state;

	group->last_line = r->number;
	group->count++;
	if (r->error_member || r->wait_member)
		group_bad_add(&group->bad, r->number);
	if (group->too_long)
		return;
	group_rows_add(group, &s->names, &s->row, r);
	if (group->head.len + group->rows.len > (size_t)map->stage->max_record) {
		group->too_long = true;
		group->rows.len = 0;
	}
}

static void record(struct souk_map *map, struct souk_record *r)
{
	struct grouping *s = map->stage->state;
	struct group_rows *group;

	if (!group_row_read(&s->row, &s->names, r)) {
		note_bad(s, r->number);
		if (r->error_member || r->wait_member)
			souk_record_write(r, SOUK_PASS, &map->out);
		else
			souk_map_refused(map, r);
		return;
	}
	group = group_set_find(&s->open, &s->row);
	add(map, group ? group : begin(map, r), r);
}

/* ---- The verb ---- */

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	static const char *const none[] = {NULL};
	struct grouping *s = stage->state;
	struct souk_map map = {.stage = stage, .record = record, .bad_line = bad_line, .end = end};

	(void)operand_count, (void)operands;
	group_names_open(&s->names, s->by, s->keep, s->into);
	group_set_open(&s->open);
	map.reads = s->names.count ? (const char *const *)s->names.at : none;
	return souk_map_run(&map, STDIN_FILENO, STDOUT_FILENO);
}

static void close_grouping(struct souk_stage *stage)
{
	struct grouping *s = stage->state;

	group_names_close(&s->names);
	group_row_close(&s->row);
	group_set_close(&s->open);
}

static const struct souk_function group_function = {
	.name = "group",
	.summary = "fold records with the same key that stand together into one",
};

SOUK_VERB(group) = {
	.function = &group_function,
	.summary = "fold records with the same key that stand together into one",
	.kind = SOUK_MAP,
	.options = options,
	.state_size = sizeof(struct grouping),
	.run = run,
	.close = close_grouping,
};
