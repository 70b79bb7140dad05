-- SPDX-License-Identifier: ISC
-- version 1
-- Who issues the invoices of a series ('': of all that have none of their own), as JSON.
CREATE TABLE seller (
	series TEXT PRIMARY KEY,
	document TEXT NOT NULL
);
-- The last number given out. It is raised in the transaction that stores the invoice.
CREATE TABLE series (
	series TEXT NOT NULL,
	year INTEGER NOT NULL,
	last INTEGER NOT NULL,
	PRIMARY KEY (series, year)
) WITHOUT ROWID;
-- Invoices, and credit notes, which name the invoice they are `of`. document: all that is
-- printed, as JSON.
CREATE TABLE invoice (
	number TEXT NOT NULL UNIQUE,
	series TEXT NOT NULL,
	year INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	verb TEXT NOT NULL,
	id TEXT NOT NULL,
	digest BLOB NOT NULL,
	order_id TEXT NOT NULL,
	of TEXT NOT NULL,
	at INTEGER NOT NULL,
	currency TEXT NOT NULL,
	net INTEGER NOT NULL,
	tax INTEGER NOT NULL,
	total INTEGER NOT NULL,
	document TEXT NOT NULL,
	UNIQUE (series, year, seq),
	UNIQUE (verb, id)
);
CREATE INDEX invoice_order ON invoice (order_id);
CREATE INDEX invoice_of ON invoice (of) WHERE of <> '';
-- What was issued stands.
CREATE TRIGGER invoice_stands BEFORE UPDATE ON invoice
BEGIN SELECT RAISE(ABORT, 'an invoice is never changed'); END;
CREATE TRIGGER invoice_stays BEFORE DELETE ON invoice
BEGIN SELECT RAISE(ABORT, 'an invoice is never deleted'); END;
