/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "error.h"
#include "group.h"

/* ---- Names ---- */

static void add_names(struct group_names *names, const char *option, const char *list)
{
	while (list) {
		const char *comma = strchr(list, ',');
		size_t len = comma ? (size_t)(comma - list) : strlen(list);

		if (!len)
			souk_die_usage("%s %s: a name is empty", option, list);
		if (names->count == GROUP_MOST_NAMES)
			souk_die_usage("%s: at most %d names with those of --by", option,
				GROUP_MOST_NAMES);
		names->at[names->count] = strndup(list, len);
		if (!names->at[names->count])
			souk_die("out of memory");
		if (strpbrk(names->at[names->count], ".?*"))
			souk_die_usage("%s %s: must be a member of the record itself, without . ? *",
				option, names->at[names->count]);
		names->count++;
		list = comma ? comma + 1 : NULL;
	}
}

static void check_name(const char *option, const char *name)
{
	if (souk_utf8_valid(name, strlen(name)) != strlen(name))
		souk_die_usage("%s: the name is not UTF-8", option);
	if (!strcmp(name, "error") || !strcmp(name, "wait"))
		souk_die_usage("%s %s: marks a record as failed or waiting, and can't be used",
			option, name);
}

void group_names_open(struct group_names *names, const char *by, const char *keep,
	const char *into)
{
	add_names(names, "--by", by);
	names->key_count = names->count;
	if (keep)
		add_names(names, "--keep", keep);
	if (!*into)
		souk_die_usage("--into: the name is empty");
	check_name("--into", into);
	for (size_t i = 0; i < names->count; i++) {
		const char *option = i < names->key_count ? "--by" : "--keep";

		check_name(option, names->at[i]);
		if (!strcmp(names->at[i], into))
			souk_die_usage("%s %s: is also what --into makes", option, into);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(names->at[i], names->at[j]))
				souk_die_usage("%s %s: the member is named twice", option, names->at[i]);
	}
}

void group_names_close(struct group_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->at[i]);
}

/* ---- A row ---- */

void group_bad_add(struct group_bad *bad, uint64_t line)
{
	if (bad->count < GROUP_BAD_NAMED)
		bad->lines[bad->count] = line;
	bad->count++;
}

/* How deep a record is nested. Short ones can't be deep: a level takes two bytes. */
static bool is_too_deep(const struct souk_record *r)
{
	unsigned depth = 0;
	bool quoted = false;

	if (r->len < 2 * GROUP_MAX_DEPTH)
		return false;
	for (uint32_t i = 0; i < r->len; i++)
		switch (r->line[i]) {
		case '\\':
			i++;
			break;
		case '"':
			quoted = !quoted;
			break;
		case '{': case '[':
			if (!quoted && ++depth > GROUP_MAX_DEPTH)
				return true;
			break;
		case '}': case ']':
			depth -= !quoted;
			break;
		}
	return false;
}

/* One member of the key: text as it reads, whatever its escapes; a number as it is
 * spelled. Each begins with its type and length, so that no two keys look the same. */
static bool add_key(struct group_row *row, struct souk_record *r, const char *name,
	const struct souk_node *node)
{
	struct souk_text text;

	if (!node || node->type == SOUK_NULL) {
		souk_refuse(r, "bad_record", "%s is missing", name);
		return false;
	}
	if (node->type == SOUK_ARRAY || node->type == SOUK_OBJECT) {
		souk_refuse_value(r, node, "must be text, a number, true or false");
		return false;
	}
	text = souk_raw(r, node);
	if (node->type == SOUK_STRING && !souk_decode(r, node, &text)) {
		souk_refuse_value(r, node, "has half of a surrogate pair, which is no character");
		return false;
	}
	souk_add_char(&row->key, node->type == SOUK_STRING ? 's' : 'v');
	souk_add(&row->key, &text.len, sizeof(text.len));
	souk_add(&row->key, text.at, text.len);
	return true;
}

bool group_row_read(struct group_row *row, const struct group_names *names,
	struct souk_record *r)
{
	size_t len = 0;

	row->key.len = 0;
	if (is_too_deep(r)) {
		souk_refuse(r, "too_deep", "nested deeper than %d: a group puts it two levels deeper",
			GROUP_MAX_DEPTH);
		return false;
	}
	for (size_t i = 0; i < names->count; i++) {
		row->members[i] = souk_member(r, names->at[i]);
		if (i >= names->key_count)
			continue;
		if (!add_key(row, r, names->at[i], row->members[i]))
			return false;
		len += souk_raw(r, row->members[i]).len;
	}
	if (len > GROUP_MAX_KEY) {
		souk_refuse(r, "bad_record", "the key is %zu bytes long, and %d are allowed", len,
			GROUP_MAX_KEY);
		return false;
	}
	return true;
}

void group_row_close(struct group_row *row)
{
	souk_buffer_free(&row->key);
}

/* ---- A group ---- */

static void put_member(struct souk_buffer *out, struct souk_text name, struct souk_text value)
{
	souk_put_name(out, NULL);
	souk_add(out, name.at, name.len);
	souk_add_char(out, ':');
	souk_add(out, value.at, value.len);
}

void group_rows_begin(struct group_rows *group, const struct group_names *names,
	const struct group_row *row, const struct souk_record *r)
{
	group->open = true;
	group->too_long = false;
	group->count = 0;
	group->first_line = r->number;
	group->rows.len = group->head.len = group->key.len = 0;
	souk_add(&group->key, row->key.at, row->key.len);
	souk_add_char(&group->head, '{');
	for (size_t i = 0; i < names->count; i++) {
		struct souk_text value = SOUK_TEXT("");

		if (row->members[i]) {
			value = souk_raw(r, row->members[i]);
			/* The name stands before its value, and keeps its spelling. */
			put_member(&group->head, souk_raw(r, row->members[i] - 1), value);
		}
		group->values[i] = (struct group_span){group->head.len - value.len, value.len};
		if (i < names->key_count)
			group->key_end = group->head.len;
	}
}

bool group_rows_take(const struct group_rows *group, const struct group_row *row)
{
	return group->key.len == row->key.len && !memcmp(group->key.at, row->key.at, row->key.len);
}

/* Whether a kept member reads as in the first row, to the byte. */
static bool is_kept(const struct group_rows *group, size_t i, struct souk_text value)
{
	struct souk_text first = {group->head.at + group->values[i].at, group->values[i].len};

	return souk_text_equal(first, value);
}

void group_rows_add(struct group_rows *group, const struct group_names *names,
	const struct group_row *row, const struct souk_record *r)
{
	struct souk_buffer *out = &group->rows;
	const struct souk_node *record = &r->nodes[0];

	souk_put_open(out, NULL, '{');
	for (const struct souk_node *n = souk_first(r, record); n; n = souk_next(r, record, n)) {
		struct souk_text value = souk_raw(r, n + 1);
		size_t i = 0;

		while (i < names->count && row->members[i] != n + 1)
			i++;
		if (i == names->count || (i >= names->key_count && !is_kept(group, i, value)))
			put_member(out, souk_raw(r, n), value);
	}
	/* One that is not there must not read as if it were the first row's. */
	for (size_t i = names->key_count; i < names->count; i++)
		if (!row->members[i] && group->values[i].len) {
			souk_put_name(out, NULL);
			souk_add_quoted(out, souk_text_of(names->at[i]));
			souk_add_string(out, ":null");
		}
	souk_put_close(out, '}');
}

void group_rows_close(struct group_rows *group)
{
	souk_buffer_free(&group->key);
	souk_buffer_free(&group->head);
	souk_buffer_free(&group->rows);
}
