/* SPDX-License-Identifier: ISC */
/* souk-catalog: says of each line of an order what is sold there, and refuses what
 * is not. */
#include "catalog.h"

/* So many of the lines that can't be sold are named in the error. */
enum { NAMED = 20 };

struct enrich {
	struct souk_cache products; /* unknown skus too: they cost no query either */
	uint64_t record;
};

struct sold {
	bool known;
	enum status status;
	int64_t weight_grams; /* -1: unknown */
	uint64_t named;       /* the last record whose error names it */
	size_t line_len;
	char line[];          /* as in schema.sql */
};

static bool begin(struct souk_stage *stage)
{
	struct enrich *s = stage->state;
	bool changed = souk_store_changed(stage->store, &stage->seen);

	souk_cache_refresh(&s->products, changed || stage->repeated);
	return true;
}

/* NULL if the database failed. */
static struct sold *load(struct souk_stage *stage, struct souk_text sku)
{
	struct enrich *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, PRODUCT_LINE);
	struct souk_text line;
	struct sold *p;

	souk_bind_text(q, 1, sku);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return NULL;
	case SOUK_STEP_DONE:
		return souk_cache_add(&s->products, sku, NULL, sizeof(*p));
	case SOUK_STEP_ROW:
		break;
	}
	line = souk_column_text(q, 2);
	p = souk_cache_add(&s->products, sku, NULL, sizeof(*p) + line.len);
	/* A status of a newer version of this program is none to sell under. */
	p->known = status_parse(souk_column_text(q, 0), &p->status);
	p->weight_grams = souk_column_null(q, 1) ? -1 : souk_column_int(q, 1);
	p->line_len = line.len;
	memcpy(p->line, line.at, line.len);
	souk_done(q);
	return p;
}

static struct sold *product_of(struct souk_stage *stage, struct souk_text sku)
{
	struct enrich *s = stage->state;
	struct sold *p = souk_cache_get(&s->products, sku, NULL);

	return p ? p : load(stage, sku);
}

/* Begins the error and names the skus that are the reason, each once. If any is
 * unknown, the unknown ones are; else those that are not for sale. */
static enum souk_outcome refuse(struct souk_stage *stage, struct souk_record *r,
	const struct souk_line *lines, struct sold *const *products, size_t count)
{
	struct enrich *s = stage->state;
	bool any_unknown = false;
	size_t named = 0;

	s->record++;
	for (size_t i = 0; i < count; i++)
		any_unknown |= !products[i]->known;
	for (size_t i = 0; i < count && named < NAMED; i++) {
		struct sold *p = products[i];

		if ((any_unknown ? p->known : p->status == ACTIVE) || p->named == s->record)
			continue;
		p->named = s->record;
		if (!named++) {
			if (any_unknown)
				souk_refuse(r, "unknown_sku", "%.*s is not in the catalogue",
					SOUK_ARG(lines[i].sku));
			else
				souk_refuse(r, "not_for_sale", "%.*s is %s", SOUK_ARG(lines[i].sku),
					p->status == DRAFT ? "a draft" : "archived");
			souk_put_open(&r->error, "lines", '[');
		}
		souk_put_open(&r->error, NULL, '{');
		souk_put_text(&r->error, "sku", lines[i].sku);
		if (!any_unknown)
			souk_put_string(&r->error, "status", status_names[p->status]);
		souk_put_close(&r->error, '}');
	}
	souk_put_close(&r->error, ']');
	return SOUK_REFUSED;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_line *lines;
	struct sold **products;
	bool all_sold = true, all_weighed = true;
	int64_t weight, total = 0;
	size_t count;

	if (!souk_order_lines(r, &lines, &count))
		return SOUK_REFUSED;
	products = souk_record_alloc(r, count * sizeof(*products));
	souk_put_open(&r->answer, NULL, '{');
	souk_put_open(&r->answer, "lines", '[');
	for (size_t i = 0; i < count; i++) {
		struct sold *p = products[i] = product_of(stage, lines[i].sku);

		if (!p)
			return SOUK_FAILED;
		all_sold &= p->known && p->status == ACTIVE;
		all_weighed &= p->weight_grams >= 0;
		if (all_weighed && (!souk_money_mul(p->weight_grams, lines[i].qty, &weight) ||
				    !souk_money_add(total, weight, &total)))
			return souk_refuse(r, "overflow",
				"the order weighs more than can be counted");
		souk_put_raw(&r->answer, NULL, (struct souk_text){p->line, p->line_len});
	}
	if (!all_sold)
		return refuse(stage, r, lines, products, count);
	souk_put_close(&r->answer, ']');
	if (all_weighed)
		souk_put_int(&r->answer, "weight_grams", total);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static void close(struct souk_stage *stage)
{
	struct enrich *s = stage->state;

	souk_cache_free(&s->products);
}

static const char *const reads[] = {"lines", NULL};

SOUK_VERB(enrich) = {
	.function = &catalog_function,
	.summary = "add to the lines of an order what the catalogue says of them",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.state_size = sizeof(struct enrich),
	.begin = begin,
	.map = map,
	.close = close,
};
