/* SPDX-License-Identifier: ISC */
/* souk-catalog get: a product as it was put, as the record's member. */
#include "catalog.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
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
		return souk_refuse(r, "unknown_sku", "%.*s is not in the catalogue", SOUK_ARG(sku));
	case SOUK_STEP_ROW:
		break;
	}
	souk_put_raw(&r->answer, NULL, souk_column_text(q, 0));
	souk_done(q);
	return SOUK_ANSWER;
}

static const char *const reads[] = {"sku", NULL};

SOUK_VERB(get) = {
	.function = &catalog_function,
	.name = "get",
	.summary = "look up a product by its sku",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.map = map,
};
