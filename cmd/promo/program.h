/* SPDX-License-Identifier: ISC */
/*
 * program.h: many conditions as one jq program, and its running, which ends.
 *
 * A program takes 20 ms to compile however short it is, so conditions share one: a tree of
 * ifs by number. One of twice the length takes four times as long, so they do up to a bound.
 */
#ifndef SOUK_PROMO_PROGRAM_H
#define SOUK_PROMO_PROGRAM_H

#include <jq.h>

#include "text.h"

/* How long a condition may compute for one order: a thousand times what the longest do. */
enum { MOST_MS = 200 };

enum verdict { CONDITION_HOLDS, CONDITION_FAILS, CONDITION_ERROR, CONDITION_SYSTEM };

/* How many of the texts, one at least, share a program. */
size_t program_share(const struct souk_text *texts, size_t count);

/* The program of the conditions, numbered from 0, each within `brackets`, "()" or "[]". NULL
 * if jq does not take it: then `message` has what it says. */
jq_state *program_compile(const struct souk_text *texts, size_t count, const char *brackets,
	struct souk_buffer *message);

/* Runs the condition of that number over an order, which is taken over, at its time.
 * CONDITION_ERROR: it failed as `message` says, or took longer than MOST_MS. */
enum verdict program_run(jq_state *jq, size_t number, jv order, int64_t time,
	struct souk_buffer *message);

/* What jq has against a condition, in the words for people. */
void program_fault(struct souk_text text, struct souk_buffer *message);

#endif
