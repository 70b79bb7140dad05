/* SPDX-License-Identifier: ISC */
#include "query.h"

#include "fold.h"
#include "shelf.h"

enum { MAX_QUERY = 1000 };

const char *const sort_names[] = {
	[BY_RELEVANCE] = "relevance", [BY_TITLE] = "title", [BY_NEWEST] = "newest", NULL,
};

void query_words(struct query *query, struct souk_text text)
{
	struct souk_text words;

	query->folded.len = query->meant.len = 0;
	query->word_count = 0;
	fold(&query->folded, text, false);
	words = (struct souk_text){query->folded.at, query->folded.len};
	query->empty = text.len && !words.len;
	while (query->word_count < MAX_WORDS && fold_next(&words, &query->words[query->word_count].text))
		query->words[query->word_count++].meant = (struct souk_text){0};
}

bool query_value(struct query *query, struct souk_store *store, enum facet_kind kind, struct souk_text value)
{
	struct query_filter *filter = &query->filters[kind];
	struct souk_query *q = souk_ask(store, FACET_FIND);
	enum souk_step step;
	uint32_t facet = 0;

	if (filter->count == MAX_VALUES)
		return true;
	souk_bind_int(q, 1, kind);
	souk_bind_text(q, 2, value);
	step = souk_step(q);
	if (step == SOUK_STEP_FAILED)
		return false;
	if (step == SOUK_STEP_ROW) {
		facet = facet_of(souk_column_int(q, 0), kind);
		souk_done(q);
	}
	filter->facets[filter->count++] = facet;
	return true;
}

/* Reads the values of one kind: a string, or an array of them. */
static bool read_values(struct query *query, struct souk_store *store, struct souk_record *r,
	const struct souk_node *node, enum facet_kind kind, enum souk_outcome *outcome)
{
	bool is_array = node->type == SOUK_ARRAY;
	struct souk_text value;

	query->filters[kind].count = 0;
	if (is_array && souk_count(r, node) > MAX_VALUES) {
		*outcome = souk_refuse_value(r, node, "must hold %d values at most", MAX_VALUES);
		return false;
	}
	for (const struct souk_node *n = is_array ? souk_first(r, node) : node; n;
	     n = is_array ? souk_next(r, node, n) : NULL) {
		if (n->type != SOUK_STRING || !souk_decode(r, n, &value)) {
			*outcome = souk_refuse_value(r, n, "must be a string%s", is_array ? "" : ", or an array of them");
			return false;
		}
		*outcome = SOUK_FAILED;
		if (!query_value(query, store, kind, value))
			return false;
	}
	return true;
}

static bool read_filter(struct query *query, struct souk_store *store, struct souk_record *r,
	enum souk_outcome *outcome)
{
	const struct souk_node *filter = NULL, *node;
	struct souk_text status = {0};
	enum status one;

	if (!souk_may_node(r, NULL, "filter", SOUK_OBJECT, &filter))
		return false;
	for (int kind = 0; filter && kind < FACET_KINDS; kind++) {
		node = souk_find(r, filter, facet_names[kind]);
		if (node && node->type != SOUK_NULL &&
		    !read_values(query, store, r, node, (enum facet_kind)kind, outcome))
			return false;
	}
	if (!filter)
		return true;
	if (!souk_may_text(r, filter, "status", 1, SOUK_MAX_ID, &status))
		return false;
	if (!status.at)
		return true;
	if (status_parse(status, &one)) {
		query->statuses = 1u << one;
		return true;
	}
	souk_refuse_value(r, souk_find(r, filter, "status"), "must be active, draft or archived");
	return false;
}

bool query_read(struct query *query, struct souk_store *store, struct souk_record *r, enum souk_outcome *outcome)
{
	struct souk_text text = {0}, sort = {0};

	*outcome = SOUK_REFUSED;
	if (!souk_may_text(r, NULL, "q", 0, MAX_QUERY, &text) || !souk_may_text(r, NULL, "sort", 1, 20, &sort) ||
	    !souk_may_int(r, NULL, "limit", 0, MAX_LIMIT, &query->limit) ||
	    !souk_may_int(r, NULL, "offset", 0, MAX_OFFSET, &query->offset) ||
	    !souk_may_int(r, NULL, "facets", 0, MAX_FACET_VALUES, &query->facet_values) ||
	    !read_filter(query, store, r, outcome))
		return false;
	query_words(query, text);
	if (!sort.at)
		return true;
	for (query->sort = 0; sort_names[query->sort]; query->sort++)
		if (souk_text_is(sort, sort_names[query->sort]))
			return true;
	*outcome = souk_refuse_value(r, souk_member(r, "sort"), "must be relevance, title or newest");
	return false;
}

void query_expression(const struct query *query, const char *column, bool whole, struct souk_buffer *out)
{
	out->len = 0;
	if (column)
		souk_add_format(out, "%s : (", column);
	for (size_t i = 0; i < query->word_count; i++) {
		const struct query_word *word = &query->words[i];
		struct souk_text text = word->meant.len ? word->meant : word->text;

		/* Folded words have no quotes. */
		souk_add_string(out, i ? " AND \"" : "\"");
		souk_add(out, text.at, text.len);
		souk_add_string(out, i + 1 < query->word_count || whole ? "\"" : "\" *");
	}
	if (column)
		souk_add_char(out, ')');
}

void query_close(struct query *query)
{
	souk_buffer_free(&query->folded);
	souk_buffer_free(&query->meant);
}
