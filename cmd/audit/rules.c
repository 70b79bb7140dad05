/* SPDX-License-Identifier: ISC */
/* The rules of the books. A rule is a name, what is wrong where it is broken, and
 * the statement that lists what breaks it: its columns become the finding. */
#include "audit.h"

/* What takes stock, and what is not decided between the provider and us: there the
 * books may differ for a while. */
#define CANCELLED "EXISTS (SELECT 1 FROM order_event x WHERE x.order_id = o.id " \
	"AND x.event = 'cancel')"

#define TAKES "('held', 'committed')"
#define UNSURE "(p.state IN ('intended', 'action_required', 'voiding') OR EXISTS " \
	"(SELECT 1 FROM event e WHERE e.order_id = p.order_id AND e.payment = p.id " \
	"AND e.state = 'intended'))"

/* What was done with a payment: the sum of its captures or refunds. */
#define DONE(verb) "(SELECT amounts(e.amount) FROM event e WHERE e.order_id = p.order_id " \
	"AND e.payment = p.id AND e.verb = '" verb "' AND e.state = 'done')"
#define VOIDED_BY_EVENT "EXISTS (SELECT 1 FROM event e WHERE e.order_id = p.order_id " \
	"AND e.payment = p.id AND e.verb = 'void' AND e.state = 'done')"

/* The movements of a sku at a location lead from nothing to their sum, each from
 * on_hand - qty to on_hand. Which came first no export says, nor need it: there is an order in which
 * each begins where the one before ended exactly if every level is arrived at as often
 * as it is departed from, and departed from only once it was reached. The
 * latter needs no look where nothing goes down, as most goods only come in. Of a sku
 * the lowest level where that fails is named. */
#define CHAIN \
	"WITH RECURSIVE falls (sku, location) AS (SELECT DISTINCT sku, location FROM movement WHERE qty <= 0)," \
	"reached (sku, location, level) AS (" \
		"SELECT sku, location, 0 FROM falls UNION SELECT m.sku, m.location, m.on_hand FROM reached r " \
		"JOIN movement m ON m.sku = r.sku AND m.location = r.location AND m.on_hand - m.qty = r.level)," \
	"ends (sku, location, level, left, found) AS (" \
		"SELECT sku, location, on_hand, 1, 0 FROM movement " \
		"UNION ALL SELECT sku, location, on_hand - qty, 0, 1 FROM movement " \
		"UNION ALL SELECT sku, location, 0, 1, 0 FROM movement GROUP BY sku, location " \
		"UNION ALL SELECT sku, location, sum(qty), 0, 1 FROM movement GROUP BY sku, location)," \
	"levels (sku, location, level, left, found) AS (" \
		"SELECT sku, location, level, sum(left), sum(found) FROM ends GROUP BY sku, location, level) " \
	"SELECT sku AS id, min(level) AS on_hand, left, found FROM levels " \
	"WHERE left <> found OR ((sku, location) IN (SELECT sku, location FROM falls) AND " \
		"(sku, location, level) NOT IN (SELECT sku, location, level FROM reached)) " \
	"GROUP BY sku, location ORDER BY sku, location"

