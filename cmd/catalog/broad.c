/* SPDX-License-Identifier: ISC */
#include "broad.h"

#include <stdlib.h>

void broad_clear(struct broad *broad, uint32_t numbers)
{
	for (size_t i = 0; i < BROAD_KEPT; i++) {
		free(broad->sets[i].bits);
		broad->sets[i].bits = NULL;
		broad->sets[i].used = 0;
	}
	broad->numbers = numbers;
}

const uint64_t *broad_find(struct broad *broad, struct souk_text expression)
{
	for (size_t i = 0; i < BROAD_KEPT; i++) {
		struct broad_set *set = &broad->sets[i];
		struct souk_text kept = {set->expression.at, set->expression.len};

		if (!set->bits || !souk_text_equal(kept, expression))
			continue;
		set->used = ++broad->clock;
		return set->bits;
	}
	return NULL;
}

uint64_t *broad_add(struct broad *broad, struct souk_text expression)
{
	struct broad_set *set = &broad->sets[0];

	for (size_t i = 1; i < BROAD_KEPT; i++)
		if (broad->sets[i].used < set->used)
			set = &broad->sets[i];
	free(set->bits);
	set->bits = calloc(broad->numbers / 64 + 1, sizeof(*set->bits));
	if (!set->bits)
		souk_die("out of memory");
	set->expression.len = 0;
	souk_add(&set->expression, expression.at, expression.len);
	set->used = ++broad->clock;
	return set->bits;
}

void broad_close(struct broad *broad)
{
	for (size_t i = 0; i < BROAD_KEPT; i++) {
		free(broad->sets[i].bits);
		souk_buffer_free(&broad->sets[i].expression);
	}
}
