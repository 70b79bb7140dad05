/* SPDX-License-Identifier: ISC */
/* rules.h: the promotions as the stage keeps them between batches. */
#ifndef SOUK_PROMO_RULES_H
#define SOUK_PROMO_RULES_H

#include "rule.h"

struct pattern {
	const char *text;         /* in small letters, for fnmatch(3) */
	struct souk_text promotion;
};

/* A zeroed one is empty and ready. */
struct rules {
	int64_t version;          /* of what is stored, as it was read */
	uint64_t generation;      /* raised when all that was kept is dropped */
	bool listed;              /* these are read: */
	const struct rule **automatic;
	size_t automatic_count;
	struct pattern *patterns;
	size_t pattern_count;
	/* By need: const struct rule * by code and by id, NULL: there is none. */
	struct souk_cache by_code, by_id;
	struct souk_arena arena;
	struct souk_record record; /* in which stored promotions are read */
	struct souk_buffer line, scratch;
};

/* At the start of a batch, inside its transaction: drops what was changed since. `changed`
 * is what souk_store_changed() said, or that this is another attempt. False if the database
 * failed. */
bool rules_begin(struct rules *rules, struct souk_stage *stage, bool changed);

/* Reads all that is automatic, and the patterns, unless they are there: before codes are
 * looked up. False if the database failed. */
bool rules_list(struct rules *rules, struct souk_store *store);

/* The promotion of an id, or NULL in *rule. False if the database failed. */
bool rules_of_id(struct rules *rules, struct souk_store *store, struct souk_text id,
	const struct rule **rule);

/* The promotion of a code, or NULL in *rule. False if the database failed. */
bool rules_of_code(struct rules *rules, struct souk_store *store, struct souk_text code,
	const struct rule **rule);

void rules_free(struct rules *rules);

#endif
