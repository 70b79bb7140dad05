/* SPDX-License-Identifier: ISC */
/* souk-stock forget: lets go of what is remembered of an order that was rejected, once nobody
 * sends it any more. */
#include "stock.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	return souk_order_forget(stage, r, HOLD_FORGET);
}

static const char *const reads[] = {SOUK_FORGET_READS, NULL};

SOUK_VERB(forget) = {
	.function = &stock_function,
	.name = "forget",
	.summary = "let go of what is remembered of orders that were rejected",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.map = map,
};
