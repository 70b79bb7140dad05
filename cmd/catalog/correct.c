/* SPDX-License-Identifier: ISC */
/* Typing errors: the word of the catalogue that a word is most like. */
#include "query.h"

/* Shorter words are meant as they are; longer ones are nobody's slip. Of words that are as
 * like so many are tried, and their products counted up to a number. */
enum { SHORTEST = 3, LONGEST = 32, CANDIDATES = 16, COUNTED = 2000 };

struct candidate {
	char text[LONGEST + 1];
	size_t len;
};

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters are added, left out, changed, or swapped with their neighbour; of `begins`,
 * from `a` to the best beginning of `b`. More than `most` is most + 1. */
static size_t distance(struct souk_text a, struct souk_text b, size_t most, bool begins)
{
	size_t rows[3][LONGEST + 8], *before = rows[0], *last = rows[1], *row = rows[2], best;

	for (size_t j = 0; j <= b.len; j++)
		last[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t smallest = row[0] = i;

		for (size_t j = 1; j <= b.len; j++) {
			row[j] = least(last[j - 1] + (a.at[i - 1] != b.at[j - 1]), least(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
			smallest = least(smallest, row[j]);
		}
		if (smallest > most)
			return most + 1;
		size_t *unused = before;

		before = last;
		last = row;
		row = unused;
	}
	best = last[b.len];
	for (size_t j = 0; begins && j < b.len; j++)
		best = least(best, last[j]);
	return least(best, most + 1);
}

/* In how many products the word is, up to COUNTED. False if the database failed. */
static bool count(struct souk_store *store, struct souk_text word, bool begins, int64_t most, int64_t *found)
{
	struct souk_buffer expression = {0};
	struct souk_query *q = souk_ask(store, TEXT_COUNT);
	enum souk_step step;

	souk_add_format(&expression, "\"%.*s\"%s", SOUK_ARG(word), begins ? " *" : "");
	souk_bind_text(q, 1, (struct souk_text){expression.at, expression.len});
	souk_bind_int(q, 2, most);
	step = souk_step(q);
	if (step == SOUK_STEP_ROW) {
		*found = souk_column_int(q, 0);
		souk_done(q);
	}
	souk_buffer_free(&expression);
	return step == SOUK_STEP_ROW;
}

/* The words nearest to `word`. False if the database failed. */
static bool find_near(struct souk_store *store, struct souk_text word, bool begins,
	struct candidate *candidates, size_t *candidate_count)
{
	size_t most = word.len < 8 ? 1 : 2;
	struct souk_query *q = souk_ask(store, WORD_NEAR);
	enum souk_step step;

	*candidate_count = 0;
	souk_bind_int(q, 1, (int64_t)(word.len - most));
	souk_bind_int(q, 2, (int64_t)(word.len + (begins ? 7 : most)));
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct souk_text other = souk_column_text(q, 0);
		size_t apart;

		if (other.len > LONGEST)
			continue;
		apart = distance(word, other, most, begins);
		if (apart > most)
			continue;
		if (apart < most) {
			most = apart;
			*candidate_count = 0;
		}
		if (*candidate_count == CANDIDATES)
			continue;
		memcpy(candidates[*candidate_count].text, other.at, other.len);
		candidates[(*candidate_count)++].len = other.len;
	}
	return step == SOUK_STEP_DONE;
}

/* Chooses, of those as near, one that begins alike (few slip there) and that most products have. */
static bool correct(struct query *query, struct query_word *word, struct souk_store *store, bool begins)
{
	struct candidate candidates[CANDIDATES];
	size_t candidate_count;
	int64_t best = 0, found = 0;
	bool alike = false;

	/* The end of a last word may still be to come. */
	if (!find_near(store, word->text, false, candidates, &candidate_count) ||
	    (begins && !candidate_count && !find_near(store, word->text, true, candidates, &candidate_count)))
		return false;
	for (size_t i = 0; i < candidate_count; i++) {
		struct souk_text text = {candidates[i].text, candidates[i].len};

		if (!count(store, text, false, COUNTED, &found))
			return false;
		if (!found || (alike && text.at[0] != word->text.at[0]) ||
		    (alike == (text.at[0] == word->text.at[0]) && found <= best))
			continue;
		alike = text.at[0] == word->text.at[0];
		best = found;
		word->meant = (struct souk_text){query->meant.at + query->meant.len, text.len};
		memcpy(query->meant.at + query->meant.len, text.at, text.len);
	}
	query->meant.len += word->meant.len;
	return true;
}

bool query_correct(struct query *query, struct souk_store *store, bool *any)
{
	*any = false;
	query->meant.len = 0;
	souk_buffer_room(&query->meant, (size_t)MAX_WORDS * LONGEST); /* so that it stays where it is */
	for (size_t i = 0; i < query->word_count; i++) {
		struct query_word *word = &query->words[i];
		bool begins = i + 1 == query->word_count, has_digit = false;
		int64_t found = 0;

		for (size_t j = 0; j < word->text.len; j++)
			has_digit |= word->text.at[j] >= '0' && word->text.at[j] <= '9';
		if (has_digit || word->text.len < SHORTEST || word->text.len > LONGEST)
			continue;
		if (!count(store, word->text, begins, 1, &found) || (!found && !correct(query, word, store, begins)))
			return false;
		*any |= word->meant.len > 0;
	}
	return true;
}
