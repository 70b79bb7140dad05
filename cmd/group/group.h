/* SPDX-License-Identifier: ISC */
/* group.h: a row (a record that comes in) and the group that is made of rows. */
#ifndef GROUP_H
#define GROUP_H

#include "map.h"

/* So many members may be named in --by and --keep together. */
enum { GROUP_MOST_NAMES = 64 };
/* So many groups may be open together; each may be as long as a record. */
enum { GROUP_MOST_OPEN = 64 };
/* So many lines of bad rows are named. */
enum { GROUP_BAD_NAMED = 20 };
/* The key, as it is spelled: it has room in the error of a group that is too long. */
enum { GROUP_MAX_KEY = 512 };
/* A group puts its rows two levels deeper than they were. */
enum { GROUP_MAX_DEPTH = SOUK_MAX_DEPTH - 2 };

/* The members of --by, then those of --keep; `at` ends with NULL. */
struct group_names {
	char *at[GROUP_MOST_NAMES + 1];
	size_t count, key_count;
};

/* Ends the program with exit 2 if names are missing, reserved or there twice. */
void group_names_open(struct group_names *names, const char *by, const char *keep,
	const char *into);
void group_names_close(struct group_names *names);

/* What is looked at of a record; it points into that. */
struct group_row {
	const struct souk_node *members[GROUP_MOST_NAMES]; /* as in group_names; NULL for none */
	struct souk_buffer key;
};

/* Lines of the input that are bad rows, the first of them by number. */
struct group_bad {
	size_t count;
	uint64_t lines[GROUP_BAD_NAMED];
};

void group_bad_add(struct group_bad *bad, uint64_t line);

/* A part of a buffer that may still move. */
struct group_span {
	size_t at, len;
};

/* A group that rows are added to. */
struct group_rows {
	bool open, too_long;
	struct souk_buffer key;
	struct souk_buffer head;                    /* its brace, key and kept members */
	size_t key_end;                             /* where in head the key ends */
	struct souk_buffer rows;                    /* the elements of its array */
	struct group_span values[GROUP_MOST_NAMES]; /* of the members in head; len 0 for none */
	uint64_t count, first_line, last_line;
	struct group_bad bad;
};

/* Finds the members of a record and its key. False: it has none that can be
 * used, or is nested too deep for a group; unless it failed before, it was refused. */
bool group_row_read(struct group_row *row, const struct group_names *names, struct souk_record *r);
void group_row_close(struct group_row *row);

/* Begins a group with the row's key and kept members. */
void group_rows_begin(struct group_rows *group, const struct group_names *names,
	const struct group_row *row, const struct souk_record *r);
/* Whether the row belongs to the group. */
bool group_rows_take(const struct group_rows *group, const struct group_row *row);
/* Adds what is left of the row. A kept member that is not as in the first row stays. */
void group_rows_add(struct group_rows *group, const struct group_names *names,
	const struct group_row *row, const struct souk_record *r);
void group_rows_close(struct group_rows *group);

/* The groups that may be open at once. */
struct group_set {
	int64_t most;               /* from --open; 0 until the set is open */
	struct group_rows *groups;  /* so many, open or not */
};

void group_set_open(struct group_set *set);
void group_set_close(struct group_set *set);
/* The open group whose last row is the furthest back; NULL if none is open. */
struct group_rows *group_set_oldest(const struct group_set *set);
/* One that is not open; NULL if all are. */
struct group_rows *group_set_unused(const struct group_set *set);
/* The open group that the row belongs to; NULL if it begins one. */
struct group_rows *group_set_find(const struct group_set *set, const struct group_row *row);

#endif
