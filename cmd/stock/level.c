/* SPDX-License-Identifier: ISC */
/* souk-stock level: what there is of a sku, as the record's member; souk-stock
 * list: of all. */
#include "stock.h"

struct levels_of {
	struct souk_cache reserved;  /* pieces that are held, by sku */
};

/* What holds have reserved and not yet committed, for all skus: holds in that
 * state are few. */
static bool begin(struct souk_stage *stage)
{
	struct levels_of *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, HOLD_HELD);
	enum souk_step step;

	souk_cache_refresh(&s->reserved, true);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct souk_text lines = souk_column_text(q, 0), sku;
		int64_t qty, *sum;

		while (hold_line_next(&lines, &sku, &qty)) {
			sum = souk_cache_get(&s->reserved, sku, NULL);
			if (!sum)
				sum = souk_cache_add(&s->reserved, sku, NULL, sizeof(*sum));
			*sum += qty;
		}
	}
	return step == SOUK_STEP_DONE;
}

static void put_level(struct souk_stage *stage, struct souk_buffer *out, struct souk_text sku,
	int64_t on_hand, int64_t taken)
{
	struct levels_of *s = stage->state;
	const int64_t *held = souk_cache_get(&s->reserved, sku, NULL);
	int64_t reserved = held ? *held : 0;

	souk_put_int(out, "on_hand", on_hand);
	souk_put_int(out, "reserved", reserved);
	souk_put_int(out, "committed", taken - reserved);
	souk_put_int(out, "available", on_hand - taken);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_query *q = souk_ask(stage->store, LEVEL_GET);
	struct souk_text sku;

	if (!souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, &sku))
		return SOUK_REFUSED;
	souk_bind_text(q, 1, sku);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return souk_refuse(r, "unknown_sku", "%.*s was never received", SOUK_ARG(sku));
	case SOUK_STEP_ROW:
		break;
	}
	souk_put_open(&r->answer, NULL, '{');
	put_level(stage, &r->answer, sku, souk_column_int(q, 0), souk_column_int(q, 1));
	souk_put_close(&r->answer, '}');
	souk_done(q);
	return SOUK_ANSWER;
}

static int list(struct souk_stage *stage, int operand_count, char **operands)
{
	struct souk_writer out = {.fd = 1};
	struct souk_query *q;
	enum souk_step step;

	(void)operand_count, (void)operands;
	if (!souk_store_begin(stage->store, false) || !begin(stage))
		return SOUK_EXIT_SYSTEM;
	q = souk_ask(stage->store, LEVEL_LIST);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct souk_text sku = souk_column_text(q, 0);

		souk_put_open(&out.buffer, NULL, '{');
		souk_put_text(&out.buffer, "sku", sku);
		souk_put_open(&out.buffer, "stock", '{');
		put_level(stage, &out.buffer, sku, souk_column_int(q, 1), souk_column_int(q, 2));
		souk_add_string(&out.buffer, "}}");
		souk_writer_line_end(&out);
	}
	souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return step == SOUK_STEP_DONE ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

static void close(struct souk_stage *stage)
{
	struct levels_of *s = stage->state;

	souk_cache_free(&s->reserved);
}

static const char *const reads[] = {"sku", NULL};

SOUK_VERB(level) = {
	.function = &stock_function,
	.name = "level",
	.summary = "say what there is of a sku",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.state_size = sizeof(struct levels_of),
	.begin = begin,
	.map = map,
	.close = close,
};

SOUK_VERB(list_verb) = {
	.function = &stock_function,
	.name = "list",
	.summary = "list all levels",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.state_size = sizeof(struct levels_of),
	.run = list,
	.close = close,
};
