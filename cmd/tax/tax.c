/* SPDX-License-Identifier: ISC */
/* souk-tax: what the tax on an order is. */
#include "tax.h"

static const char schema[] =
#include "cmd/tax/schema.sql.h"
;

static const char *const statements[] = {
	/* The same record again writes nothing, so that nobody's cache goes stale. */
	[RATE_PUT] = "INSERT INTO rate (country, class, valid_from, valid_to, rate, parts) "
		     "VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
		     "ON CONFLICT (country, class, valid_from) "
		     "DO UPDATE SET valid_to = excluded.valid_to, rate = excluded.rate, "
		     "parts = excluded.parts WHERE rate.valid_to <> excluded.valid_to "
		     "OR rate.rate <> excluded.rate OR rate.parts <> excluded.parts",
	[RATE_FIND] = "SELECT valid_from, valid_to, rate, parts FROM rate WHERE class IN (?2, '*') "
		      "AND country = CASE WHEN EXISTS (SELECT 1 FROM rate WHERE country = ?1) "
		      "THEN ?1 ELSE '*' END ORDER BY class = '*', valid_from DESC",
	[RATE_LIST] = "SELECT country, '', '', class, valid_from, valid_to, rate, parts FROM rate "
		      "ORDER BY country, class, valid_from",
	[EXCEPTION_PUT] = "INSERT INTO exception "
			  "(country, class, valid_from, valid_to, rate, parts, region, postcode) "
			  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
			  "ON CONFLICT (country, region, postcode, class, valid_from) "
			  "DO UPDATE SET valid_to = excluded.valid_to, rate = excluded.rate, "
			  "parts = excluded.parts WHERE exception.valid_to <> excluded.valid_to "
			  "OR exception.rate <> excluded.rate OR exception.parts <> excluded.parts",
	[EXCEPTION_ANY] = "SELECT EXISTS (SELECT 1 FROM exception WHERE country = ?1)",
	[EXCEPTION_FIND] = "SELECT valid_from, valid_to, rate, parts, region, postcode, class "
			   "FROM exception WHERE country = ?1 AND class IN (?2, '*') "
			   "AND region IN ('', ?3) ORDER BY valid_from DESC",
	[EXCEPTION_LIST] = "SELECT country, region, postcode, class, valid_from, valid_to, rate, parts "
			   "FROM exception ORDER BY 1, 2, 3, 4, 5",
	[SHOP_PUT] = "INSERT INTO shop (number, origin, reverse_charge, export, registered) "
		     "VALUES (1, ?1, ?2, ?3, ?4) ON CONFLICT (number) DO UPDATE "
		     "SET origin = excluded.origin, reverse_charge = excluded.reverse_charge, "
		     "export = excluded.export, registered = excluded.registered "
		     "WHERE shop.origin <> excluded.origin OR shop.export <> excluded.export "
		     "OR shop.reverse_charge <> excluded.reverse_charge "
		     "OR shop.registered <> excluded.registered",
	[SHOP_GET] = "SELECT origin, reverse_charge, export, registered FROM shop",
};

const struct souk_function tax_function = {
	.name = "tax",
	.summary = "the tax on an order, by country, class of goods and date",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
};
