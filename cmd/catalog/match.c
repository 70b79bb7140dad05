/* SPDX-License-Identifier: ISC */
/* Finds what has the words, and how well. Relevance: since a product has all the words that are asked for,
 * how rare they are says nothing; it is where they stand that counts. */
#include <stdlib.h>

#include "search.h"

#define NO_SLOT UINT32_MAX

static void *make_room(void *old, size_t count, size_t size)
{
	void *room = realloc(old, (count + 1) * size);

	if (!room)
		souk_die("out of memory");
	return room;
}

static bool ask_number(struct souk_store *store, size_t statement, uint32_t *number)
{
	struct souk_query *q = souk_ask(store, statement);

	if (souk_step(q) != SOUK_STEP_ROW)
		return false;
	*number = souk_column_null(q, 0) ? 0 : (uint32_t)souk_column_int(q, 0) + 1;
	souk_done(q);
	return true;
}

bool search_open(struct search *s, struct souk_store *store)
{
	uint32_t rows, items;
	size_t most;

	if (!ask_number(store, SHELF_LAST, &rows) || !ask_number(store, FACET_LAST, &s->facets) ||
	    !ask_number(store, ITEM_LAST, &items))
		return false;
	s->facets *= 4;
	s->numbers = rows * SHELF_SLOTS;
	s->slots.len = 0;
	s->rows = make_room(s->rows, rows, sizeof(*s->rows));
	s->slot_at = make_room(s->slot_at, s->numbers, sizeof(*s->slot_at));
	s->tiers = make_room(s->tiers, s->numbers, sizeof(*s->tiers));
	s->matched = make_room(s->matched, s->numbers, sizeof(*s->matched));
	s->hits = make_room(s->hits, s->numbers, sizeof(*s->hits));
	s->counts = make_room(s->counts, s->facets, sizeof(*s->counts));
	memset(s->rows, 0, rows * sizeof(*s->rows));
	broad_clear(&s->broad, s->numbers);
	s->asked = make_room(s->asked, s->facets, sizeof(*s->asked));
	memset(s->asked, false, s->facets * sizeof(*s->asked));
	free(s->hit_of);
	/* Even items are those of products with variants, odd ones skus that stand alone. */
	most = items > s->numbers ? items : s->numbers;
	s->hit_of = calloc(most * 2 + 2, sizeof(*s->hit_of));
	if (!s->hit_of)
		souk_die("out of memory");
	return true;
}

static bool read_row(struct search *s, struct souk_store *store, uint32_t row)
{
	struct souk_query *q = souk_ask(store, SHELF_GET);
	uint32_t number = row * SHELF_SLOTS, end = number + SHELF_SLOTS;
	size_t at = s->slots.len;
	struct souk_text slots;
	enum souk_step step;

	souk_bind_int(q, 1, row);
	step = souk_step(q);
	if (step == SOUK_STEP_ROW) {
		slots = souk_column_text(q, 0);
		souk_add(&s->slots, slots.at, slots.len);
		souk_done(q);
	}
	while (number < end && at < s->slots.len) {
		const unsigned char *bytes = (const unsigned char *)s->slots.at + at;

		s->slot_at[number++] = bytes[0] || bytes[1] ? (uint32_t)at : NO_SLOT;
		at += (size_t)(slot_next(bytes) - bytes);
	}
	while (number < end)
		s->slot_at[number++] = NO_SLOT;
	s->rows[row] = true;
	return step != SOUK_STEP_FAILED;
}

const struct slot *search_slot(struct search *s, struct souk_store *store, uint32_t number)
{
	if (!s->rows[number / SHELF_SLOTS] && !read_row(s, store, number / SHELF_SLOTS))
		return NULL;
	if (s->slot_at[number] == NO_SLOT)
		return NULL;
	slot_read((const unsigned char *)s->slots.at + s->slot_at[number], &s->slot);
	return &s->slot;
}

/* ---- Matching ---- */

static void add_match(struct search *s, uint32_t number, uint8_t tier)
{
	if (s->tiers[number] == UNMATCHED)
		s->matched[s->matched_count++] = number;
	s->tiers[number] = tier;
}

/* False if the set is empty. */
static bool match_again(struct search *s, const uint64_t *bits, uint8_t tier)
{
	uint64_t any = 0;

	for (uint32_t i = 0; i <= s->numbers / 64; i++) {
		any |= bits[i];
		for (uint64_t rest = bits[i]; rest; rest &= rest - 1)
			add_match(s, i * 64 + (uint32_t)__builtin_ctzll(rest), tier);
	}
	return any;
}

/* Keeps what has just been given that tier. */
static void keep(struct search *s, struct souk_text expression, uint8_t tier)
{
	uint64_t *bits = broad_add(&s->broad, expression);

	for (size_t i = 0; i < s->matched_count; i++)
		if (s->tiers[s->matched[i]] == tier)
			bits[s->matched[i] / 64] |= UINT64_C(1) << s->matched[i] % 64;
}

/* Gives the tier to all skus that have the words in that column. *any: there is one. */
static bool match(struct search *s, struct souk_store *store, const struct query *query, const char *column,
	bool whole, uint8_t tier, bool *any)
{
	struct souk_text expression;
	const uint64_t *bits;
	struct souk_query *q;
	enum souk_step step;

	query_expression(query, column, whole, &s->expression);
	expression = (struct souk_text){s->expression.at, s->expression.len};
	bits = broad_find(&s->broad, expression);
	*any = bits && match_again(s, bits, tier);
	if (bits)
		return true;
	q = souk_ask(store, TEXT_MATCH);
	souk_bind_text(q, 1, expression);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		int64_t number = souk_column_int(q, 0);

		if (number >= s->numbers)
			continue;
		add_match(s, (uint32_t)number, tier);
		*any = true;
	}
	/* To find what of many is in a title costs much too, be it none. */
	if (step == SOUK_STEP_DONE && s->matched_count && s->matched_count >= s->numbers / BROAD_PART)
		keep(s, expression, tier);
	return step == SOUK_STEP_DONE;
}

/* Of those that match, how well: none is whole in the title if none is begun there. */
static bool rank(struct search *s, struct souk_store *store, const struct query *query)
{
	bool any;

	return match(s, store, query, "title", false, TITLE_BEGUN, &any) &&
		(!any || match(s, store, query, "title", true, TITLE_WHOLE, &any));
}

bool search_match(struct search *s, struct souk_store *store, struct query *query)
{
	bool any;

	s->matched_count = 0;
	memset(s->tiers, UNMATCHED, s->numbers);
	if (query->empty)
		return true;
	if (!query->word_count) {
		for (uint32_t number = 0; number < s->numbers; number++)
			s->matched[s->matched_count++] = number;
		return true;
	}
	if (!match(s, store, query, NULL, false, ELSEWHERE, &any))
		return false;
	if (!any && (!query_correct(query, store, &any) ||
		     (any && !match(s, store, query, NULL, false, ELSEWHERE, &any))))
		return false;
	return query->sort != BY_RELEVANCE || !any || rank(s, store, query);
}

bool search_run(struct search *s, struct souk_store *store, struct query *query)
{
	if (!search_match(s, store, query))
		return false;
	search_count(s, store, query);
	return true;
}

void search_close(struct search *s)
{
	souk_buffer_free(&s->slots);
	souk_buffer_free(&s->expression);
	broad_close(&s->broad);
	free(s->rows);
	free(s->slot_at);
	free(s->tiers);
	free(s->matched);
	free(s->hits);
	free(s->hit_of);
	free(s->asked);
	free(s->counts);
}
