/* SPDX-License-Identifier: ISC */
/* souk-catalog put: stores a product under its sku, or replaces it. */
#include "index.h"

struct put {
	struct index index;
	struct souk_buffer line, body; /* as in schema.sql */
	struct souk_record old;        /* for those that are not indexed yet */
};

/* Puts into the index what an older version of this program has stored. */
static bool catch_up(struct souk_stage *stage)
{
	static const char *const all[] = {"*", NULL};
	struct put *s = stage->state;
	enum souk_step step;
	struct souk_query *q;

	while ((step = souk_step(q = souk_ask(stage->store, PRODUCT_UNINDEXED))) == SOUK_STEP_ROW) {
		int64_t number = souk_column_int(q, 0), item = 0;
		struct product p;
		bool good;

		if (!s->old.by)
			souk_record_init(&s->old, "catalog", &(struct souk_interest){.reads = all});
		good = souk_record_parse_copy(&s->old, &s->body, souk_column_text(q, 1));
		souk_done(q);
		/* What is no product any more is stored all the same, and is not found. */
		if (good && product_read(&s->old, &p) &&
		    !(index_item(&s->index, stage->store, p.handle, &item) &&
		      index_product(&s->index, stage->store, &s->old, &p, number, item, false)))
			return false;
		q = souk_ask(stage->store, PRODUCT_ITEM);
		souk_bind_int(q, 1, number);
		souk_bind_int(q, 2, item);
		if (!souk_do(q))
			return false;
	}
	return step == SOUK_STEP_DONE;
}

static void open(struct souk_stage *stage)
{
	(void)stage;
	souk_unicode();
}

static bool begin(struct souk_stage *stage)
{
	struct put *s = stage->state;

	index_begin(&s->index, stage);
	return catch_up(stage);
}

/* Inserts or updates the row: *number is its own; *changed if it is another now. */
static bool store(struct souk_stage *stage, const struct product *p, int64_t item, int64_t *number,
	bool *changed, bool *again)
{
	struct put *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, PRODUCT_FIND);
	enum souk_step step;

	souk_bind_text(q, 1, p->sku);
	step = souk_step(q);
	*again = step == SOUK_STEP_ROW;
	if (*again) {
		*number = souk_column_int(q, 0);
		souk_done(q);
	}
	if (step == SOUK_STEP_FAILED)
		return false;
	q = souk_ask(stage->store, *again ? PRODUCT_SET : PRODUCT_ADD);
	if (*again)
		souk_bind_int(q, 1, *number);
	else
		souk_bind_text(q, 1, p->sku);
	souk_bind_text(q, 2, souk_text_of(status_names[p->status]));
	if (p->weight_grams >= 0)
		souk_bind_int(q, 3, p->weight_grams);
	else
		souk_bind_null(q, 3);
	souk_bind_text(q, 4, (struct souk_text){s->line.at, s->line.len});
	souk_bind_text(q, 5, (struct souk_text){s->body.at, s->body.len});
	souk_bind_int(q, 6, item);
	if (*again) {
		if (!souk_do(q))
			return false;
		*changed = souk_store_changes(stage->store) > 0;
		return true;
	}
	if (souk_step(q) != SOUK_STEP_ROW)
		return false;
	*number = souk_column_int(q, 0);
	*changed = true;
	return souk_step(q) == SOUK_STEP_DONE;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct put *s = stage->state;
	struct product p;
	int64_t item, number = 0;
	bool changed, again;

	if (!product_read(r, &p) || !product_order_line(r, &p, &s->line))
		return SOUK_REFUSED;
	souk_make_body(&s->body, r);
	if (!index_item(&s->index, stage->store, p.handle, &item) ||
	    !store(stage, &p, item, &number, &changed, &again) ||
	    (changed && !index_product(&s->index, stage->store, r, &p, number, item, again)))
		return SOUK_FAILED;
	return souk_answer_state(r, "stored");
}

static bool end(struct souk_stage *stage)
{
	struct put *s = stage->state;

	return index_end(&s->index, stage->store);
}

static void close(struct souk_stage *stage)
{
	struct put *s = stage->state;

	index_close(&s->index);
	souk_buffer_free(&s->line);
	souk_buffer_free(&s->body);
	if (s->old.by)
		souk_record_free(&s->old);
}

/* All members are read, as all are kept. */
static const char *const reads[] = {"sku", "title", "*", NULL};

SOUK_VERB(put) = {
	.function = &catalog_function,
	.name = "put",
	.summary = "store a product, or replace it",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.needs_no_id = true,
	.reads = reads,
	.state_size = sizeof(struct put),
	.open = open,
	.begin = begin,
	.map = map,
	.end = end,
	.close = close,
};
