-- SPDX-License-Identifier: ISC
-- What comes after checkout, in the same private database.
-- What came back: what is to be given back for it, and the pieces that were accepted; of each
-- return those of them that go to the shelf, and by which event it was refunded.
CREATE TABLE returned (
	id TEXT PRIMARY KEY,
	order_id TEXT NOT NULL,
	state TEXT NOT NULL,
	amount INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE return_line (
	return_id TEXT NOT NULL,
	line TEXT NOT NULL,
	sku TEXT NOT NULL,
	requested INTEGER NOT NULL,
	received INTEGER NOT NULL,
	accepted INTEGER NOT NULL,
	restock INTEGER NOT NULL,
	PRIMARY KEY (return_id, line)
) WITHOUT ROWID;
CREATE TABLE return_refund (id TEXT PRIMARY KEY, return_id TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE returned_line (
	order_id TEXT NOT NULL,
	sku TEXT NOT NULL,
	qty INTEGER NOT NULL,
	PRIMARY KEY (order_id, sku)
) WITHOUT ROWID;
-- Gift cards and store credit.
CREATE TABLE card (
	id TEXT PRIMARY KEY,
	currency TEXT NOT NULL,
	amount INTEGER NOT NULL,
	held INTEGER NOT NULL,
	spent INTEGER NOT NULL
) WITHOUT ROWID;
-- Invoices, and credit notes of one. series: the number without its last part, seq.
CREATE TABLE invoice (
	series TEXT NOT NULL,
	seq INTEGER NOT NULL,
	number TEXT NOT NULL,
	order_id TEXT NOT NULL,
	of TEXT,
	currency TEXT NOT NULL,
	net INTEGER NOT NULL,
	tax INTEGER NOT NULL,
	total INTEGER NOT NULL,
	PRIMARY KEY (series, seq)
) WITHOUT ROWID;
