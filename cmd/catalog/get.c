/* SPDX-License-Identifier: ISC */
/* souk-catalog get: a product as it was put, or all variants of one, as the record's member. */
#include "catalog.h"

static enum souk_outcome unknown(struct souk_record *r, const char *code, struct souk_text name)
{
	return souk_refuse(r, code, "%.*s is not in the catalogue", SOUK_ARG(name));
}

static enum souk_outcome get_sku(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_query *q = souk_ask(stage->store, PRODUCT_GET);
	struct souk_text sku;

	if (!souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, &sku))
		return SOUK_REFUSED;
	souk_bind_text(q, 1, sku);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return unknown(r, "unknown_sku", sku);
	case SOUK_STEP_ROW:
		break;
	}
	souk_put_raw(&r->answer, NULL, souk_column_text(q, 0));
	souk_done(q);
	return SOUK_ANSWER;
}

static enum souk_outcome get_variants(struct souk_stage *stage, struct souk_record *r, struct souk_text handle)
{
	struct souk_query *q = souk_ask(stage->store, PRODUCT_VARIANTS);
	enum souk_step step;
	bool any = false;

	souk_bind_text(q, 1, handle);
	souk_put_open(&r->answer, NULL, '{');
	souk_put_open(&r->answer, "variants", '[');
	for (; (step = souk_step(q)) == SOUK_STEP_ROW; any = true)
		souk_put_raw(&r->answer, NULL, souk_column_text(q, 0));
	souk_put_close(&r->answer, ']');
	souk_put_close(&r->answer, '}');
	if (step == SOUK_STEP_FAILED)
		return SOUK_FAILED;
	return any ? SOUK_ANSWER : unknown(r, "unknown_product", handle);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_text handle = {0};

	if (!souk_member(r, "sku") && !souk_may_text(r, NULL, "product", 1, MAX_NAME, &handle))
		return SOUK_REFUSED;
	return handle.at ? get_variants(stage, r, handle) : get_sku(stage, r);
}

static const char *const reads[] = {"sku?", "product?", NULL};

SOUK_VERB(get) = {
	.function = &catalog_function,
	.name = "get",
	.summary = "look up a product by its sku, or the variants of one",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.map = map,
};
