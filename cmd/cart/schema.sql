-- SPDX-License-Identifier: ISC
-- version 1
-- A cart. body: what an answer says of it, as it is: a cart that is looked at is one row
-- that is read. next: the id of its next line. changed_at: for expire.
CREATE TABLE cart (
	id TEXT PRIMARY KEY,
	version INTEGER NOT NULL,
	next INTEGER NOT NULL,
	body TEXT NOT NULL,
	changed_at INTEGER NOT NULL
) WITHOUT ROWID;
-- What was done, and how it was answered. Rows stand in the order in which they came, so that
-- they are written side by side, and forgotten in steps.
CREATE TABLE event (
	verb TEXT NOT NULL,
	id TEXT NOT NULL,
	digest BLOB NOT NULL,
	answer TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (verb, id)
);
