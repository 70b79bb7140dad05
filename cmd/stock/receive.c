/* SPDX-License-Identifier: ISC */
/* souk-stock receive: goods come in. */
#include "stock.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	return move(stage, r, "receive", 1, false);
}

static const char *const reads[] = {"id", "sku", "qty", "reason?", "location?", NULL};

SOUK_VERB(receive) = {
	.function = &stock_function,
	.name = "receive",
	.summary = "add goods that came in to what is on hand",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.map = map,
};
