-- SPDX-License-Identifier: ISC
-- version 1
-- on_hand: pieces in the house. taken: pieces that holds have of them, be they
-- reserved (state held) or committed; available = on_hand - taken.
CREATE TABLE level (
	number INTEGER PRIMARY KEY,
	sku TEXT NOT NULL UNIQUE,
	on_hand INTEGER NOT NULL CHECK (on_hand >= 0),
	taken INTEGER NOT NULL CHECK (taken >= 0)
);
-- Raised by whatever changes a level, so that levels kept in memory need not be
-- read again when only holds have changed.
CREATE TABLE level_version (version INTEGER NOT NULL);
INSERT INTO level_version VALUES (0);
-- One a record that asked for stock. state: held, committed, released, refused.
-- lines: "QTY SKU\n" for each sku, or of a refused one the error it was given.
CREATE TABLE hold (
	id TEXT PRIMARY KEY,
	digest BLOB NOT NULL,
	state TEXT NOT NULL,
	lines TEXT NOT NULL
) WITHOUT ROWID;
-- Few are held at any time: this is what tells reserved from committed.
CREATE INDEX hold_held ON hold (state) WHERE state = 'held';
-- What changed on_hand, and what it was afterwards.
CREATE TABLE movement (
	verb TEXT NOT NULL,
	id TEXT NOT NULL,
	sku TEXT NOT NULL,
	qty INTEGER NOT NULL,
	reason TEXT NOT NULL,
	on_hand INTEGER NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (verb, id)
) WITHOUT ROWID;
-- version 2
-- Cancellations of orders that were placed: what their holds had was given back.
CREATE TABLE cancellation (
	id TEXT PRIMARY KEY,
	order_id TEXT NOT NULL
) WITHOUT ROWID;
