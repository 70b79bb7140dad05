/* SPDX-License-Identifier: ISC */
/* columns.h: which member of a record goes into which column. */
#ifndef SOUK_CSV_COLUMNS_H
#define SOUK_CSV_COLUMNS_H

#include "csv.h"

struct csv_column {
	struct souk_text name;
	bool is_path;                  /* where no member has the whole name: a.b is the b of a */
	const struct souk_node *value; /* in the record at hand; NULL if it has none */
};

struct csv_columns {
	struct csv_column *at;
	size_t count;
};

/* `names` must live as long as the columns. With `paths`, a name with dots may
 * be a path of member names and positions in arrays, from 0. */
void csv_columns_open(struct csv_columns *columns, const struct csv_fields *names, bool paths);
void csv_columns_close(struct csv_columns *columns);

/* Finds each column's value in the record; *unfit becomes the name of a member
 * that has no column, if there is one. Returns NULL, or what is wrong with the
 * record. */
const char *csv_columns_fill(struct csv_columns *columns, struct souk_record *r,
	struct souk_text *unfit);

#endif
