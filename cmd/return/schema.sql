-- SPDX-License-Identifier: ISC
-- version 1
-- One row a return. state: requested, received, inspected, refunded. amount: what is
-- given back for what was accepted, once it is refunded.
CREATE TABLE returned (
	id TEXT PRIMARY KEY,
	order_id TEXT NOT NULL,
	currency TEXT NOT NULL,
	state TEXT NOT NULL,
	reason TEXT NOT NULL,
	amount INTEGER NOT NULL DEFAULT 0,
	at INTEGER NOT NULL
) WITHOUT ROWID;
-- A line of a return. line: its number in the order, from 0; name: its id there, or its
-- number from 1. bought: pieces of the order's line; paid: what was paid for all of them.
-- qty: pieces that may still come back by this return: those requested, then those
-- received, then those accepted. restock: of the accepted, those that can be sold again.
-- before: pieces of this line of the order that were refunded before these; amount: what
-- is given back. Both once it is refunded.
CREATE TABLE line (
	order_id TEXT NOT NULL,
	line INTEGER NOT NULL,
	return_id TEXT NOT NULL,
	name TEXT NOT NULL,
	sku TEXT NOT NULL,
	reason TEXT NOT NULL,
	bought INTEGER NOT NULL,
	paid INTEGER NOT NULL,
	requested INTEGER NOT NULL,
	received INTEGER NOT NULL DEFAULT 0,
	accepted INTEGER NOT NULL DEFAULT 0,
	restock INTEGER NOT NULL DEFAULT 0,
	qty INTEGER NOT NULL CHECK (qty >= 0 AND qty <= bought),
	before INTEGER NOT NULL DEFAULT 0,
	amount INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (order_id, line, return_id)
) WITHOUT ROWID;
CREATE INDEX line_of_return ON line (return_id, line);
-- What was done with a return: request, receive, inspect, refund, by the id of the event.
CREATE TABLE step (
	verb TEXT NOT NULL,
	id TEXT NOT NULL,
	return_id TEXT NOT NULL,
	digest BLOB NOT NULL,
	actor TEXT NOT NULL,
	answer TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (verb, id)
) WITHOUT ROWID;
