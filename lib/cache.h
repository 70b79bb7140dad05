/* SPDX-License-Identifier: ISC */
/* cache.h: rows of a table kept in memory by key, within a batch and between
 * batches. */
#ifndef SOUK_CACHE_H
#define SOUK_CACHE_H

#include "arena.h"
#include "text.h"

/* A zeroed cache is empty and ready; the owner frees it. */
struct souk_cache {
	struct souk_cache_entry *entries;
	size_t capacity, count;
	size_t bytes;               /* of keys and values */
	struct souk_arena arena;
};

/* Beyond this many bytes souk_cache_refresh() empties the cache. */
#define SOUK_CACHE_BYTES (3u << 20)

/* At the start of a batch: empties the cache if `stale` or if it has grown beyond
 * its bound, which it may do within a batch. */
void souk_cache_refresh(struct souk_cache *cache, bool stale);
void souk_cache_free(struct souk_cache *cache);

/* The value kept for `key`, or NULL. It stays where it is until the next refresh. */
void *souk_cache_get(struct souk_cache *cache, struct souk_text key, size_t *len);

/* Keeps a copy of the key and of `value` (NULL: zeros), aligned for any type, and
 * returns where the value is. The key must not be there yet. */
void *souk_cache_add(struct souk_cache *cache, struct souk_text key, const void *value, size_t len);

/* The key of a value that souk_cache_add() gave. */
struct souk_text souk_cache_key(const void *value);

#endif
