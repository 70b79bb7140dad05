/* SPDX-License-Identifier: ISC */
/* souk-stock level: what there is of a sku. */
#include "stock.h"

static bool begin(struct souk_stage *stage)
{
	return reserved_read(stage->state, stage->store);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_query *q = souk_ask(stage->store, LEVEL_GET);
	struct souk_text sku;
	bool told;

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
	told = level_put(stage, q, sku, &r->answer);
	souk_put_close(&r->answer, '}');
	souk_done(q);
	return told ? SOUK_ANSWER : SOUK_FAILED;
}

static void close(struct souk_stage *stage)
{
	struct reserved *s = stage->state;

	souk_cache_free(&s->pieces);
}

static const char *const reads[] = {"sku", NULL};

SOUK_VERB(level) = {
	.function = &stock_function,
	.name = "level",
	.summary = "say what there is of a sku",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.state_size = sizeof(struct reserved),
	.begin = begin,
	.map = map,
	.close = close,
};
