/* SPDX-License-Identifier: ISC */
/* Lists of words, and keeping a promotion beyond the record it was read from. */
#include "rule.h"

#include <stdlib.h>

/* So that an order can be searched for in no time. */
enum { MAX_WORDS = 10000 };

static int by_text(const void *left, const void *right)
{
	const struct souk_text *a = left, *b = right;
	size_t len = a->len < b->len ? a->len : b->len;
	int order = len ? memcmp(a->at, b->at, len) : 0;

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

bool words_read(struct souk_record *r, const char *name, size_t max, struct words *words)
{
	const struct souk_node *array = NULL, *n;

	if (!souk_may_node(r, NULL, name, SOUK_ARRAY, &array))
		return false;
	if (!array)
		return true;
	words->at = souk_record_alloc(r, (souk_count(r, array) + 1) * sizeof(*words->at));
	for (n = souk_first(r, array); n; n = souk_next(r, array, n)) {
		struct souk_text *word = &words->at[words->count++];

		if (n->type != SOUK_STRING || !souk_decode(r, n, word) || !word->len || word->len > max ||
		    memchr(word->at, '\t', word->len) || memchr(word->at, '\n', word->len)) {
			souk_refuse_value(r, n, "must be a string of 1 to %zu bytes", max);
			return false;
		}
	}
	if (!words->count || words->count > MAX_WORDS) {
		souk_refuse_value(r, array, "must hold 1 to %d words; leave it out to ask for none", MAX_WORDS);
		return false;
	}
	qsort(words->at, words->count, sizeof(*words->at), by_text);
	return true;
}

bool code_is_pattern(struct souk_text code)
{
	return memchr(code.at, '*', code.len) || memchr(code.at, '?', code.len);
}

bool words_have(const struct words *words, struct souk_text word)
{
	return words->count && bsearch(&word, words->at, words->count, sizeof(word), by_text);
}

bool rule_is_limited(const struct rule *rule)
{
	for (int i = 0; i < LIMITS; i++)
		if (rule->limits[i] != INT64_MAX)
			return true;
	return false;
}

static void keep_words(struct souk_arena *arena, struct words *words)
{
	struct souk_text *copies;

	if (!words->count)
		return;
	copies = souk_arena_alloc(arena, words->count * sizeof(*copies));
	for (size_t i = 0; i < words->count; i++)
		copies[i] = souk_arena_copy(arena, words->at[i]);
	words->at = copies;
}

struct rule *rule_keep(struct souk_arena *arena, const struct rule *rule)
{
	struct rule *kept = souk_arena_alloc(arena, sizeof(*kept));
	struct words *lists[] = {&kept->skus, &kept->tags, &kept->categories, &kept->groups,
		&kept->countries, &kept->get_skus};

	*kept = *rule;
	kept->id = souk_arena_copy(arena, rule->id);
	kept->title = souk_arena_copy(arena, rule->title);
	kept->condition = souk_arena_copy(arena, rule->condition);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		keep_words(arena, lists[i]);
	/* Who has a code has found it in the table. */
	kept->codes = (struct words){NULL, rule->codes.count};
	return kept;
}
