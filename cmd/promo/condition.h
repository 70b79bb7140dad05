/* SPDX-License-Identifier: ISC */
/*
 * condition.h: conditions of promotions, which are jq expressions over the order.
 *
 * libjq takes 20 ms to start: it is not touched before a condition has to be looked at.
 * Then all that are stored are compiled as one program, which is a tree of ifs by number,
 * as a thousand of them one by one would take half a minute.
 */
#ifndef SOUK_PROMO_CONDITION_H
#define SOUK_PROMO_CONDITION_H

#include <jq.h>

#include "promo.h"

/* The members of an order that a condition may name. */
enum { CONDITION_MEMBERS = 11 };

/* A zeroed one is empty and ready. */
struct conditions {
	jq_state *jq;
	struct souk_cache numbers;       /* by text */
	struct souk_buffer source;       /* what is compiled; as it was read */
	uint64_t generation;             /* of the rules that it was read with */
	jv members[CONDITION_MEMBERS];   /* of the record in hand, as far as they were asked for */
	bool made[CONDITION_MEMBERS];
	struct souk_buffer message;      /* of a condition that failed */
};

enum verdict { CONDITION_HOLDS, CONDITION_FAILS, CONDITION_ERROR, CONDITION_SYSTEM };

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

/* Whether the text compiles; else jq's message in `message`. */
bool condition_compiles(struct souk_text text, struct souk_buffer *message);

#endif
