/* SPDX-License-Identifier: ISC */
/* What the orders of a batch add to the counts, in memory until the batch ends. */
#include "recommend.h"

#include <stdlib.h>

/* So many pairs are kept before they are written. */
enum { KEPT_PAIRS = 100000 };

struct sku {
	int64_t number, orders; /* the orders: of this batch */
	struct sku *next;
};

struct pair {
	int64_t a, b, orders;
	struct pair *next;
};

void counts_begin(struct counts *s, struct souk_stage *stage)
{
	bool changed = souk_store_changed(stage->store, &stage->seen);

	souk_cache_refresh(&s->skus, changed || stage->repeated);
	souk_cache_refresh(&s->pairs, true);
	s->first_sku = NULL;
	s->first_pair = NULL;
	s->orders = 0;
}

/* NULL if the database failed. */
static struct sku *find_sku(struct counts *s, struct souk_store *store, struct souk_text text)
{
	struct sku *sku = souk_cache_get(&s->skus, text, NULL), found = {0};
	struct souk_query *q;
	int64_t orders;

	if (sku)
		return sku;
	if (!sku_get(store, text, &found.number, &orders))
		return NULL;
	if (!found.number) {
		q = souk_ask(store, SKU_PUT);
		souk_bind_text(q, 1, text);
		if (!souk_do(q) || !sku_get(store, text, &found.number, &orders))
			return NULL;
	}
	return souk_cache_add(&s->skus, text, &found, sizeof(found));
}

static void count_pair(struct counts *s, int64_t a, int64_t b)
{
	int64_t numbers[2] = {a < b ? a : b, a < b ? b : a};
	struct souk_text key = {(const char *)numbers, sizeof(numbers)};
	struct pair *pair = souk_cache_get(&s->pairs, key, NULL), first = {numbers[0], numbers[1], 0, s->first_pair};

	if (!pair)
		s->first_pair = pair = souk_cache_add(&s->pairs, key, &first, sizeof(first));
	pair->orders++;
}

static int by_numbers(const void *left, const void *right)
{
	const struct pair *a = *(struct pair *const *)left, *b = *(struct pair *const *)right;

	return a->a != b->a ? (a->a > b->a) - (a->a < b->a) : (a->b > b->b) - (a->b < b->b);
}

/* Writes the pairs in the order of their table, which so is walked through once. */
static bool write_pairs(struct counts *s, struct souk_store *store)
{
	struct pair **sorted;
	size_t count = 0;

	s->sorted.len = 0;
	for (struct pair *pair = s->first_pair; pair; pair = pair->next, count++)
		souk_add(&s->sorted, &pair, sizeof(struct pair *));
	sorted = (struct pair **)(void *)s->sorted.at;
	if (count)
		qsort(sorted, count, sizeof(*sorted), by_numbers);
	for (size_t i = 0; i < count; i++) {
		struct souk_query *q = souk_ask(store, PAIR_COUNT);

		souk_bind_int(q, 1, sorted[i]->a);
		souk_bind_int(q, 2, sorted[i]->b);
		souk_bind_int(q, 3, sorted[i]->orders);
		if (!souk_do(q))
			return false;
	}
	souk_cache_refresh(&s->pairs, true);
	s->first_pair = NULL;
	return true;
}

bool counts_add(struct counts *s, struct souk_store *store, const struct souk_text *skus, size_t count,
	int64_t *numbers)
{
	for (size_t i = 0; i < count; i++) {
		struct sku *sku = find_sku(s, store, skus[i]);

		if (!sku)
			return false;
		if (!sku->orders++) {
			sku->next = s->first_sku;
			s->first_sku = sku;
		}
		numbers[i] = sku->number;
		for (size_t j = 0; j < i; j++)
			count_pair(s, numbers[j], numbers[i]);
	}
	s->orders++;
	return s->pairs.count < KEPT_PAIRS || write_pairs(s, store);
}

bool counts_write(struct counts *s, struct souk_store *store)
{
	struct souk_query *q;

	for (struct sku *sku = s->first_sku; sku; sku = sku->next) {
		q = souk_ask(store, SKU_COUNT);
		souk_bind_int(q, 1, sku->number);
		souk_bind_int(q, 2, sku->orders);
		if (!souk_do(q))
			return false;
		sku->orders = 0;
	}
	if (!write_pairs(s, store))
		return false;
	if (!s->orders)
		return true;
	q = souk_ask(store, TOTAL_RAISE);
	souk_bind_int(q, 1, s->orders);
	return souk_do(q);
}

void counts_free(struct counts *s)
{
	souk_cache_free(&s->skus);
	souk_cache_free(&s->pairs);
	souk_buffer_free(&s->sorted);
}
