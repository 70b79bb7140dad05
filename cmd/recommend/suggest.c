/* SPDX-License-Identifier: ISC */
/* souk-recommend: names the skus that were bought most with those of a record. */
#include "recommend.h"

#include <stdlib.h>

/* So many skus of a record are looked at, and so many are suggested at most. With MOST
 * and MANY kept of each sku, no sku that the record has already crowds out another. */
enum { MANY = 50, MOST = 100 };

struct suggest {
	int64_t top, min_count;
	int measure;                /* enum measure */
	int64_t orders;             /* all that were learned */
	struct souk_cache cache;    /* struct others by sku */
	struct souk_buffer rows, texts;
};

/* The best of what was bought with a sku, the best first; their texts follow. */
struct others {
	size_t count;
	struct together rows[];
};

/* A sku that may be suggested, or one that the record has. */
struct candidate {
	struct together together;
	bool had;
};

static int by_text(struct souk_text a, struct souk_text b)
{
	int order = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* The better first; of equals the one bought more often, then by name. */
static int by_measure(const void *left, const void *right, void *measure)
{
	const struct together *a = left, *b = right;
	int order = together_compare(b, a, *(const enum measure *)measure);

	if (!order)
		order = (a->count < b->count) - (a->count > b->count);
	return order ? order : by_text(a->sku, b->sku);
}

/* What the record has comes first of its name. */
static int by_name(const void *left, const void *right, void *measure)
{
	const struct candidate *a = left, *b = right;
	int order = by_text(a->together.sku, b->together.sku);

	if (!order)
		order = b->had - a->had;
	return order ? order : by_measure(&a->together, &b->together, measure);
}

static void open(struct souk_stage *stage)
{
	struct suggest *s = stage->state;

	if (!s->top)
		s->top = 5;
	if (!s->min_count)
		s->min_count = 3;
}

static bool begin(struct souk_stage *stage)
{
	struct suggest *s = stage->state;
	bool changed = souk_store_changed(stage->store, &stage->seen) || stage->repeated;

	souk_cache_refresh(&s->cache, changed);
	return !changed || total_get(stage->store, &s->orders);
}

/* Keeps the best of the rows that were read, their texts copied behind them. */
static struct others *keep(struct suggest *s, struct souk_text sku)
{
	struct together *rows = (struct together *)(void *)s->rows.at;
	size_t count = s->rows.len / sizeof(*rows), size = sizeof(struct others);
	enum measure measure = (enum measure)s->measure;
	struct others *others;
	char *at;

	/* The buffer of texts may have moved as it grew: till now each row has an offset. */
	for (size_t i = 0; i < count; i++)
		rows[i].sku.at = s->texts.at + (uintptr_t)rows[i].sku.at;
	if (count)
		qsort_r(rows, count, sizeof(*rows), by_measure, &measure);
	if (count > (size_t)s->top + MANY)
		count = (size_t)s->top + MANY;
	for (size_t i = 0; i < count; i++)
		size += sizeof(*rows) + rows[i].sku.len;
	others = souk_cache_add(&s->cache, sku, NULL, size);
	others->count = count;
	at = (char *)&others->rows[count];
	for (size_t i = 0; i < count; i++) {
		others->rows[i] = rows[i];
		others->rows[i].sku.at = at;
		memcpy(at, rows[i].sku.at, rows[i].sku.len);
		at += rows[i].sku.len;
	}
	return others;
}

/* NULL if the database failed. */
static const struct others *find(struct souk_stage *stage, struct souk_text sku)
{
	struct suggest *s = stage->state;
	struct others *others = souk_cache_get(&s->cache, sku, NULL);
	struct together t = {.all = s->orders};
	struct souk_query *q;
	enum souk_step step;
	int64_t number;

	if (others)
		return others;
	if (!sku_get(stage->store, sku, &number, &t.own))
		return NULL;
	s->rows.len = s->texts.len = 0;
	q = souk_ask(stage->store, PAIRS_OF);
	souk_bind_int(q, 1, number);
	souk_bind_int(q, 2, s->min_count);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct souk_text text = souk_column_text(q, 0);

		t.sku = (struct souk_text){(const char *)(uintptr_t)s->texts.len, text.len};
		t.other = souk_column_int(q, 1);
		t.count = souk_column_int(q, 2);
		souk_add(&s->texts, text.at, text.len);
		souk_add(&s->rows, &t, sizeof(t));
	}
	return step == SOUK_STEP_DONE ? keep(s, sku) : NULL;
}