const struct rule rules[] = {
	/* ---- An order's own record ---- */
	[RECORD_UNREADABLE] = {"record_unreadable", "what the order's record says can't be read", NULL,
		ALWAYS},
	[RECORD_DIFFERS] = {"record_differs", "the order is not what its record says", NULL, ALWAYS},
	[LINE_SUBTOTAL] = {"line_subtotal", "the line's subtotal is not unit price x qty", NULL, ALWAYS},
	[PRICE_SUBTOTAL] = {"price_subtotal", "the subtotals of the lines do not add up", NULL, ALWAYS},
	[DISCOUNT_SUM] = {"discount_sum", "the discounts of the lines do not add up", NULL, ALWAYS},
	[TAX_LINE] = {"tax_line", "the tax is not what its rate gives", NULL, ALWAYS},
	[TAX_RATES] = {"tax_rates", "the breakdown by rate does not follow from the lines", NULL, ALWAYS},
	[TAX_SUM] = {"tax_sum", "the tax does not add up", NULL, ALWAYS},
	[TOTAL_PARTS] = {"total_parts", "the total is made of other amounts than the stages found", NULL,
		ALWAYS},
	[TOTAL_SUM] = {"total_sum", "the total is not subtotal - discount + charges + tax", NULL, ALWAYS},

	/* ---- Orders ---- */
	{"exported_twice", "this stands twice in the books",
		"SELECT id, export FROM twice WHERE export <> 'pay.statement' ORDER BY export, id", ALWAYS},
	{"closed_undecided", "the order is closed, and neither placed nor rejected",
		"SELECT id FROM orders WHERE closed AND state = 'open' ORDER BY id", ALWAYS},
	{"not_closed", "the order is not closed",
		"SELECT id, state FROM orders WHERE NOT closed ORDER BY id", IF_CLOSED},
	{"order_lost", "the order entered, and has no outcome",
		"SELECT id FROM entered n WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = n.id) "
		"AND NOT EXISTS (SELECT 1 FROM answered w WHERE w.id = n.id AND w.state = 'refused') ORDER BY id",
		ALWAYS},
	{"answer_differs", "the answer told another outcome than the books",
		"SELECT w.id, w.state AS answered, o.state AS booked FROM answered w LEFT JOIN orders o "
		"ON o.id = w.id WHERE w.state IN ('placed', 'rejected') AND o.state IS NOT w.state ORDER BY w.id",
		ALWAYS},

	{"event_unplaced", "something happened to an order that is not placed",
		"SELECT x.id, x.order_id, x.event, o.state FROM order_event x LEFT JOIN orders o "
		"ON o.id = x.order_id WHERE o.state IS NOT 'placed' AND x.event <> 'note' ORDER BY 1", ALWAYS},
	{"cancelled_shipped", "the order is both cancelled and shipped",
		"SELECT o.id FROM orders o WHERE " CANCELLED " AND EXISTS (SELECT 1 FROM order_event x "
		"WHERE x.order_id = o.id AND x.event = 'ship') ORDER BY 1", ALWAYS},

	{"returned_twice", "returns take back more than was ordered",
		"SELECT t.order_id AS id, t.sku, coalesce(l.qty, 0) AS ordered, t.qty AS returned "
		"FROM returned_line t LEFT JOIN order_line l ON l.order_id = t.order_id AND l.sku = t.sku "
		"WHERE t.qty > coalesce(l.qty, 0) ORDER BY 1, 2", ALWAYS},
	{"return_unpaid", "less was refunded than is to be given back for what was returned",
		"SELECT * FROM (SELECT t.order_id AS id, amounts(t.amount) AS expected, "
		"(SELECT amounts(p.refunded) FROM payment p WHERE p.order_id = t.order_id) AS refunded "
		"FROM returned t GROUP BY t.order_id) WHERE refunded < expected ORDER BY id", IF_PAY},

	{"cancelled_unplaced", "a cancellation takes back what is not placed",
		"SELECT g.order_id AS id, g.sku, o.state FROM given_back g LEFT JOIN orders o "
		"ON o.id = g.order_id WHERE o.state IS NOT 'placed' ORDER BY 1, 2", ALWAYS},
	{"cancelled_twice", "cancellations take back more than was ordered",
		"SELECT g.order_id AS id, g.sku, l.qty AS ordered, g.qty AS cancelled FROM given_back g "
		"JOIN order_line l ON l.order_id = g.order_id AND l.sku = g.sku WHERE g.qty > l.qty "
		"ORDER BY 1, 2", ALWAYS},

	/* ---- Stock ---- */
	{"hold_missing", "the order is placed, and no stock is held for it",
		"SELECT o.id, h.state AS hold FROM orders o LEFT JOIN hold h ON h.id = o.id "
		"WHERE o.state = 'placed' AND h.state IS NOT 'held' AND h.state IS NOT 'committed' "
		"AND EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id) AND NOT " CANCELLED
		" ORDER BY o.id", IF_STOCK},
	{"hold_of_cancelled", "the order is cancelled, and stock is held for it",
		"SELECT o.id, x.sku, sum(x.qty - x.gone) AS held FROM orders o JOIN hold h ON h.id = o.id "
		"JOIN hold_line x ON x.id = o.id WHERE h.state IN " TAKES " AND x.qty > x.gone AND " CANCELLED
		" GROUP BY o.id, x.sku ORDER BY o.id, x.sku", ALWAYS},
	{"hold_differs", "the hold is not for what the order's lines want",
		"SELECT l.order_id AS id, l.sku, l.qty AS ordered, coalesce(x.qty, 0) AS held FROM order_line l "
		"JOIN hold h ON h.id = l.order_id LEFT JOIN hold_line x ON x.id = l.order_id AND x.sku = l.sku "
		"WHERE h.state <> 'refused' AND x.qty IS NOT l.qty "
		/* What was rejected before it held anything has a hold of nothing, released. */
		"AND NOT (h.state = 'released' AND NOT EXISTS (SELECT 1 FROM hold_line y WHERE y.id = h.id)) UNION ALL "
		"SELECT x.id, x.sku, 0, x.qty FROM hold_line x JOIN orders o ON o.id = x.id "
		"WHERE o.legible AND NOT EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = x.id "
		"AND l.sku = x.sku) ORDER BY 1, 2", ALWAYS},
	{"hold_without_order", "stock was asked for by an order that is not in the books",
		"SELECT id, state FROM hold h WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = h.id) "
		"ORDER BY id", ALWAYS},
	{"hold_undecided", "the hold is settled, and the order is not decided",
		"SELECT o.id, h.state AS hold FROM orders o JOIN hold h ON h.id = o.id "
		"WHERE o.state = 'open' AND h.state IN ('committed', 'released') ORDER BY o.id", ALWAYS},
	{"hold_of_rejected", "the order is rejected, and stock is committed for it",
		"SELECT o.id FROM orders o JOIN hold h ON h.id = o.id "
		"WHERE o.state = 'rejected' AND h.state = 'committed' ORDER BY o.id", ALWAYS},
	{"hold_outlives_order", "the order is closed, and stock is still held for it",
		"SELECT o.id, o.state FROM orders o JOIN hold h ON h.id = o.id "
		"WHERE o.closed AND h.state = 'held' ORDER BY o.id", ALWAYS},
	{"movements_balance", "what came and went does not add up to what is on hand",
		"SELECT sku AS id, sum(on_hand) AS found, sum(qty) AS expected FROM "
		"(SELECT sku, on_hand, 0 AS qty FROM level UNION ALL SELECT sku, 0, qty FROM movement) "
		"GROUP BY sku HAVING sum(on_hand) <> sum(qty) ORDER BY sku", ALWAYS},
	{"shelf_balance", "what came and went at a location does not add up to what is on hand there",
		"SELECT sku AS id, location, sum(on_hand) AS found, sum(qty) AS expected FROM "
		"(SELECT sku, location, on_hand, 0 AS qty FROM shelf UNION ALL "
		"SELECT sku, location, 0, qty FROM movement WHERE location <> 'main') "
		"GROUP BY sku, location HAVING sum(on_hand) <> sum(qty) ORDER BY sku, location", ALWAYS},
	{"movements_chain", "no order of the movements has each begin with what the one before left",
		CHAIN, ALWAYS},
	{"holds_balance", "what is held and committed does not add up to what is taken",
		"SELECT sku AS id, sum(taken) AS found, sum(qty) AS expected FROM "
		"(SELECT sku, taken, 0 AS qty FROM level UNION ALL SELECT x.sku, 0, x.qty - x.gone FROM hold_line x "
		"JOIN hold h ON h.id = x.id WHERE h.state IN " TAKES ") "
		"GROUP BY sku HAVING sum(taken) <> sum(qty) ORDER BY sku", ALWAYS},
	{"oversold", "more is taken than ever was there, losses and backorders counted in",
		"SELECT sku AS id, on_hand, taken FROM level l WHERE on_hand < 0 OR (taken > on_hand AND "
		"taken > on_hand - (SELECT coalesce(sum(min(qty, 0)), 0) FROM movement m WHERE m.sku = l.sku "
		"AND m.verb IN ('adjust', 'stocktake')) + (SELECT coalesce(sum(x.backordered), 0) "
		"FROM hold_line x JOIN hold h ON h.id = x.id WHERE x.sku = l.sku AND h.state IN " TAKES ")) "
		"ORDER BY sku", ALWAYS},

	/* ---- Promotions (promotion.sql) ---- */
	{"uses_without_order", "uses of promotions are noted for an order that is not in the books",
		"SELECT id, uses FROM uses_of_order WHERE state IS NULL", ALWAYS},
	{"uses_against_order", "what became of the uses of promotions is not what became of the order",
		"SELECT * FROM uses_against_order", ALWAYS},
	{"uses_outlive_order", "the order is closed, and uses of promotions are still held for it",
		"SELECT id, state FROM uses_of_order WHERE closed AND uses = 'held'", ALWAYS},
	{"uses_differ", "a use is held of a promotion that does not apply to the order",
		"SELECT * FROM uses_unapplied", ALWAYS},
	{"uses_balance", "what is held and committed does not add up to how often it was taken",
		"SELECT * FROM uses_unbalanced", ALWAYS},
	{"used_too_often", "the promotion was taken more often than its limit ever allowed",
		"SELECT * FROM uses_beyond_limit", ALWAYS},

	/* ---- Payments ---- */
	{"payment_without_order", "the payment is for an order that is not in the books",
		"SELECT order_id AS id, id AS payment, state FROM payment p "
		"WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = p.order_id) ORDER BY 1, 2", ALWAYS},
	{"payment_currency", "the payment is in another currency than the order",
		"SELECT o.id, p.id AS payment, p.currency AS found, o.currency AS expected FROM orders o "
		"JOIN payment p ON p.order_id = o.id WHERE p.currency <> o.currency ORDER BY 1, 2", ALWAYS},
	{"payment_key_twice", "several payments have one key at the provider",
		"SELECT min(order_id) AS id, key, count(*) AS payments FROM payment "
		"GROUP BY key, method HAVING count(*) > 1 ORDER BY 1", ALWAYS},
	{"payment_amounts", "not: 0 <= refunded <= captured <= authorized <= amount",
		"SELECT order_id AS id, id AS payment, amount, authorized, captured, refunded FROM payment "
		"WHERE NOT (0 <= refunded AND refunded <= captured AND captured <= authorized "
		"AND authorized <= amount) ORDER BY 1, 2", ALWAYS},
	{"payment_total", "the order is placed, and not its total is authorized",
		"SELECT * FROM (SELECT o.id, o.total, (SELECT amounts(p.authorized) FROM payment p "
		"WHERE p.order_id = o.id AND p.state IN ('authorized', 'voiding', 'voided')) AS authorized "
		"FROM orders o WHERE o.state = 'placed') WHERE authorized <> total ORDER BY id", IF_PAY},
	{"payment_unsettled", "the order is placed and closed, and its payment is not settled",
		"SELECT o.id, p.id AS payment FROM orders o JOIN payment p ON p.order_id = o.id "
		"WHERE o.closed AND o.state = 'placed' AND p.state = 'authorized' AND NOT p.settled "
		"ORDER BY 1, 2", ALWAYS},
	{"payment_settled_unplaced", "the payment is settled, and the order is not placed",
		"SELECT o.id, p.id AS payment, o.state FROM orders o JOIN payment p ON p.order_id = o.id "
		"WHERE p.settled AND o.state <> 'placed' ORDER BY 1, 2", ALWAYS},
	{"payment_of_rejected", "the order is rejected and closed, and its payment is not void",
		"SELECT o.id, p.id AS payment, p.state, p.authorized FROM orders o JOIN payment p "
		"ON p.order_id = o.id WHERE o.closed AND o.state = 'rejected' "
		"AND p.state NOT IN ('voided', 'declined') ORDER BY 1, 2", ALWAYS},
	{"captured_unplaced", "money is captured, and the order is not placed",
		"SELECT o.id, p.id AS payment, o.state, p.captured FROM orders o JOIN payment p "
		"ON p.order_id = o.id WHERE p.captured <> 0 AND o.state <> 'placed' ORDER BY 1, 2", ALWAYS},
	{"payment_of_cancelled", "the order is cancelled, and its payment neither void nor refunded",
		"SELECT o.id, p.id AS payment, p.state, p.captured, p.refunded FROM orders o "
		"JOIN payment p ON p.order_id = o.id WHERE p.state IN ('authorized', 'voiding', 'voided') "
		"AND (p.captured <> p.refunded OR (p.state <> 'voided' AND p.captured < p.authorized)) AND "
		CANCELLED " ORDER BY 1, 2", ALWAYS},
	{"event_without_payment", "what was captured, voided or refunded is no known payment",
		"SELECT id, verb, order_id, payment FROM event e WHERE NOT EXISTS (SELECT 1 FROM payment p "
		"WHERE p.order_id = e.order_id AND p.id = e.payment) ORDER BY 1, 2", ALWAYS},
	{"events_balance", "captures and refunds do not add up to what the payment says",
		"SELECT * FROM (SELECT p.order_id AS id, p.id AS payment, p.captured, " DONE("capture")
		" AS captures, p.refunded, " DONE("refund") " AS refunds FROM payment p) "
		"WHERE captured <> captures OR refunded <> refunds ORDER BY 1, 2", ALWAYS},
	{"void_unexplained", "the payment of a placed order is void and nobody voided it, or the reverse",
		"SELECT p.order_id AS id, p.id AS payment, p.state FROM payment p JOIN orders o "
		"ON o.id = p.order_id WHERE o.state = 'placed' AND (p.state = 'voided') <> " VOIDED_BY_EVENT
		" ORDER BY 1, 2", ALWAYS},

	/* ---- The provider's books ---- */
	{"double_charge", "the provider charged one key twice",
		"SELECT id FROM twice WHERE export = 'pay.statement' ORDER BY id", ALWAYS},
	{"statement_unknown", "the provider has a payment that is not in the books",
		"SELECT key AS id, provider, currency, authorized, captured, refunded FROM statement s "
		"WHERE NOT EXISTS (SELECT 1 FROM payment p WHERE p.key = s.key AND p.method = s.provider) "
		"ORDER BY key", ALWAYS},
	{"statement_missing", "the provider does not know a payment that was authorized",
		"SELECT p.order_id AS id, p.id AS payment, p.key, p.authorized FROM payment p "
		"WHERE p.method IN (SELECT DISTINCT provider FROM statement) AND p.authorized <> 0 "
		"AND NOT EXISTS (SELECT 1 FROM statement s WHERE s.key = p.key AND s.provider = p.method) "
		"ORDER BY 1, 2", ALWAYS},
	{"statement_differs", "the provider has other amounts for the payment",
		"SELECT p.order_id AS id, p.id AS payment, p.key, p.currency, s.currency AS provider_currency, "
		"p.authorized, s.authorized AS provider_authorized, p.captured, "
		"s.captured AS provider_captured, p.refunded, s.refunded AS provider_refunded, p.reference, "
		"s.reference AS provider_reference FROM payment p "
		"JOIN statement s ON s.key = p.key AND s.provider = p.method WHERE NOT " UNSURE
		" AND (p.currency <> s.currency OR p.authorized <> s.authorized OR p.captured <> s.captured "
		"OR p.refunded <> s.refunded OR p.reference <> s.reference) ORDER BY 1, 2", ALWAYS},
	{"statement_void", "the payment is void here and not at the provider, or the reverse",
		"SELECT p.order_id AS id, p.id AS payment, p.key, p.state, s.voided AS provider_voided "
		"FROM payment p JOIN statement s ON s.key = p.key AND s.provider = p.method "
		"WHERE NOT " UNSURE " AND (p.state = 'voided') <> s.voided ORDER BY 1, 2", ALWAYS},

	/* ---- The shelves ---- */
	{"stocktake_differs", "other pieces were counted than are on hand",
		"SELECT t.sku AS id, t.qty AS counted, coalesce(l.on_hand, 0) AS on_hand FROM stocktake t "
		"LEFT JOIN level l ON l.sku = t.sku WHERE t.qty <> coalesce(l.on_hand, 0) ORDER BY t.sku",
		ALWAYS},
};

const size_t rule_count = sizeof(rules) / sizeof(*rules);
