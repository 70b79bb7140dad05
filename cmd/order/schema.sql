-- SPDX-License-Identifier: ISC
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
-- All orders up to this seq are closed: recovery and expiry look behind it. An index of
-- those that are not would cost every order an insertion and a deletion.
CREATE TABLE closed_upto (seq INTEGER NOT NULL);
INSERT INTO closed_upto VALUES (0);
-- The record of each order as it came in; never changed.
CREATE TABLE body (
	seq INTEGER PRIMARY KEY,
	record TEXT NOT NULL
);
-- version 2
-- What customers bought and have not given back, by line: what cancellations are
-- matched with. at: the order's own time. line: its number in the order, from 0;
-- line_id: empty if it has none. digits, scale: the unit price in minor units.
-- It is made of the bodies of placed orders when a cancellation comes, so that
-- orders need not pay for it.
CREATE TABLE sold (
	customer TEXT NOT NULL,
	sku TEXT NOT NULL,
	at INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	line INTEGER NOT NULL,
	line_id TEXT NOT NULL,
	currency TEXT NOT NULL,
	digits INTEGER NOT NULL,
	scale INTEGER NOT NULL,
	remaining INTEGER NOT NULL CHECK (remaining >= 0),
	PRIMARY KEY (customer, sku, at, seq, line)
) WITHOUT ROWID;
-- Orders up to this seq were looked at; of these, those that were undecided then
-- are to be looked at again.
CREATE TABLE sold_upto (seq INTEGER NOT NULL);
INSERT INTO sold_upto VALUES (0);
CREATE TABLE sold_undecided (seq INTEGER PRIMARY KEY);
-- at: the cancellation's own time. answer: the JSON it was given. record: as it came in.
CREATE TABLE cancellation (
	seq INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	digest BLOB NOT NULL,
	at INTEGER NOT NULL,
	currency TEXT NOT NULL,
	customer TEXT NOT NULL,
	answer TEXT NOT NULL,
	record TEXT NOT NULL
);
-- version 3
-- What happened to an order after checkout; never changed, never removed. What the
-- order is now follows from it (moves.c). id: of the event. at: the event's own time.
-- lines: "LINE QTY ID\tSKU\n" for each line of the order it moved, LINE from 0.
-- amount: what it captured or gave back, as the stage that reckoned it said; 0 for none.
CREATE TABLE event (
	seq INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	order_seq INTEGER NOT NULL,
	digest BLOB NOT NULL,
	event TEXT NOT NULL,
	at INTEGER NOT NULL,
	actor TEXT NOT NULL,
	reason TEXT NOT NULL,
	lines TEXT NOT NULL,
	amount INTEGER NOT NULL
);
CREATE INDEX event_of_order ON event (order_seq, seq);
-- Erasures of personal data: what each did, and no word of whom. Records in body and in
-- cancellation are rewritten by them; the digests stay, by which the same order that
-- comes again is still told from another.
CREATE TABLE erasure (
	id TEXT PRIMARY KEY,
	digest BLOB NOT NULL,
	answer TEXT NOT NULL,
	at INTEGER NOT NULL
) WITHOUT ROWID;
