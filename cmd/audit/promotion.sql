-- SPDX-License-Identifier: ISC
-- What orders hold of limited promotions. A use counts in all, and for a customer or a
-- code where these are named.
CREATE TABLE promotion_hold (
	id TEXT PRIMARY KEY,
	state TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE promotion_held (
	id TEXT NOT NULL,
	promotion TEXT NOT NULL,
	customer TEXT NOT NULL,
	code TEXT NOT NULL,
	PRIMARY KEY (id, promotion, customer, code)
) WITHOUT ROWID;
-- How often each was taken, and the widest limit under which it was.
CREATE TABLE promotion_use (
	promotion TEXT NOT NULL,
	customer TEXT NOT NULL,
	code TEXT NOT NULL,
	taken INTEGER NOT NULL,
	most INTEGER NOT NULL,
	PRIMARY KEY (promotion, customer, code)
) WITHOUT ROWID;
-- Which promotions apply to an order, as its record says.
CREATE TABLE promotion_applied (
	order_id TEXT NOT NULL,
	promotion TEXT NOT NULL,
	PRIMARY KEY (order_id, promotion)
) WITHOUT ROWID;
-- What the rules ask for.
CREATE VIEW uses_of_order AS
	SELECT h.id, h.state AS uses, o.state, o.closed
	FROM promotion_hold h LEFT JOIN orders o ON o.id = h.id ORDER BY h.id;
CREATE VIEW uses_against_order AS
	SELECT id, state, uses FROM uses_of_order
	WHERE (state = 'open' AND uses IN ('committed', 'released'))
		OR (state = 'placed' AND uses IN ('released', 'refused'))
		OR (state = 'rejected' AND uses = 'committed');
CREATE VIEW uses_unapplied AS
	SELECT DISTINCT u.id, u.promotion FROM promotion_held u JOIN orders o ON o.id = u.id
	WHERE o.legible AND NOT EXISTS (
		SELECT 1 FROM promotion_applied x WHERE x.order_id = u.id AND x.promotion = u.promotion)
	ORDER BY u.id, u.promotion;
CREATE VIEW uses_unbalanced AS
	SELECT promotion AS id, nullif(customer, '') AS customer, nullif(code, '') AS code,
		sum(taken) AS found, sum(held) AS expected
	FROM (
		SELECT promotion, customer, code, taken, 0 AS held FROM promotion_use
		UNION ALL
		SELECT u.promotion, u.customer, u.code, 0, 1
		FROM promotion_held u JOIN promotion_hold h ON h.id = u.id
		WHERE h.state IN ('held', 'committed')) AS both
	GROUP BY both.promotion, both.customer, both.code HAVING sum(taken) <> sum(held)
	ORDER BY both.promotion, both.customer, both.code;
CREATE VIEW uses_beyond_limit AS
	SELECT promotion AS id, nullif(customer, '') AS customer, nullif(code, '') AS code, taken,
		most AS "limit"
	FROM promotion_use WHERE taken > most ORDER BY promotion, promotion_use.customer, promotion_use.code;
