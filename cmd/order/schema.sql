-- version 1
-- What is known of an order, in rows so small that a change of state rewrites
-- little. seq counts orders as they were opened. state: 0 open, 1 placed,
-- 2 rejected. closed: 0 or 1. customer: empty for a guest. error: the JSON that
-- rejected it, else empty. decided_at and closed_at are times of their own only
-- once the order is decided and closed; until then they repeat opened_at, so that
-- the row keeps its length and is rewritten in place.
CREATE TABLE orders (
	seq INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	digest BLOB NOT NULL,
	state INTEGER NOT NULL,
	closed INTEGER NOT NULL,
	currency TEXT NOT NULL,
	total INTEGER NOT NULL,
	customer TEXT NOT NULL,
	opened_at INTEGER NOT NULL,
	decided_at INTEGER NOT NULL,
	closed_at INTEGER NOT NULL,
	error TEXT NOT NULL
);
-- Few orders are not closed at any time: what recovery and expiry look at.
CREATE INDEX orders_not_closed ON orders (closed) WHERE closed = 0;
-- The record of each order as it came in; never changed.
CREATE TABLE body (
	seq INTEGER PRIMARY KEY,
	record TEXT NOT NULL
);
