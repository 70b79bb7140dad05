/* SPDX-License-Identifier: ISC */
/* The groups that are open at once: few, so that looking through them is quick. */
#include <stdlib.h>

#include "error.h"
#include "group.h"

void group_set_open(struct group_set *set)
{
	if (!set->most)
		set->most = 1;
	set->groups = calloc((size_t)set->most, sizeof(*set->groups));
	if (!set->groups)
		souk_die("out of memory");
}

void group_set_close(struct group_set *set)
{
	for (int64_t i = 0; set->groups && i < set->most; i++)
		group_rows_close(&set->groups[i]);
	free(set->groups);
}

struct group_rows *group_set_oldest(const struct group_set *set)
{
	struct group_rows *found = NULL;

	for (int64_t i = 0; i < set->most; i++) {
		struct group_rows *group = &set->groups[i];

		if (group->open && (!found || group->last_line < found->last_line))
			found = group;
	}
	return found;
}

struct group_rows *group_set_unused(const struct group_set *set)
{
	for (int64_t i = 0; i < set->most; i++)
		if (!set->groups[i].open)
			return &set->groups[i];
	return NULL;
}

struct group_rows *group_set_find(const struct group_set *set, const struct group_row *row)
{
	for (int64_t i = 0; i < set->most; i++)
		if (set->groups[i].open && group_rows_take(&set->groups[i], row))
			return &set->groups[i];
	return NULL;
}
