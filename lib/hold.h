/* SPDX-License-Identifier: ISC */
/*
 * hold.h: what a function holds for orders until it is decided whether they are placed.
 *
 * A hold is a row by the order's id, in one of these states:
 *
 *   held        until the order is decided
 *   committed   it was placed
 *   released    it was rejected: what was held is given back. One that holds nothing bars
 *               an order that was rejected before it held anything
 *   refused     there was too little; nothing is held
 *   none        the order needs nothing that could be held
 *
 * Only what is held changes its state, and once.
 */
#ifndef SOUK_HOLD_H
#define SOUK_HOLD_H

#include "digest.h"
#include "verb.h"

/* How a function holds. */
struct souk_hold {
	/* Inserts ?1 id, ?2 digest of what is asked for, ?3 state, ?4 what is held, and as many
	 * more texts as it has columns; does nothing where there is such a hold. */
	struct souk_bulk put;
	/* Gives the hold ?1 the state ?2 if it is held; `all` commits. */
	struct souk_bulk commit;
	size_t get;             /* of ?1: digest, state, what is held, and the other texts */
	int error;              /* the column of `get` that has the error of a refused one */
	const char *conflict;   /* the message where the id holds for other content */
	/* Gives back what a hold of a rejected order held. False if the database failed. */
	bool (*give_back)(struct souk_stage *stage, struct souk_text held);
};

/* What is held for an order that has a hold already. SOUK_ANSWER: the record asks for the same,
 * and it was held, or there was nothing to hold, whatever there is by now: *q is at the row of
 * `get`, which the caller ends by souk_done(). Else SOUK_REFUSED or SOUK_FAILED. */
enum souk_outcome souk_hold_again(struct souk_stage *stage, struct souk_record *r, const struct souk_hold *hold,
	struct souk_text id, const unsigned char digest[SOUK_DIGEST_BYTES], struct souk_query **q);

/* Commits the hold of a placed order, or releases that of a rejected one; answers what has
 * become of it, be it by another run. */
enum souk_outcome souk_hold_settle(struct souk_stage *stage, struct souk_record *r, const struct souk_hold *hold,
	struct souk_text id, bool placed);

#endif
