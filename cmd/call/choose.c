/* SPDX-License-Identifier: ISC */
/* Which instance a record goes to. */
#include "call.h"

/* FNV-1a: not keyed, that all callers agree. */
uint64_t choose_hash(struct souk_text text)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.at[i]) * 1099511628211u;
	return hash;
}

/* Rendezvous: the instance that scores highest, so that with one away only what was its
 * goes elsewhere. */
static uint64_t score(uint64_t affinity, uint64_t hash)
{
	uint64_t x = affinity ^ hash;

	x = (x ^ (x >> 31)) * 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 29)) * 0xbf58476d1ce4e5b9u;
	return x ^ (x >> 32);
}

static bool has_room(const struct call *c, const struct instance *i)
{
	return i->count < (size_t)c->most_outstanding && i->count < SLOTS &&
		i->out.len - i->written < READ_BYTES;
}

struct instance *instance_choose(struct call *c, const struct slot *s)
{
	struct instance *best = NULL;
	uint64_t best_score = 0;

	for (struct instance *i = c->instances; i < c->instances + c->instance_count; i++) {
		uint64_t points;

		if (i->state != INSTANCE_UP)
			continue;
		/* By affinity also a busy one is waited for. */
		points = s->affinity ? score(s->affinity, i->hash) : SLOTS - i->count;
		if ((s->affinity || has_room(c, i)) && (!best || points > best_score)) {
			best = i;
			best_score = points;
		}
	}
	return best && has_room(c, best) ? best : NULL;
}
