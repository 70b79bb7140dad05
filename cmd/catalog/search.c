/* SPDX-License-Identifier: ISC */
/* souk-catalog search: products by words and filters. */
#include <stdlib.h>

#include "search.h"

static const struct souk_option options[] = {
	{0, "vendor", "NAME", SOUK_OPTION_LIST, offsetof(struct finder, values[VENDOR]),
		.help = "only products of that vendor; may be given again"},
	{0, "type", "NAME", SOUK_OPTION_LIST, offsetof(struct finder, values[TYPE]),
		.help = "only products of that type; may be given again"},
	{0, "tag", "NAME", SOUK_OPTION_LIST, offsetof(struct finder, values[TAG]),
		.help = "only products with that tag; may be given again"},
	{0, "category", "PATH", SOUK_OPTION_LIST, offsetof(struct finder, values[CATEGORY]),
		.help = "only products of that category; may be given again"},
	{0, "status", "STATUS", SOUK_OPTION_TEXT, offsetof(struct finder, status),
		.help = "active, draft or archived products (default active)"},
	{0, "sort", "ORDER", SOUK_OPTION_CHOICE, offsetof(struct finder, sort), .help = "the order of what is found",
		.choices = sort_names},
	{0, "limit", "N", SOUK_OPTION_NUMBER, offsetof(struct finder, limit),
		.help = "give N products (default 20)", .min = 1, .max = MAX_LIMIT},
	{0, "offset", "N", SOUK_OPTION_NUMBER, offsetof(struct finder, offset),
		.help = "leave out the first N", .min = 0, .max = MAX_OFFSET},
	{0, "facets", "N", SOUK_OPTION_NUMBER, offsetof(struct finder, facets),
		.help = "count the N most frequent values (default 10)",
		.min = 1, .max = MAX_FACET_VALUES},
	{0},
};

static void open(struct souk_stage *stage)
{
	static const char *const reads[] = {"title", "product", "vendor", "type", "image", "options", NULL};
	struct finder *s = stage->state;
	enum status status;

	s->limit = s->limit ? s->limit : 20;
	s->facets = s->facets ? s->facets : 10;
	if (s->status && !status_parse(souk_text_of(s->status), &status))
		souk_die_usage("--status %s: one of active, draft, archived", s->status);
	souk_record_init(&s->product, "catalog", &(struct souk_interest){.reads = reads});
	souk_unicode();
}

static bool begin(struct souk_stage *stage)
{
	struct finder *s = stage->state;

	return !(souk_store_changed(stage->store, &stage->seen) || stage->repeated) || search_open(&s->search, stage->store);
}

/* What the options ask for. False if the database failed. */
static bool take_options(struct souk_stage *stage)
{
	struct finder *s = stage->state;
	struct query *query = &s->query;
	enum status status = ACTIVE;

	if (s->status)
		status_parse(souk_text_of(s->status), &status);
	query->statuses = 1u << status;
	query->sort = s->sort;
	query->limit = s->limit;
	query->offset = s->offset;
	query->facet_values = s->facets;
	for (int kind = 0; kind < FACET_KINDS; kind++) {
		query->filters[kind].count = 0;
		for (size_t i = 0; i < s->values[kind].count; i++)
			if (!query_value(query, stage->store, (enum facet_kind)kind,
				    souk_text_of(s->values[kind].at[i])))
				return false;
	}
	return true;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct finder *s = stage->state;
	enum souk_outcome outcome;

	if (!take_options(stage))
		return SOUK_FAILED;
	if (!query_read(&s->query, stage->store, r, &outcome))
		return outcome;
	if (!search_run(&s->search, stage->store, &s->query))
		return SOUK_FAILED;
	souk_put_open(&r->answer, NULL, '{');
	if (!search_put_summary(stage, &r->answer))
		return SOUK_FAILED;
	souk_put_open(&r->answer, "hits", '[');
	for (size_t i = (size_t)s->query.offset; i < s->search.shown; i++)
		if (!search_put_hit(stage, &r->answer, s->search.hits[i].number))
			return SOUK_FAILED;
	souk_put_close(&r->answer, ']');
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

/* Asked by words on the command line: a hit a line, and last the summary. */
static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct finder *s = stage->state;
	struct souk_writer out = {.fd = 1};
	struct souk_buffer words = {0};
	bool good;

	for (int i = 0; i < operand_count; i++) {
		souk_add_string(&words, operands[i]);
		souk_add_char(&words, ' ');
	}
	if (souk_utf8_valid(words.at, words.len) != words.len)
		souk_die_usage("the words are not UTF-8");
	good = souk_store_begin(stage->store, false) && begin(stage) && take_options(stage);
	if (good)
		query_words(&s->query, (struct souk_text){words.at, words.len});
	good = good && search_run(&s->search, stage->store, &s->query);
	for (size_t i = (size_t)s->query.offset; good && i < s->search.shown; i++) {
		good = search_put_hit(stage, &out.buffer, s->search.hits[i].number);
		souk_writer_line_end(&out);
	}
	if (good) {
		souk_put_open(&out.buffer, NULL, '{');
		good = search_put_summary(stage, &out.buffer);
		souk_put_close(&out.buffer, '}');
		souk_writer_line_end(&out);
	}
	souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	souk_buffer_free(&words);
	return good ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

static void close(struct souk_stage *stage)
{
	struct finder *s = stage->state;

	search_close(&s->search);
	query_close(&s->query);
	souk_record_free(&s->product);
	souk_buffer_free(&s->body);
	for (int kind = 0; kind < FACET_KINDS; kind++)
		free(s->values[kind].at);
}

static const char *const reads[] = {"q?", "filter?", "sort?", "limit?", "offset?", "facets?", NULL};

SOUK_VERB(search) = {
	.function = &catalog_function,
	.name = "search",
	.summary = "find products by words and filters, and count them",
	.operands = "[WORD ...]",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct finder),
	.open = open,
	.begin = begin,
	.map = map,
	.run = run,
	.close = close,
};
