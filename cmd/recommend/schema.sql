-- SPDX-License-Identifier: ISC
-- version 1
-- orders: how many of the learned orders have it, and how many have both.
CREATE TABLE sku (
	number INTEGER PRIMARY KEY,
	sku TEXT NOT NULL UNIQUE,
	orders INTEGER NOT NULL
);
CREATE TABLE pair (
	a INTEGER NOT NULL,
	b INTEGER NOT NULL,
	orders INTEGER NOT NULL,
	PRIMARY KEY (a, b),
	CHECK (a < b)
) WITHOUT ROWID;
CREATE INDEX pair_b ON pair (b);
-- Each order counts once. skus: how many of it were counted; left_out: how many were not.
CREATE TABLE learned (
	id TEXT PRIMARY KEY,
	digest BLOB NOT NULL,
	skus INTEGER NOT NULL,
	left_out INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE total (orders INTEGER NOT NULL);
INSERT INTO total VALUES (0);
