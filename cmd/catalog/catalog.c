/* SPDX-License-Identifier: ISC */
/* souk-catalog: what the shop sells. */
#include "catalog.h"

static const char schema[] =
#include "cmd/catalog/schema.sql.h"
;

static const char *const statements[] = {
	[PRODUCT_FIND] = "SELECT number FROM product WHERE sku = ?1",
	[PRODUCT_ADD] = "INSERT INTO product (sku, status, weight_grams, line, body, item) "
			"VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING number",
	/* The same product again writes nothing. */
	[PRODUCT_SET] = "UPDATE product SET status = ?2, weight_grams = ?3, line = ?4, body = ?5, item = ?6 "
			"WHERE number = ?1 AND (body <> ?5 OR line <> ?4)",
	[PRODUCT_GET] = "SELECT body FROM product WHERE sku = ?1",
	[PRODUCT_LINE] = "SELECT status, weight_grams, line FROM product WHERE sku = ?1",
	[PRODUCT_LIST] = "SELECT body FROM product ORDER BY sku",
	[PRODUCT_OF] = "SELECT sku, item, body FROM product WHERE number = ?1",
	[PRODUCT_UNINDEXED] = "SELECT number, body FROM product WHERE item IS NULL LIMIT 1",
	[PRODUCT_ITEM] = "UPDATE product SET item = ?2 WHERE number = ?1",
	[PRODUCT_SKUS] = "SELECT sku FROM product WHERE item = ?1 AND item > 0 AND status = ?2 ORDER BY number",
	[PRODUCT_VARIANTS] = "SELECT body FROM product WHERE item > 0 AND item = "
			     "(SELECT number FROM item WHERE handle = ?1) ORDER BY number",
	[ITEM_FIND] = "SELECT number FROM item WHERE handle = ?1",
	[ITEM_ADD] = "INSERT INTO item (handle) VALUES (?1) RETURNING number",
	[TEXT_ADD] = "INSERT INTO product_text (rowid, title, more) VALUES (?1, ?2, ?3)",
	[TEXT_DROP] = "DELETE FROM product_text WHERE rowid = ?1",
	[TEXT_MATCH] = "SELECT rowid FROM product_text WHERE product_text MATCH ?1",
	[TEXT_COUNT] = "SELECT count(*) FROM (SELECT 1 FROM product_text WHERE product_text MATCH ?1 LIMIT ?2)",
	[WORD_ADD] = "INSERT INTO word (length, word) VALUES (?1, ?2) ON CONFLICT (length, word) DO NOTHING",
	[WORD_NEAR] = "SELECT word FROM word WHERE length BETWEEN ?1 AND ?2",
	[FACET_FIND] = "SELECT number FROM facet WHERE kind = ?1 AND value = ?2",
	[FACET_ADD] = "INSERT INTO facet (kind, value) VALUES (?1, ?2) RETURNING number",
	[FACET_VALUE] = "SELECT value FROM facet WHERE number = ?1",
	[FACET_LAST] = "SELECT max(number) FROM facet",
	[ITEM_LAST] = "SELECT max(number) FROM item",
	[SHELF_GET] = "SELECT slots FROM shelf WHERE number = ?1",
	[SHELF_PUT] = "INSERT INTO shelf (number, slots) VALUES (?1, ?2) "
		      "ON CONFLICT (number) DO UPDATE SET slots = excluded.slots",
	[SHELF_LAST] = "SELECT max(number) FROM shelf",
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

const char *const facet_names[] = {
	[VENDOR] = "vendor", [TYPE] = "type", [TAG] = "tags", [CATEGORY] = "category", NULL,
};

bool status_parse(struct souk_text name, enum status *status)
{
	if (souk_text_is(name, "published"))
		name = souk_text_of(status_names[ACTIVE]);
	for (int i = 0; status_names[i]; i++)
		if (souk_text_is(name, status_names[i])) {
			*status = (enum status)i;
			return true;
		}
	return false;
}
