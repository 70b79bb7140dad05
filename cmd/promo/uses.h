/* SPDX-License-Identifier: ISC */
/* uses.h: how often limited promotions are used, as a batch sees it. */
#ifndef SOUK_PROMO_USES_H
#define SOUK_PROMO_USES_H

#include "rule.h"
#include "rules.h"

/* A row of `used`: what is stored, and what the batch takes or gives back, written
 * once when it ends. */
struct use {
	int64_t number;           /* of its row; 0: it has none */
	int64_t taken;
	int64_t change;           /* of `taken`, not yet written */
	int64_t allowed;          /* the widest limit under which one was taken */
	int64_t limit;            /* as it is now, of one that is wanted */
	bool listed;              /* among the changed ones */
	struct use *next;
};

struct uses {
	struct rules rules;       /* for their limits */
	struct souk_cache cache;  /* of struct use by "PROMOTION TAB WHO" */
	struct use *changed;      /* first of a list */
	bool begun;               /* in this batch: most need nothing of it */
};

/* At the start of a batch. Nothing is read yet. */
void uses_begin(struct uses *uses);

/* Before anything else is asked for a record: reads what has changed since the last
 * batch. False if the database failed. */
bool uses_ready(struct uses *uses, struct souk_stage *stage);

/* NULL if the database failed. */
struct use *uses_get(struct uses *uses, struct souk_store *store, struct souk_text promotion,
	struct souk_text who);
/* Takes one under `limit`. */
void uses_take(struct uses *uses, struct use *use);
void uses_give_back(struct uses *uses, struct use *use);
/* At the end of a batch: one guarded update a row. */
bool uses_write(struct uses *uses, struct souk_store *store);
void uses_free(struct uses *uses);

/* Whether the record's order has a hold, or needs one: SOUK_ANSWER if one of promo.applied is
 * limited or once was, else SOUK_PASS; SOUK_REFUSED or SOUK_FAILED. `applied` is NULL if there
 * is none. The record must have the member. */
enum souk_outcome uses_needed(struct uses *uses, struct souk_stage *stage, struct souk_record *r,
	const struct souk_node **applied);

/* Whether the order was told that a promotion is used up: then that is noted, so that it
 * will be told so again, even if a use is given back. */
enum souk_outcome uses_told(struct souk_record *r);

/* settle.c */
extern const struct souk_hold promo_hold;

#endif
