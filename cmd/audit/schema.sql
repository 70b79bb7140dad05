-- SPDX-License-Identifier: ISC
-- What is audited, in a private database that ends with the audit. Where the exports
-- come sorted, as they do, rows are only appended. Of what comes twice the first is
-- kept; the rest is noted in `twice`.
-- legible: the stored record could be read.
CREATE TABLE orders (
	id TEXT PRIMARY KEY,
	state TEXT NOT NULL,
	closed INTEGER NOT NULL,
	currency TEXT NOT NULL,
	total INTEGER NOT NULL,
	legible INTEGER NOT NULL
) WITHOUT ROWID;
-- What an order wants of each sku that is kept in stock.
CREATE TABLE order_line (
	order_id TEXT NOT NULL,
	sku TEXT NOT NULL,
	qty INTEGER NOT NULL,
	PRIMARY KEY (order_id, sku)
) WITHOUT ROWID;
CREATE TABLE hold (
	id TEXT PRIMARY KEY,
	state TEXT NOT NULL
) WITHOUT ROWID;
-- backordered: pieces that were not there when they were held. gone: shipped, or given
-- back.
CREATE TABLE hold_line (
	id TEXT NOT NULL,
	sku TEXT NOT NULL,
	qty INTEGER NOT NULL,
	backordered INTEGER NOT NULL,
	gone INTEGER NOT NULL,
	PRIMARY KEY (id, sku)
) WITHOUT ROWID;
CREATE TABLE movement (
	verb TEXT NOT NULL,
	id TEXT NOT NULL,
	sku TEXT NOT NULL,
	location TEXT NOT NULL,
	qty INTEGER NOT NULL,
	on_hand INTEGER NOT NULL,
	PRIMARY KEY (verb, id, sku, location)
) WITHOUT ROWID;
CREATE TABLE level (
	sku TEXT PRIMARY KEY,
	on_hand INTEGER NOT NULL,
	taken INTEGER NOT NULL
) WITHOUT ROWID;
-- What of a level is at another location than main.
CREATE TABLE shelf (
	sku TEXT NOT NULL,
	location TEXT NOT NULL,
	on_hand INTEGER NOT NULL,
	taken INTEGER NOT NULL,
	PRIMARY KEY (sku, location)
) WITHOUT ROWID;
CREATE TABLE payment (
	order_id TEXT NOT NULL,
	id TEXT NOT NULL,
	method TEXT NOT NULL,
	currency TEXT NOT NULL,
	amount INTEGER NOT NULL,
	state TEXT NOT NULL,
	settled INTEGER NOT NULL,
	authorized INTEGER NOT NULL,
	captured INTEGER NOT NULL,
	refunded INTEGER NOT NULL,
	key TEXT NOT NULL,
	reference TEXT,
	PRIMARY KEY (order_id, id)
) WITHOUT ROWID;
CREATE TABLE event (
	order_id TEXT NOT NULL,
	payment TEXT NOT NULL,
	verb TEXT NOT NULL,
	id TEXT NOT NULL,
	amount INTEGER NOT NULL,
	state TEXT NOT NULL,
	PRIMARY KEY (order_id, payment, verb, id)
) WITHOUT ROWID;
CREATE TABLE cancellation (id TEXT PRIMARY KEY) WITHOUT ROWID;
-- Pieces of orders that cancellations take back.
CREATE TABLE given_back (
	order_id TEXT NOT NULL,
	sku TEXT NOT NULL,
	qty INTEGER NOT NULL,
	PRIMARY KEY (order_id, sku)
) WITHOUT ROWID;
-- What happened to orders after checkout.
CREATE TABLE order_event (
	id TEXT PRIMARY KEY,
	order_id TEXT NOT NULL,
	event TEXT NOT NULL
) WITHOUT ROWID;
-- The provider's own books.
CREATE TABLE statement (
	key TEXT NOT NULL,
	provider TEXT NOT NULL,
	reference TEXT,
	currency TEXT NOT NULL,
	authorized INTEGER NOT NULL,
	captured INTEGER NOT NULL,
	refunded INTEGER NOT NULL,
	voided INTEGER NOT NULL,
	PRIMARY KEY (key, provider)
) WITHOUT ROWID;
-- What was counted on the shelves, all shelves of a sku together.
CREATE TABLE stocktake (
	sku TEXT PRIMARY KEY,
	qty INTEGER NOT NULL
) WITHOUT ROWID;
-- What entered the shop, and what it was told: placed, rejected, refused (before
-- the book of orders), or nothing yet (waiting).
CREATE TABLE entered (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE answered (
	id TEXT NOT NULL,
	state TEXT NOT NULL,
	PRIMARY KEY (id, state)
) WITHOUT ROWID;
CREATE TABLE twice (
	export TEXT NOT NULL,
	id TEXT NOT NULL
);