static bool read_skus(struct souk_record *r, struct souk_text **skus, size_t *count)
{
	struct souk_line *lines;

	if (souk_member(r, "lines"))
		return souk_order_lines(r, &lines, count) && skus_read(r, lines, *count, skus, count);
	if (!souk_member(r, "sku")) {
		souk_refuse(r, "bad_record", "sku is missing, and there are no lines");
		return false;
	}
	*skus = souk_record_alloc(r, sizeof(**skus));
	*count = 1;
	return souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, *skus);
}

/* What was bought with any of the *count skus, and these themselves: *count is then all
 * of them. NULL if the database failed. */
static struct candidate *gather(struct souk_stage *stage, struct souk_record *r,
	const struct souk_text *skus, size_t *count)
{
	size_t sku_count = *count, looked = sku_count < MANY ? sku_count : MANY, n = 0;
	const struct others **others = souk_record_alloc(r, looked * sizeof(*others));
	struct candidate *candidates;

	for (size_t i = 0; i < looked; i++) {
		others[i] = find(stage, skus[i]);
		if (!others[i])
			return NULL;
		*count += others[i]->count;
	}
	candidates = souk_record_alloc(r, *count * sizeof(*candidates));
	for (size_t i = 0; i < sku_count; i++)
		candidates[n++] = (struct candidate){.together = {.sku = skus[i], .own = 1, .other = 1}, .had = true};
	for (size_t i = 0; i < looked; i++)
		for (size_t j = 0; j < others[i]->count; j++)
			candidates[n++] = (struct candidate){.together = others[i]->rows[j]};
	return candidates;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct suggest *s = stage->state;
	enum measure measure = (enum measure)s->measure;
	struct candidate *candidates;
	struct souk_text *skus;
	struct together *best;
	size_t count, best_count = 0;

	if (!read_skus(r, &skus, &count))
		return SOUK_REFUSED;
	candidates = gather(stage, r, skus, &count);
	if (!candidates)
		return SOUK_FAILED;
	qsort_r(candidates, count, sizeof(*candidates), by_name, &measure);
	best = souk_record_alloc(r, count * sizeof(*best));
	for (size_t i = 0; i < count; i++)
		if (!candidates[i].had && (!i || !souk_text_equal(candidates[i].together.sku, candidates[i - 1].together.sku)))
			best[best_count++] = candidates[i].together;
	qsort_r(best, best_count, sizeof(*best), by_measure, &measure);
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "by", measure_names[measure]);
	souk_put_open(&r->answer, "items", '[');
	for (size_t i = 0; i < best_count && i < (size_t)s->top; i++) {
		souk_put_open(&r->answer, NULL, '{');
		souk_put_text(&r->answer, "sku", best[i].sku);
		together_put(&r->answer, "score", &best[i], measure);
		souk_put_int(&r->answer, "count", best[i].count);
		souk_put_close(&r->answer, '}');
	}
	souk_put_close(&r->answer, ']');
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static void close(struct souk_stage *stage)
{
	struct suggest *s = stage->state;

	souk_cache_free(&s->cache);
	souk_buffer_free(&s->rows);
	souk_buffer_free(&s->texts);
}

static const struct souk_option options[] = {
	{.letter = 'n', .name = "top", .value = "N", .kind = SOUK_OPTION_NUMBER, .min = 1, .max = MOST,
		.offset = offsetof(struct suggest, top), .help = "name N skus at most (default 5)"},
	{.name = "min-count", .value = "N", .kind = SOUK_OPTION_NUMBER, .min = 1, .max = 1000000,
		.offset = offsetof(struct suggest, min_count),
		.help = "only what was bought together N times (default 3)"},
	{.name = "by", .value = "MEASURE", .kind = SOUK_OPTION_CHOICE,
		.offset = offsetof(struct suggest, measure),
		.help = "what makes one better than another (default confidence)", .choices = measure_names},
	{0},
};

static const char *const reads[] = {"sku?", "lines?", "catalog?", NULL};

SOUK_VERB(suggest) = {
	.function = &recommend_function,
	.summary = "name what was bought together with a sku, or with those of an order",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct suggest),
	.open = open,
	.begin = begin,
	.map = map,
	.close = close,
};
