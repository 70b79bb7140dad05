/* SPDX-License-Identifier: ISC */
/* arena.h: memory that is given back all at once, by resetting block and used. */
#ifndef SOUK_ARENA_H
#define SOUK_ARENA_H

#include "text.h"

/* A zeroed arena is empty and ready. Blocks are kept over a reset. */
struct souk_arena {
	struct souk_arena_block *first, *block;
	size_t used; /* of `block` */
};

/* Aligned for any type, not cleared; dies when memory is out. */
void *souk_arena_alloc(struct souk_arena *arena, size_t size);
/* The same text in it, a NUL after it. */
struct souk_text souk_arena_copy(struct souk_arena *arena, struct souk_text text);
void souk_arena_reset(struct souk_arena *arena);
void souk_arena_free(struct souk_arena *arena);

#endif
