/* SPDX-License-Identifier: ISC */
/* souk-price: what a sku costs, whom, when and from how many pieces on. */
#include "price.h"

static const char schema[] =
#include "cmd/price/schema.sql.h"
;

static const char *const statements[] = {
	/* The same price again writes nothing: all but the key is derived from the body. */
	[PRICE_PUT] = "INSERT INTO price (sku, currency, list, customer_group, min_qty, "
		      "valid_from, max_qty, valid_to, digits, scale, body) "
		      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
		      "ON CONFLICT (sku, currency, list, customer_group, min_qty, valid_from) "
		      "DO UPDATE SET max_qty = excluded.max_qty, valid_to = excluded.valid_to, "
		      "digits = excluded.digits, scale = excluded.scale, body = excluded.body "
		      "WHERE price.body <> excluded.body",
	[PRICE_OF] = "SELECT list <> '', customer_group <> '', min_qty, max_qty, valid_from, "
		     "valid_to, digits, scale FROM price WHERE sku = ?1 AND currency = ?2 "
		     "AND list IN ('', ?3) AND customer_group IN ('', ?4)",
	[PRICE_LIST] = ("SELECT body FROM price "
			"ORDER BY sku, currency, list, customer_group, min_qty, valid_from"),
};

const struct souk_function price_function = {
	.name = "price",
	.summary = "prices, and pricing orders",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
};

/* As many digits as a decimal has. */
static const int64_t max_price = INT64_C(999999999999999999);

bool need_unit_price(struct souk_record *r, const struct souk_node *object, const char *whole,
	const char *finer, struct souk_decimal *price)
{
	struct souk_text text = {0};
	int64_t amount = -1;

	if (!souk_may_int(r, object, whole, 0, max_price, &amount) ||
	    !souk_may_text(r, object, finer, 1, 40, &text))
		return false;
	if ((amount >= 0) == (text.at != NULL)) {
		souk_refuse_value(r, object ? object : &r->nodes[0], "must have either %s or %s",
			whole, finer);
		return false;
	}
	*price = (struct souk_decimal){.digits = amount};
	if (!text.at || (souk_decimal_parse(text, price) && price->digits >= 0))
		return true;
	souk_refuse_value(r, object ? souk_find(r, object, finer) : souk_member(r, finer),
		"must be a decimal in minor units such as \"12.5\", not negative, of at most "
		"%d digits, %d of them after the point", SOUK_DECIMAL_DIGITS_MAX, SOUK_DECIMAL_SCALE_MAX);
	return false;
}
