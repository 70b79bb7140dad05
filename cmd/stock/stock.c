/* SPDX-License-Identifier: ISC */
/* souk-stock: what is in the house and for whom it is kept. */
#include "stock.h"

static const char schema[] =
#include "cmd/stock/schema.sql.h"
;

static const char *const statements[] = {
	[LEVEL_GET] = "SELECT number, on_hand, taken, allow_backorder, "
		      "EXISTS (SELECT 1 FROM shelf s WHERE s.sku = ?1) FROM level WHERE sku = ?1",
	[LEVEL_MAKE] = "INSERT INTO level (sku, on_hand, taken) VALUES (?1, 0, 0) ON CONFLICT (sku) DO NOTHING",
	[LEVEL_CHANGE] = "UPDATE level SET on_hand = on_hand + ?2, taken = taken + ?3 WHERE sku = ?1",
	[LEVEL_TAKE] = "UPDATE level SET taken = taken + ?2 "
		       "WHERE number = ?1 AND (?2 < 0 OR ?3 OR on_hand - taken >= ?2)",
	[LEVEL_ALLOW] = "UPDATE level SET allow_backorder = ?2 WHERE sku = ?1 AND allow_backorder <> ?2",
	[LEVEL_LIST] = "SELECT sku, on_hand, taken, allow_backorder, "
		       "EXISTS (SELECT 1 FROM shelf s WHERE s.sku = level.sku) FROM level ORDER BY sku",
	[VERSION_GET] = "SELECT version FROM level_version",
	[VERSION_RAISE] = "UPDATE level_version SET version = version + 1",
	[LOCATION_GET] = "SELECT priority FROM location WHERE name = ?1",
	[LOCATION_PUT] = "INSERT INTO location (name, priority) VALUES (?1, ?2) "
			 "ON CONFLICT (name) DO UPDATE SET priority = excluded.priority "
			 "WHERE location.priority <> excluded.priority",
	[MAIN_GET] = "SELECT l.on_hand - coalesce(sum(s.on_hand), 0), l.taken - coalesce(sum(s.taken), 0) "
		     "FROM level l LEFT JOIN shelf s ON s.sku = l.sku WHERE l.sku = ?1 GROUP BY l.number",
	[SHELF_GET] = "SELECT on_hand, taken FROM shelf WHERE sku = ?1 AND location = ?2",
	[SHELF_MAKE] = "INSERT INTO shelf (sku, location, on_hand, taken) VALUES (?1, ?2, 0, 0) "
		       "ON CONFLICT (sku, location) DO NOTHING",
	[SHELF_CHANGE] = "UPDATE shelf SET on_hand = on_hand + ?3, taken = taken + ?4 "
			 "WHERE sku = ?1 AND location = ?2",
	[SHELF_OF] = "SELECT s.location, s.on_hand, s.taken, coalesce(l.priority, 0) FROM shelf s "
		     "LEFT JOIN location l ON l.name = s.location WHERE s.sku = ?1 ORDER BY s.location",
	[SHELF_LIST] = "SELECT sku, location, on_hand, taken FROM shelf ORDER BY sku, location",
	[HOLD_PUT] = "INSERT INTO hold (id, digest, state, lines) VALUES (?1, ?2, ?3, ?4) "
		     "ON CONFLICT (id) DO NOTHING",
	[HOLD_PUT_ALL] = "INSERT INTO hold (id, digest, state, lines) SELECT c1, c2, c3, c4 FROM batch "
			 "WHERE true ON CONFLICT (id) DO NOTHING",
	[HOLD_GET] = "SELECT digest, state, lines FROM hold WHERE id = ?1",
	[HOLD_SET] = "UPDATE hold SET state = ?2 WHERE id = ?1 AND state = 'held'",
	[HOLD_LINES] = "UPDATE hold SET lines = ?2 WHERE id = ?1",
	[HOLD_SPAN] = "SELECT id FROM hold WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
	[HOLD_COMMIT_ALL] = "UPDATE hold NOT INDEXED SET state = 'committed' "
			    "WHERE id BETWEEN ?1 AND ?2 AND state = 'held'",
	[HOLD_HELD] = "SELECT lines FROM hold WHERE state = 'held'",
	[HOLD_LIST] = "SELECT id, state, lines FROM hold ORDER BY id",
	[HOLD_FORGET] = "DELETE FROM hold WHERE id = ?1 AND state IN ('released', 'refused')",
	[MOVEMENT_PUT] = "INSERT INTO movement (verb, id, sku, qty, reason, on_hand, at, location) "
			 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[MOVEMENT_GET] = "SELECT sku, qty, reason, on_hand, location FROM movement "
			 "WHERE verb = ?1 AND id = ?2 ORDER BY sku, location",
	[MOVEMENT_LIST] = "SELECT verb, id, sku, qty, reason, on_hand, at, location FROM movement "
			  "ORDER BY verb, id, sku, location",
	[EVENT_GET] = "SELECT digest, answer, refused FROM event WHERE verb = ?1 AND id = ?2",
	[EVENT_PUT] = "INSERT INTO event (verb, id, digest, answer, refused) VALUES (?1, ?2, ?3, ?4, ?5)",
	[EVENT_BAR] = "INSERT INTO event (verb, id, digest, answer, refused) VALUES (?1, ?2, x'', ?3, 1) "
		      "ON CONFLICT (verb, id) DO UPDATE SET digest = x'', answer = excluded.answer, refused = 1",
};

const struct souk_function stock_function = {
	.name = "stock",
	.summary = "stock levels, and holds on them for orders",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
};
