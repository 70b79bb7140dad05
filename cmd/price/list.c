/* SPDX-License-Identifier: ISC */
/* souk-price list: all prices as they were put. */
#include "price.h"

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	return souk_write_rows(stage, souk_ask(stage->store, PRICE_LIST), souk_write_body, out);
}

SOUK_VERB(list) = {
	.function = &price_function,
	.name = "list",
	.summary = "list all prices, by sku, as put takes them",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.write = write_all,
};
