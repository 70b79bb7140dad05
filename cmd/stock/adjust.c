/* SPDX-License-Identifier: ISC */
/* souk-stock adjust: a correction, a loss, a find; qty of either sign. */
#include "stock.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	return move(stage, r, "adjust", -SOUK_MAX_QTY, true);
}

static const char *const reads[] = {"id", "sku", "qty", "reason", "location?", NULL};

SOUK_VERB(adjust) = {
	.function = &stock_function,
	.name = "adjust",
	.summary = "correct what is on hand, up or down, with the reason",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.map = map,
};
