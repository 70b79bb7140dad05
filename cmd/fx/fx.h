/* SPDX-License-Identifier: ISC */
/* fx.h: what the verbs of souk-fx share. */
#ifndef SOUK_FX_H
#define SOUK_FX_H

#include "souk.h"

extern const struct souk_function fx_function;

enum { RATE_PUT, RATE_FIND, PAIR_FIND, RATE_LIST };

/* A rate as long as this is taken; a day is in seconds. */
enum { MAX_RATE = 24, DAY = 24 * 60 * 60 };

/* What a euro was worth in both currencies on the same day. */
struct pair {
	int64_t day;                      /* -1: no rate is known */
	struct souk_decimal from, to;
	char from_text[MAX_RATE], to_text[MAX_RATE]; /* as published */
	size_t from_len, to_len;          /* 0 for the euro itself */
};

/* Pairs by currencies and day, as far as they were asked for. */
struct pairs {
	struct souk_cache cache;
};

/* So many days back a rate is taken from: over holidays, not over a gap in the table. */
enum { MAX_AGE = 7 };

void pairs_begin(struct pairs *pairs, struct souk_stage *stage);
/* The pair of the last day, `day` or before it, on which both were published; NULL if the
 * database failed. */
const struct pair *pairs_find(struct pairs *pairs, struct souk_store *store, struct souk_text from,
	struct souk_text to, int64_t day);

/* Appends "2010-12-01", with quotes. */
void add_day(struct souk_buffer *out, int64_t day);

#endif
