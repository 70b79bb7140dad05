-- SPDX-License-Identifier: ISC
-- version 1
-- One row a means of payment of an order. state: intended (its key is stored, the
-- answer not known), action_required, declined, authorized, voiding, voided.
-- settled: the order was placed. authorized: what the provider approved. capturing,
-- refunding: what the provider was asked for and has not answered. key: what the
-- provider knows the authorization by. digest: of the order, in its first row.
-- settled has no NOT NULL: where a constraint could end an update of several rows halfway,
-- SQLite copies each page before it changes it.
-- A row without method marks an order that was rejected before it came here.
CREATE TABLE payment (
	order_id TEXT NOT NULL,
	position INTEGER NOT NULL,
	id TEXT NOT NULL,
	method TEXT NOT NULL,
	currency TEXT NOT NULL,
	amount INTEGER NOT NULL,
	key TEXT NOT NULL,
	state TEXT NOT NULL,
	settled INTEGER DEFAULT 0,
	authorized INTEGER NOT NULL DEFAULT 0,
	captured INTEGER NOT NULL DEFAULT 0,
	capturing INTEGER NOT NULL DEFAULT 0,
	refunded INTEGER NOT NULL DEFAULT 0,
	refunding INTEGER NOT NULL DEFAULT 0,
	reference TEXT NOT NULL DEFAULT '',
	code TEXT NOT NULL DEFAULT '',
	message TEXT NOT NULL DEFAULT '',
	digest BLOB,
	at INTEGER NOT NULL,
	PRIMARY KEY (order_id, position),
	CHECK (captured + capturing <= authorized),
	CHECK (refunded + refunding <= captured)
) WITHOUT ROWID;
-- One row a payment that a capture, void or refund acts on. asked_payment ('': any)
-- and asked_amount (0: all that was left) are what the event said.
-- state: intended, done, declined.
CREATE TABLE event (
	verb TEXT NOT NULL,
	id TEXT NOT NULL,
	position INTEGER NOT NULL,
	order_id TEXT NOT NULL,
	asked_payment TEXT NOT NULL,
	asked_amount INTEGER NOT NULL,
	payment TEXT NOT NULL,
	amount INTEGER NOT NULL CHECK (amount > 0),
	key TEXT NOT NULL,
	state TEXT NOT NULL,
	code TEXT NOT NULL DEFAULT '',
	message TEXT NOT NULL DEFAULT '',
	at INTEGER NOT NULL,
	PRIMARY KEY (verb, id, position)
) WITHOUT ROWID;
