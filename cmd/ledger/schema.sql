-- SPDX-License-Identifier: ISC
-- A journal in the making, in a private database that ends with the run.
-- A posting of an entry, which is told by its day, kind and title. What an entry posts
-- twice to one account adds up. Day: since 1970. Beyond what an integer holds SQLite
-- would go on with a floating point number.
CREATE TABLE posting (
	day INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	title TEXT NOT NULL,
	currency TEXT NOT NULL,
	account TEXT NOT NULL,
	amount INTEGER NOT NULL CHECK (typeof(amount) = 'integer'),
	PRIMARY KEY (day, kind, title, currency, account)
) WITHOUT ROWID;
-- An order that is placed.
CREATE TABLE orders (
	id TEXT PRIMARY KEY,
	day INTEGER NOT NULL,
	currency TEXT NOT NULL
) WITHOUT ROWID;
-- A line of it: what is paid for it, the tax in that, and what of it was given back.
CREATE TABLE line (
	order_id TEXT NOT NULL,
	position INTEGER NOT NULL,
	name TEXT NOT NULL,
	paid INTEGER NOT NULL,
	tax INTEGER NOT NULL,
	tax_account TEXT NOT NULL,
	paid_back INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (order_id, position)
) WITHOUT ROWID;
-- What happened, to be joined with orders, payments and costs once all is read.
CREATE TABLE payment (
	order_id TEXT NOT NULL,
	id TEXT NOT NULL,
	method TEXT NOT NULL,
	currency TEXT NOT NULL,
	PRIMARY KEY (order_id, id)
) WITHOUT ROWID;
CREATE TABLE payment_event (
	order_id TEXT NOT NULL,
	payment TEXT NOT NULL,
	verb TEXT NOT NULL,
	id TEXT NOT NULL,
	amount INTEGER NOT NULL,
	day INTEGER NOT NULL,
	PRIMARY KEY (order_id, payment, verb, id)
) WITHOUT ROWID;
CREATE TABLE cancelled (
	order_id TEXT PRIMARY KEY,
	id TEXT NOT NULL,
	day INTEGER NOT NULL
) WITHOUT ROWID;
-- An amount that is given back for pieces of a line by a return. name: the line's.
CREATE TABLE given_back (
	order_id TEXT NOT NULL,
	day INTEGER NOT NULL,
	id TEXT NOT NULL,
	part INTEGER NOT NULL,
	amount INTEGER NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (order_id, day, id, part)
) WITHOUT ROWID;
CREATE TABLE refund_day (return_id TEXT PRIMARY KEY, day INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE card (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE movement (
	verb TEXT NOT NULL,
	id TEXT NOT NULL,
	sku TEXT NOT NULL,
	location TEXT NOT NULL,
	qty INTEGER NOT NULL,
	day INTEGER NOT NULL,
	PRIMARY KEY (verb, id, sku, location)
) WITHOUT ROWID;
CREATE TABLE hold (
	order_id TEXT NOT NULL,
	sku TEXT NOT NULL,
	part INTEGER NOT NULL,
	qty INTEGER NOT NULL,
	PRIMARY KEY (order_id, sku, part)
) WITHOUT ROWID;
CREATE TABLE cost (
	sku TEXT PRIMARY KEY,
	currency TEXT NOT NULL,
	digits INTEGER NOT NULL,
	scale INTEGER NOT NULL
) WITHOUT ROWID;
