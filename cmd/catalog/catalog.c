/* SPDX-License-Identifier: ISC */
/* souk-catalog: what the shop sells. */
#include "catalog.h"

static const char schema[] =
#include "cmd/catalog/schema.sql.h"
;

static const char *const statements[] = {
	/* The same product again writes nothing. */
	[PRODUCT_PUT] = "INSERT INTO product (sku, status, weight_grams, line, body) "
			"VALUES (?1, ?2, ?3, ?4, ?5) "
			"ON CONFLICT (sku) DO UPDATE SET status = excluded.status, "
			"weight_grams = excluded.weight_grams, line = excluded.line, "
			"body = excluded.body "
			"WHERE product.body <> excluded.body OR product.line <> excluded.line",
	[PRODUCT_GET] = "SELECT body FROM product WHERE sku = ?1",
	[PRODUCT_LINE] = "SELECT status, weight_grams, line FROM product WHERE sku = ?1",
	[PRODUCT_LIST] = "SELECT body FROM product ORDER BY sku",
};

const struct souk_function catalog_function = {
	.name = "catalog",
	.summary = "the products of the shop",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
};

const char *const status_names[] = {
	[ACTIVE] = "active", [DRAFT] = "draft", [ARCHIVED] = "archived", NULL,
};

bool status_parse(struct souk_text name, enum status *status)
{
	for (int i = 0; status_names[i]; i++)
		if (souk_text_is(name, status_names[i])) {
			*status = (enum status)i;
			return true;
		}
	return false;
}
