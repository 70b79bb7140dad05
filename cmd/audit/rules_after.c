/* SPDX-License-Identifier: ISC */
/* The rules of what comes after checkout: returns on the shelf, gift cards, invoices. As in
 * rules.c, the columns of a statement become the finding. */
#include "audit.h"

#define UNSURE_OF(payment) "(" payment ".state IN ('intended', 'action_required', 'voiding') OR EXISTS " \
	"(SELECT 1 FROM event e WHERE e.order_id = " payment ".order_id AND e.payment = " payment ".id " \
	"AND e.state = 'intended'))"

/* What the payments of a card hold of it, and have taken. */
#define OF_CARD "p.method = 'credit' AND p.reference = c.id"
#define HELD "(SELECT amounts(p.authorized - p.captured) FROM payment p WHERE " OF_CARD \
	" AND p.state = 'authorized')"
#define SPENT "(SELECT amounts(p.captured - p.refunded) FROM payment p WHERE " OF_CARD ")"

/* Of an order that has an invoice: what was invoiced and credited, and what was paid. */
#define PAPERS "WITH paper AS (SELECT i.order_id AS id, amounts(CASE WHEN i.of IS NULL THEN i.total ELSE 0 END) " \
	"AS invoiced, amounts(CASE WHEN i.of IS NULL THEN 0 ELSE i.total END) AS credited, " \
	"EXISTS (SELECT 1 FROM order_event x WHERE x.order_id = i.order_id AND x.event = 'cancel') AS cancelled, " \
	"(SELECT amounts(p.captured) FROM payment p WHERE p.order_id = i.order_id) AS captured, " \
	"(SELECT amounts(p.refunded) FROM payment p WHERE p.order_id = i.order_id) AS refunded " \
	"FROM invoice i WHERE NOT EXISTS (SELECT 1 FROM payment p WHERE p.order_id = i.order_id AND " \
	UNSURE_OF("p") ") GROUP BY i.order_id) "

/* What was captured in advance, by no shipment, is invoiced with what is still to be sent. */
#define IN_ADVANCE "(EXISTS (SELECT 1 FROM order_event x WHERE x.order_id = paper.id AND x.event = 'ship') " \
	"AND EXISTS (SELECT 1 FROM event e WHERE e.order_id = paper.id AND e.verb = 'capture' AND e.state = 'done' " \
	"AND NOT EXISTS (SELECT 1 FROM order_event x WHERE x.id = e.id)))"

