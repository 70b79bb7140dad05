-- SPDX-License-Identifier: ISC
-- version 1
-- The books of the test provider: its own, as if it were far away.
-- state: approved, declined, action_required, lost (never got here).
CREATE TABLE charge (
	key TEXT PRIMARY KEY,
	currency TEXT NOT NULL,
	amount INTEGER NOT NULL,
	token TEXT NOT NULL,
	state TEXT NOT NULL,
	at INTEGER NOT NULL,
	captured INTEGER NOT NULL DEFAULT 0,
	refunded INTEGER NOT NULL DEFAULT 0,
	voided INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
-- Each capture, void and refund, and the code it was declined with ('': done).
CREATE TABLE operation (
	key TEXT PRIMARY KEY,
	charge TEXT NOT NULL,
	amount INTEGER NOT NULL,
	code TEXT NOT NULL
) WITHOUT ROWID;
