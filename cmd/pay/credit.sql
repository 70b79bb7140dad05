-- SPDX-License-Identifier: ISC
-- version 1
-- Gift cards and store credit. A code is not stored: hash is what it is found by, last4
-- what people call it. held: what orders have authorized and not captured. spent: what was
-- captured and not given back. The balance is amount - held - spent.
CREATE TABLE card (
	id TEXT PRIMARY KEY,
	digest BLOB NOT NULL,
	hash BLOB NOT NULL UNIQUE,
	last4 TEXT NOT NULL,
	minted INTEGER NOT NULL,
	currency TEXT NOT NULL,
	amount INTEGER NOT NULL,
	held INTEGER NOT NULL DEFAULT 0,
	spent INTEGER NOT NULL DEFAULT 0,
	expires_at INTEGER,
	customer TEXT NOT NULL,
	at INTEGER NOT NULL,
	CHECK (held >= 0 AND spent >= 0 AND held + spent <= amount)
) WITHOUT ROWID;
-- One an authorization, by its key. state: approved; declined, with the code and message;
-- barred: it was voided before it came.
CREATE TABLE charge (
	key TEXT PRIMARY KEY,
	card TEXT NOT NULL,
	hash BLOB NOT NULL,
	currency TEXT NOT NULL,
	amount INTEGER NOT NULL,
	state TEXT NOT NULL,
	code TEXT NOT NULL DEFAULT '',
	message TEXT NOT NULL DEFAULT '',
	captured INTEGER NOT NULL DEFAULT 0,
	refunded INTEGER NOT NULL DEFAULT 0,
	voided INTEGER NOT NULL DEFAULT 0,
	at INTEGER NOT NULL,
	CHECK (captured <= amount AND refunded <= captured)
) WITHOUT ROWID;
-- Each capture, void and refund, and the code it was declined with ('': done).
CREATE TABLE operation (
	key TEXT PRIMARY KEY,
	charge TEXT NOT NULL,
	amount INTEGER NOT NULL,
	code TEXT NOT NULL
) WITHOUT ROWID;
