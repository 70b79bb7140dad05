/* SPDX-License-Identifier: ISC */
#include "columns.h"

#include <stdio.h>
#include <stdlib.h>

void csv_columns_open(struct csv_columns *columns, const struct csv_fields *names, bool paths)
{
	columns->count = names->count;
	columns->at = calloc(names->count, sizeof(*columns->at));
	if (!columns->at)
		souk_die("out of memory");
	for (size_t i = 0; i < names->count; i++) {
		struct souk_text name = csv_field(names, i);

		columns->at[i].name = name;
		columns->at[i].is_path = paths && memchr(name.at, '.', name.len);
	}
}

void csv_columns_close(struct csv_columns *columns)
{
	free(columns->at);
	*columns = (struct csv_columns){0};
}

/* Follows a path of names, or numbers in arrays, with dots between them. False:
 * an object on its way has a member name twice. */
static bool follow(struct souk_record *r, const struct souk_node *node, struct souk_text path,
	const struct souk_node **value)
{
	char name[256], *end;

	while (path.len && node) {
		const char *dot = memchr(path.at, '.', path.len);
		size_t len = dot ? (size_t)(dot - path.at) : path.len;
		const struct souk_node *element;
		unsigned long index;

		snprintf(name, sizeof(name), "%.*s", (int)(len < sizeof(name) ? len : 0), path.at);
		path.at += len + (dot != NULL);
		path.len -= len + (dot != NULL);
		if (node->type == SOUK_ARRAY) {
			index = strtoul(name, &end, 10);
			element = end == name || *end ? NULL : souk_first(r, node);
			while (element && index--)
				element = souk_next(r, node, element);
			node = element;
			continue;
		}
		if (node->type == SOUK_OBJECT && node->flagged)
			return false;
		node = souk_find(r, node, name);
	}
	*value = node;
	return true;
}

/* Finds the column of a member; they mostly follow each other. */
static struct csv_column *column_of(struct csv_columns *columns, struct souk_text name,
	size_t *guess)
{
	for (size_t i = 0; i < columns->count; i++, ++*guess) {
		if (*guess >= columns->count)
			*guess = 0;
		if (souk_text_equal(columns->at[*guess].name, name))
			return &columns->at[(*guess)++];
	}
	return NULL;
}

const char *csv_columns_fill(struct csv_columns *columns, struct souk_record *r,
	struct souk_text *unfit)
{
	const struct souk_node *top = &r->nodes[0];
	struct souk_text name;
	size_t guess = 0;

	if (top->flagged)
		return "a member name stands twice in the record";
	for (size_t i = 0; i < columns->count; i++)
		columns->at[i].value = NULL;
	for (const struct souk_node *n = souk_first(r, top); n; n = souk_next(r, top, n)) {
		struct csv_column *column;

		if (!souk_decode(r, n, &name))
			return "a member name has half of a surrogate pair, which is no character";
		column = column_of(columns, name, &guess);
		if (column)
			column->value = n + 1;
		else
			*unfit = name;
	}
	for (size_t i = 0; i < columns->count; i++) {
		struct csv_column *column = &columns->at[i];

		if (!column->value && column->is_path &&
		    !follow(r, top, column->name, &column->value))
			return "a member name stands twice in an object that --columns asks for";
	}
	return NULL;
}
