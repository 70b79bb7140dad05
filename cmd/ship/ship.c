/* SPDX-License-Identifier: ISC */
/* souk-ship: what it costs to send an order, and what was sent. */
#include "ship.h"

static const char schema[] =
#include "cmd/ship/schema.sql.h"
;

static const char *const statements[] = {
	[ZONE_GET] = "SELECT body FROM zone WHERE name = ?1",
	[ZONE_PUT] = "INSERT INTO zone (name, body) VALUES (?1, ?2) "
		     "ON CONFLICT (name) DO UPDATE SET body = excluded.body",
	[ZONE_LIST] = "SELECT name FROM zone ORDER BY name",
	[ZONE_BODIES] = "SELECT body FROM zone ORDER BY name",
	[AREA_CLEAR] = "DELETE FROM area WHERE zone = ?1",
	[AREA_PUT] = "INSERT INTO area (zone, country, kind, low, high) VALUES (?1, ?2, ?3, ?4, ?5) "
		     "ON CONFLICT DO NOTHING",
	/* The rule of choice: of the areas of a country that an address is in, the first. */
	[AREA_LIST] = "SELECT zone, country, kind, low, high FROM area "
		      "ORDER BY country, CASE WHEN kind >= 3 THEN 3 ELSE kind END DESC, length(low) DESC, "
		      "kind DESC, zone, low",
	/* The same record again writes nothing, so that nobody's terms go stale. */
	[RATE_PUT] = "INSERT INTO rate (zone, currency, method, valid_from, valid_to, label, tax_class, "
		     "measure, steps, max_weight, free_from, body) "
		     "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) "
		     "ON CONFLICT (zone, currency, method, valid_from) DO UPDATE SET "
		     "valid_to = excluded.valid_to, label = excluded.label, tax_class = excluded.tax_class, "
		     "measure = excluded.measure, steps = excluded.steps, max_weight = excluded.max_weight, "
		     "free_from = excluded.free_from, body = excluded.body WHERE rate.body <> excluded.body",
	/* Of the rates of a method the one that began last comes first. */
	[RATE_LIST] = "SELECT zone, currency, method, valid_from, valid_to, label, tax_class, measure, "
		      "steps, max_weight, free_from FROM rate "
		      "ORDER BY zone, currency, method, valid_from DESC",
	[RATE_BODIES] = "SELECT body FROM rate ORDER BY zone, currency, method, valid_from",
	[VERSION_GET] = "SELECT version FROM terms_version",
	[VERSION_RAISE] = "UPDATE terms_version SET version = version + 1",

	[EVENT_GET] = "SELECT digest, answer FROM event WHERE verb = ?1 AND id = ?2",
	[EVENT_PUT] = "INSERT INTO event (verb, id, order_id, digest, answer) VALUES (?1, ?2, ?3, ?4, ?5)",
	/* What of each line is packed and not yet shipped, and what is shipped, or held to be. */
	[DONE_OF_ORDER] = "SELECT c.position, sum(CASE WHEN c.parcel = 0 THEN c.qty ELSE 0 END), "
			  "sum(CASE WHEN c.parcel = 1 THEN c.qty ELSE 0 END) FROM content c "
			  "WHERE c.order_id = ?1 AND CASE c.parcel WHEN 0 THEN EXISTS (SELECT 1 FROM fulfilment f "
			  "WHERE f.order_id = c.order_id AND f.number = c.number AND f.state = 'packed') "
			  "ELSE EXISTS (SELECT 1 FROM shipment s WHERE s.order_id = c.order_id "
			  "AND s.number = c.number AND s.state <> 'void') END "
			  "GROUP BY c.position",
	[CONTENT_GET] = "SELECT position, line, sku, qty FROM content "
			"WHERE order_id = ?1 AND parcel = ?2 AND number = ?3 ORDER BY position",
	[CONTENT_PUT] = "INSERT INTO content (order_id, parcel, number, position, line, sku, qty) "
			"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[CONTENT_LIST] = "SELECT line, sku, qty FROM content "
			 "WHERE order_id = ?1 AND parcel = ?2 AND number = ?3 ORDER BY position",
	[FULFILMENT_NEXT] = "SELECT coalesce(max(number), 0) + 1 FROM fulfilment WHERE order_id = ?1",
	[FULFILMENT_PUT] = "INSERT INTO fulfilment (order_id, number, id, state, location, at) "
			   "VALUES (?1, ?2, ?3, 'packed', ?4, ?5)",
	[FULFILMENT_GET] = "SELECT state, location FROM fulfilment WHERE order_id = ?1 AND number = ?2",
	[FULFILMENT_SET] = "UPDATE fulfilment SET state = ?3 WHERE order_id = ?1 AND number = ?2",
	[FULFILMENT_LIST] = "SELECT order_id, number, id, state, location, at FROM fulfilment "
			    "ORDER BY order_id, number",
	[SHIPMENT_NEXT] = "SELECT coalesce(max(number), 0) + 1 FROM shipment WHERE order_id = ?1",
	[SHIPMENT_PUT] = "INSERT INTO shipment (order_id, number, id, fulfilment, location, carrier, "
			 "tracking, currency, amount, at, state) "
			 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'held')",
	[SHIPMENT_GET] = "SELECT number, delivered_at FROM shipment "
			 "WHERE order_id = ?1 AND (?2 = 0 OR number = ?2) AND state = 'shipped' ORDER BY number",
	[SHIPMENT_OF_EVENT] = "SELECT number, fulfilment, state, error, location FROM shipment "
			      "WHERE order_id = ?1 AND id = ?2",
	[SHIPMENT_SETTLE] = "UPDATE shipment SET state = ?3, error = ?4 WHERE order_id = ?1 AND number = ?2",
	[SHIPMENT_DELIVERED] = "UPDATE shipment SET delivered_at = ?3 WHERE order_id = ?1 AND number = ?2",
	[SHIPMENT_LIST] = "SELECT order_id, number, id, fulfilment, location, carrier, tracking, currency, "
			  "amount, at, delivered_at, state FROM shipment ORDER BY order_id, number",
	[CHARGED_OF_ORDER] = "SELECT coalesce(sum(amount), 0) FROM shipment "
			     "WHERE order_id = ?1 AND state <> 'void'",
};

const struct souk_function ship_function = {
	.name = "ship",
	.summary = "what it costs to send an order, and what was sent",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
};

size_t postcode_plain(struct souk_text postcode, char *out)
{
	size_t len = 0;

	for (size_t i = 0; i < postcode.len; i++) {
		char c = postcode.at[i];

		if (c != ' ' && c != '-')
			out[len++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	return len;
}

static int64_t number_next(struct souk_text *text)
{
	int64_t number = 0;
	size_t i = 0;

	for (; text->at[i] >= '0' && text->at[i] <= '9'; i++)
		number = number * 10 + (text->at[i] - '0');
	*text = (struct souk_text){text->at + i + 1, text->len - i - 1};
	return number;
}

bool step_next(struct souk_text *steps, int64_t *up_to, int64_t *amount)
{
	if (!steps->len)
		return false;
	*up_to = number_next(steps);
	*amount = number_next(steps);
	return true;
}
