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
-- allow_backorder: 1 where more may be held than there is.
ALTER TABLE level ADD COLUMN allow_backorder INTEGER NOT NULL DEFAULT 0;
-- Where goods are kept. main is there without a row, of priority 0. Pieces are taken
-- first where the priority is highest.
CREATE TABLE location (
	name TEXT PRIMARY KEY,
	priority INTEGER NOT NULL
) WITHOUT ROWID;
-- What of a level is at another location than main; main has the rest of it.
CREATE TABLE shelf (
	sku TEXT NOT NULL,
	location TEXT NOT NULL,
	on_hand INTEGER NOT NULL CHECK (on_hand >= 0),
	taken INTEGER NOT NULL CHECK (taken >= 0),
	PRIMARY KEY (sku, location)
) WITHOUT ROWID;
-- A line of hold.lines may go on, parted by tabs: "QTY SKU LOCATION BACKORDERED SHIPPED
-- RELEASED\n". It is so many pieces, at main unless it says where; of these so many were
-- not there when they were held; so many are shipped, and so many given back.
-- A movement is of one sku at one location, of which it says what is on hand: an event
-- may make several.
-- The key's columns come first: SQLite 3.40's integrity_check takes others for NULL.
CREATE TABLE movement_2 (
	verb TEXT NOT NULL,
	id TEXT NOT NULL,
	sku TEXT NOT NULL,
	location TEXT NOT NULL DEFAULT 'main',
	qty INTEGER NOT NULL,
	reason TEXT NOT NULL,
	on_hand INTEGER NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (verb, id, sku, location)
) WITHOUT ROWID;
INSERT INTO movement_2 SELECT verb, id, sku, 'main', qty, reason, on_hand, at FROM movement;
DROP TABLE movement;
ALTER TABLE movement_2 RENAME TO movement;
-- What may make several movements or none, by the id of the event, and its answer.
CREATE TABLE event (
	verb TEXT NOT NULL,
	id TEXT NOT NULL,
	digest BLOB NOT NULL,
	answer TEXT NOT NULL,
	PRIMARY KEY (verb, id)
) WITHOUT ROWID;
-- version 3
-- refused: 1 where the answer is the error it was given, without its brace. A shipment that
-- was given up has no digest: whatever comes under its id is refused.
ALTER TABLE event ADD COLUMN refused INTEGER NOT NULL DEFAULT 0;
