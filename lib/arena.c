/* SPDX-License-Identifier: ISC */
#include "arena.h"

#include <stdalign.h>
#include <stdlib.h>

#include "error.h"

struct souk_arena_block {
	struct souk_arena_block *next;
	size_t size;
	alignas(max_align_t) char bytes[];
};

void *souk_arena_alloc(struct souk_arena *arena, size_t size)
{
	const size_t unit = alignof(max_align_t);
	void *memory;

	if (size > SIZE_MAX / 4)
		souk_die("out of memory");
	size = (size + unit - 1) / unit * unit;
	while (!arena->block || arena->block->size - arena->used < size) {
		struct souk_arena_block **next = arena->block ? &arena->block->next : &arena->first;

		if (!*next) {
			size_t room = size > 4096 ? size : 4096;

			*next = malloc(sizeof(**next) + room);
			if (!*next)
				souk_die("out of memory");
			(*next)->next = NULL;
			(*next)->size = room;
		}
		arena->block = *next;
		arena->used = 0;
	}
	memory = arena->block->bytes + arena->used;
	arena->used += size;
	return memory;
}

struct souk_text souk_arena_copy(struct souk_arena *arena, struct souk_text text)
{
	char *copy;

	if (!text.len)
		return SOUK_TEXT("");
	copy = souk_arena_alloc(arena, text.len + 1);
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	return (struct souk_text){copy, text.len};
}

void souk_arena_reset(struct souk_arena *arena)
{
	arena->block = arena->first;
	arena->used = 0;
}

void souk_arena_free(struct souk_arena *arena)
{
	for (struct souk_arena_block *b = arena->first, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	*arena = (struct souk_arena){0};
}
