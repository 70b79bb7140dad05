/* SPDX-License-Identifier: ISC */
/* souk-catalog list: all products as they were put. */
#include "catalog.h"

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	return souk_write_rows(stage, souk_ask(stage->store, PRODUCT_LIST), souk_write_body, out);
}

SOUK_VERB(list) = {
	.function = &catalog_function,
	.name = "list",
	.summary = "list all products, by sku, as put takes them",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.write = write_all,
};