const struct rule rules_after[] = {
	/* ---- Returns ---- */
	{"return_pieces", "not: restocked <= accepted <= received <= requested",
		"SELECT return_id AS id, line, requested, received, accepted, restock FROM return_line "
		"WHERE NOT (restock <= accepted AND accepted <= received AND received <= requested) "
		"ORDER BY 1, 2", ALWAYS},
	{"restock_differs", "other pieces went to the shelf than came back for it",
		"SELECT t.id, l.sku, sum(l.restock) AS expected, (SELECT coalesce(sum(m.qty), 0) FROM movement m "
		"JOIN return_refund f ON f.id = m.id WHERE m.verb = 'restock' AND m.sku = l.sku "
		"AND f.return_id = t.id) AS found FROM returned t JOIN return_line l ON l.return_id = t.id "
		"WHERE t.state = 'refunded' GROUP BY t.id, l.sku HAVING expected <> found UNION ALL "
		"SELECT f.return_id, m.sku, 0, sum(m.qty) FROM return_refund f JOIN movement m ON m.id = f.id "
		"AND m.verb = 'restock' WHERE NOT EXISTS (SELECT 1 FROM return_line l JOIN returned t "
		"ON t.id = l.return_id AND t.state = 'refunded' WHERE l.return_id = f.return_id AND l.sku = m.sku) "
		"GROUP BY f.return_id, m.sku ORDER BY 1, 2", IF_STOCK},

	/* ---- Gift cards ---- */
	{"card_overdrawn", "not: 0 <= held, 0 <= spent, held + spent <= amount",
		"SELECT id, amount, held, spent FROM card WHERE held < 0 OR spent < 0 OR "
		"spent > amount - held ORDER BY id", ALWAYS},
	{"card_differs", "what is held or spent of the card is not what its payments say",
		"SELECT * FROM (SELECT c.id, c.held, " HELD " AS payments_held, c.spent, " SPENT
		" AS payments_spent FROM card c WHERE NOT EXISTS (SELECT 1 FROM payment p WHERE " OF_CARD " AND "
		UNSURE_OF("p") ")) WHERE held <> payments_held OR spent <> payments_spent ORDER BY id", ALWAYS},
	{"card_unknown", "the payment is of a card that was not issued in its currency",
		"SELECT p.order_id AS id, p.id AS payment, p.reference AS card FROM payment p "
		"WHERE p.method = 'credit' AND p.authorized <> 0 AND NOT EXISTS (SELECT 1 FROM card c "
		"WHERE c.id = p.reference AND c.currency = p.currency) ORDER BY 1, 2", ALWAYS},

	/* ---- Invoices ---- */
	{"invoice_gap", "numbers of a series are missing",
		"SELECT series AS id, min(seq) AS first, max(seq) AS last, count(*) AS found FROM invoice "
		"GROUP BY series HAVING min(seq) <> 1 OR max(seq) <> count(*) ORDER BY 1", ALWAYS},
	{"invoice_sum", "the total is not net + tax",
		"SELECT number AS id, net, tax, total FROM invoice WHERE total - tax <> net ORDER BY 1", ALWAYS},
	{"invoice_unplaced", "the invoice is for an order that is not placed, or in another currency",
		"SELECT i.number AS id, i.order_id, o.state, o.currency AS expected, i.currency FROM invoice i "
		"LEFT JOIN orders o ON o.id = i.order_id WHERE o.state IS NOT 'placed' "
		"OR o.currency <> i.currency ORDER BY 1", ALWAYS},
	{"credit_note_of_none", "the credit note is of no invoice of its order",
		"SELECT n.number AS id, n.of, n.order_id FROM invoice n WHERE n.of IS NOT NULL AND NOT EXISTS "
		"(SELECT 1 FROM invoice i WHERE i.number = n.of AND i.of IS NULL AND i.order_id = n.order_id) "
		"ORDER BY 1", ALWAYS},
	{"over_credited", "more is credited than was invoiced",
		"SELECT * FROM (SELECT i.number AS id, i.total, (SELECT amounts(n.total) FROM invoice n "
		"WHERE n.of = i.number) AS credited FROM invoice i WHERE i.of IS NULL) "
		"WHERE credited > total ORDER BY id", ALWAYS},
	{"invoice_differs", "the order's invoices are not what was captured",
		PAPERS "SELECT id, captured, invoiced FROM paper WHERE NOT cancelled AND invoiced <> captured "
		"AND NOT (invoiced < captured AND " IN_ADVANCE ") ORDER BY id", IF_PAY},
	{"credit_note_differs", "the order's credit notes are not what was refunded",
		PAPERS "SELECT id, refunded, credited FROM paper WHERE NOT cancelled AND credited <> refunded "
		"ORDER BY id", IF_PAY},
	{"invoice_of_cancelled", "the order is cancelled, and more or less is invoiced than was kept",
		PAPERS "SELECT id, captured - refunded AS expected, invoiced - credited AS invoiced FROM paper "
		"WHERE cancelled AND invoiced - credited <> captured - refunded ORDER BY id", IF_PAY},
	{"invoice_missing", "the order is captured, and has no invoice",
		"SELECT p.order_id AS id, amounts(p.captured) AS captured FROM payment p WHERE p.captured > p.refunded "
		"AND NOT EXISTS (SELECT 1 FROM invoice i WHERE i.order_id = p.order_id) GROUP BY p.order_id "
		"ORDER BY 1", IF_INVOICED},
};

const size_t rule_after_count = sizeof(rules_after) / sizeof(*rules_after);
