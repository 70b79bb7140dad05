/* SPDX-License-Identifier: ISC */
/* souk-recommend list: the skus that were learned, or what one was bought with. */
#include "recommend.h"

#include <stdlib.h>

struct list {
	const char *sku;          /* NULL: all */
};

static int by_count(const void *left, const void *right)
{
	const struct together *a = left, *b = right;
	size_t len = a->sku.len < b->sku.len ? a->sku.len : b->sku.len;
	int order = (a->count < b->count) - (a->count > b->count);

	if (!order)
		order = memcmp(a->sku.at, b->sku.at, len);
	return order ? order : (a->sku.len > b->sku.len) - (a->sku.len < b->sku.len);
}

static bool sku_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	(void)stage;
	souk_put_open(out, NULL, '{');
	souk_put_text(out, "sku", souk_column_text(row, 0));
	souk_put_int(out, "orders", souk_column_int(row, 1));
	souk_put_close(out, '}');
	return true;
}

static void put(struct souk_writer *out, const struct together *t)
{
	souk_put_open(&out->buffer, NULL, '{');
	souk_put_text(&out->buffer, "sku", t->sku);
	souk_put_int(&out->buffer, "count", t->count);
	souk_put_int(&out->buffer, "orders", t->other);
	together_put(&out->buffer, "confidence", t, CONFIDENCE);
	together_put(&out->buffer, "lift", t, LIFT);
	souk_put_close(&out->buffer, '}');
	souk_writer_line_end(out);
}

static bool list_together(struct souk_stage *stage, struct souk_text sku, struct souk_writer *out)
{
	struct together t = {0}, *rows;
	struct souk_buffer found = {0};
	struct souk_arena texts = {0};
	struct souk_query *q;
	enum souk_step step;
	int64_t number;
	size_t count;

	if (!total_get(stage->store, &t.all) || !sku_get(stage->store, sku, &number, &t.own))
		return false;
	q = souk_ask(stage->store, PAIRS_OF);
	souk_bind_int(q, 1, number);
	souk_bind_int(q, 2, 1);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		t.sku = souk_arena_copy(&texts, souk_column_text(q, 0));
		t.other = souk_column_int(q, 1);
		t.count = souk_column_int(q, 2);
		souk_add(&found, &t, sizeof(t));
	}
	rows = (struct together *)(void *)found.at;
	count = found.len / sizeof(*rows);
	if (count)
		qsort(rows, count, sizeof(*rows), by_count);
	for (size_t i = 0; step == SOUK_STEP_DONE && i < count; i++)
		put(out, &rows[i]);
	souk_arena_free(&texts);
	souk_buffer_free(&found);
	return step == SOUK_STEP_DONE;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	const struct list *s = stage->state;

	if (s->sku)
		return list_together(stage, souk_text_of(s->sku), out);
	return souk_write_rows(stage, souk_ask(stage->store, SKU_LIST), sku_line, out);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct list *s = stage->state;

	if (operand_count > 1)
		souk_die_usage("one sku at most: %s is one more", operands[1]);
	s->sku = operand_count ? operands[0] : NULL;
	return souk_source_run(stage, write_all);
}

SOUK_VERB(list) = {
	.function = &recommend_function,
	.name = "list",
	.summary = "list what a sku was bought with; without one, all skus",
	.operands = "[SKU]",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.state_size = sizeof(struct list),
	.run = run,
};
