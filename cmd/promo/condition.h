/* SPDX-License-Identifier: ISC */
/*
 * condition.h: conditions of promotions, which are jq expressions over the order.
 *
 * jq is not started before a condition has to be looked at. Then that is compiled, and with
 * it the others of its group.
 */
#ifndef SOUK_PROMO_CONDITION_H
#define SOUK_PROMO_CONDITION_H

#include "program.h"
#include "promo.h"

/* The members of an order that a condition may name. */
enum { CONDITION_MEMBERS = 11 };

/* Stored conditions that share a program. */
struct group {
	const struct souk_text *texts;
	size_t count;
	jq_state *jq;                    /* NULL until one of them is asked for */
};

/* A zeroed one is empty and ready. */
struct conditions {
	struct souk_buffer source;       /* those stored, one a line */
	struct souk_text *texts;         /* the same */
	struct group *groups;
	size_t group_count;
	struct souk_cache places;        /* struct place by text */
	uint64_t generation;             /* of the rules that it was read with */
	jv members[CONDITION_MEMBERS];   /* of the record in hand, as far as they were asked for */
	bool made[CONDITION_MEMBERS];
	struct souk_buffer message;      /* of a condition that failed */
};

/* Whether the condition holds for the order at its time. `generation` changes whenever the
 * stored conditions may have. CONDITION_ERROR: it failed as `message` says. CONDITION_SYSTEM:
 * the database failed. */
enum verdict condition_holds(struct conditions *c, struct souk_store *store, uint64_t generation,
	struct souk_record *r, struct souk_text text, int64_t time);

/* What the condition gets: of the order the members that it names. */
jv condition_order(struct conditions *c, struct souk_record *r, struct souk_text text);

/* Forgets the record in hand: before the next one. */
void conditions_forget(struct conditions *c);
void conditions_free(struct conditions *c);

/* Looks whether jq takes the conditions, and whether each ends when it is run over an
 * ordinary order. faults[i] is NULL, or what is wrong, in the memory of `arena`. */
void conditions_check(const struct souk_text *texts, size_t count, struct souk_arena *arena,
	const char **faults);

#endif
