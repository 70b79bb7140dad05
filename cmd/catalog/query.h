/* SPDX-License-Identifier: ISC */
/* query.h: what a search asks for. */
#ifndef SOUK_CATALOG_QUERY_H
#define SOUK_CATALOG_QUERY_H

#include "catalog.h"

enum { MAX_WORDS = 16, MAX_VALUES = 50, MAX_LIMIT = 100, MAX_OFFSET = 10000, MAX_FACET_VALUES = 100 };

enum sort { BY_RELEVANCE, BY_TITLE, BY_NEWEST };

/* The names in the order of the enum, then NULL. */
extern const char *const sort_names[];

struct query {
	struct souk_buffer folded;            /* the words stand here */
	struct query_word {
		struct souk_text text;
		struct souk_text meant;       /* where it was a typing error; in `meant` below */
	} words[MAX_WORDS];
	size_t word_count;
	struct souk_buffer meant;
	bool empty;                           /* asks for something, but for no word: finds nothing */
	/* A product passes if it has one of the values of each kind that has any. */
	struct query_filter {
		uint32_t facets[MAX_VALUES];  /* as in slots; 0: no product has it */
		size_t count;
	} filters[FACET_KINDS];
	unsigned statuses;                    /* 1 << enum status */
	int sort;
	int64_t limit, offset;
	int64_t facet_values;                 /* of each kind */
};

/* Takes the words of `text`; beyond MAX_WORDS they do not count. */
void query_words(struct query *query, struct souk_text text);

/* Adds a value of that kind to what is asked for. False if the database failed. */
bool query_value(struct query *query, struct souk_store *store, enum facet_kind kind, struct souk_text value);

/* Reads q, filter, sort, limit, offset and facets of the record over what `query` holds.
 * False: *outcome is how it ended. */
bool query_read(struct query *query, struct souk_store *store, struct souk_record *r, enum souk_outcome *outcome);

/* The words as FTS5 wants them: all of them, the last one also as the beginning of a word.
 * `column` NULL: in any; `whole`: the last word as a whole. */
void query_expression(const struct query *query, const char *column, bool whole, struct souk_buffer *out);

/* Sets `meant` of each word that is in no product to the word of the catalogue that it is
 * most like. *any: there was one. False if the database failed. */
bool query_correct(struct query *query, struct souk_store *store, bool *any);

void query_close(struct query *query);

#endif
