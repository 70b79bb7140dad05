-- SPDX-License-Identifier: ISC
-- version 1
-- automatic: it has no codes. limited: it has a limit of its uses, or once had one.
-- condition: '' for none. body: the promotion as it was put.
CREATE TABLE promotion (
	id TEXT PRIMARY KEY,
	automatic INTEGER NOT NULL,
	limited INTEGER NOT NULL,
	condition TEXT NOT NULL,
	body TEXT NOT NULL
) WITHOUT ROWID;
-- A thousand coupons must not be read to find that there is nothing automatic.
CREATE INDEX promotion_automatic ON promotion (id) WHERE automatic = 1;
CREATE INDEX promotion_condition ON promotion (condition) WHERE condition <> '';
-- Raised by whatever changes a promotion: what is kept of them in memory need not
-- be read again when only uses have changed.
CREATE TABLE promotion_version (version INTEGER NOT NULL);
INSERT INTO promotion_version VALUES (0);
-- Codes in small letters. pattern: 1 where * stands for any characters, ? for one.
CREATE TABLE code (
	code TEXT PRIMARY KEY,
	promotion TEXT NOT NULL,
	pattern INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX code_promotion ON code (promotion);
CREATE INDEX code_pattern ON code (code) WHERE pattern = 1;
-- How often a promotion was used: in all (who is ''), by a customer ('customer:ID'),
-- with a code ('code:CODE'). taken: by holds, be they held or committed.
CREATE TABLE used (
	number INTEGER PRIMARY KEY,
	promotion TEXT NOT NULL,
	who TEXT NOT NULL,
	taken INTEGER NOT NULL CHECK (taken >= 0),
	UNIQUE (promotion, who)
);
-- One an order whose promotions are limited. state: held, committed, released, refused;
-- none for one that was told that they are used up.
-- uses: "PROMOTION TAB WHO LF" for each of `used` that it takes one of. error: the one
-- that a refused order was given.
CREATE TABLE hold (
	id TEXT PRIMARY KEY,
	digest BLOB NOT NULL,
	state TEXT NOT NULL,
	uses TEXT NOT NULL,
	error TEXT NOT NULL
) WITHOUT ROWID;
-- version 2
-- allowed: the widest limit under which one was taken; 0: before it was noted.
ALTER TABLE used ADD COLUMN allowed INTEGER NOT NULL DEFAULT 0;
