/* SPDX-License-Identifier: ISC */
/* A hash table with open addressing; entries are never removed one by one, so
 * there are no tombstones. */
#include "cache.h"

#include <sodium.h>
#include <stdalign.h>
#include <stdlib.h>

#include "error.h"

/* Stands before each value; the key follows the value. */
struct head {
	alignas(max_align_t) size_t value_len;
	size_t key_len;
};

struct souk_cache_entry {
	uint64_t hash;
	struct head *head; /* NULL: a free slot */
};

enum { SMALLEST = 256 };

static uint64_t hash_of(struct souk_text key)
{
	static unsigned char secret[crypto_shorthash_KEYBYTES];
	static bool drawn;
	uint64_t hash;

	/* Keys come from customers: they must not be able to choose a collision. */
	if (!drawn) {
		randombytes_buf(secret, sizeof(secret));
		drawn = true;
	}
	crypto_shorthash((unsigned char *)&hash, (const unsigned char *)key.at, key.len, secret);
	return hash;
}

static char *value_of(const struct head *head)
{
	return (char *)(head + 1);
}

struct souk_text souk_cache_key(const void *value)
{
	const struct head *head = (const struct head *)value - 1;

	return (struct souk_text){value_of(head) + head->value_len, head->key_len};
}

static struct souk_cache_entry *slot_of(struct souk_cache *c, struct souk_text key, uint64_t hash)
{
	for (size_t i = hash & (c->capacity - 1);; i = (i + 1) & (c->capacity - 1)) {
		struct souk_cache_entry *e = &c->entries[i];

		if (!e->head || (e->hash == hash && souk_text_equal(souk_cache_key(value_of(e->head)), key)))
			return e;
	}
}

void souk_cache_refresh(struct souk_cache *c, bool stale)
{
	if (!c->count || (!stale && c->bytes < SOUK_CACHE_BYTES))
		return;
	memset(c->entries, 0, c->capacity * sizeof(*c->entries));
	c->count = 0;
	c->bytes = 0;
	souk_arena_reset(&c->arena);
}

void souk_cache_free(struct souk_cache *c)
{
	free(c->entries);
	souk_arena_free(&c->arena);
	*c = (struct souk_cache){0};
}

void *souk_cache_get(struct souk_cache *c, struct souk_text key, size_t *len)
{
	struct souk_cache_entry *e;

	if (!c->count)
		return NULL;
	e = slot_of(c, key, hash_of(key));
	if (!e->head)
		return NULL;
	if (len)
		*len = e->head->value_len;
	return value_of(e->head);
}

static void widen(struct souk_cache *c)
{
	struct souk_cache old = *c;

	c->capacity = old.capacity ? old.capacity * 2 : SMALLEST;
	c->entries = calloc(c->capacity, sizeof(*c->entries));
	if (!c->entries)
		souk_die("out of memory");
	for (size_t i = 0; i < old.capacity; i++)
		if (old.entries[i].head)
			*slot_of(c, souk_cache_key(value_of(old.entries[i].head)), old.entries[i].hash) =
				old.entries[i];
	free(old.entries);
}

void *souk_cache_add(struct souk_cache *c, struct souk_text key, const void *value, size_t len)
{
	uint64_t hash = hash_of(key);
	struct head *head;

	if (c->count * 2 >= c->capacity)
		widen(c);
	head = souk_arena_alloc(&c->arena, sizeof(*head) + len + key.len);
	*head = (struct head){.value_len = len, .key_len = key.len};
	if (value)
		memcpy(value_of(head), value, len);
	else
		memset(value_of(head), 0, len);
	if (key.len)
		memcpy(value_of(head) + len, key.at, key.len);
	*slot_of(c, key, hash) = (struct souk_cache_entry){hash, head};
	c->count++;
	c->bytes += sizeof(*head) + len + key.len;
	return value_of(head);
}
