-- SPDX-License-Identifier: ISC
-- version 1
-- line: what the stage adds to an order line, ready made. body: the product as it
-- was put; last, as it may be long and few read it. weight_grams counts towards an
-- order's weight: null if unknown, 0 of what is not shipped.
CREATE TABLE product (
	sku TEXT PRIMARY KEY,
	status TEXT NOT NULL,
	weight_grams INTEGER,
	line TEXT NOT NULL,
	body TEXT NOT NULL
);
-- version 2
-- Products can be searched. item: the number of the product that the sku is a variant
-- of, 0 of a sku that stands alone, null of one that is not in the index yet: the next
-- put puts it there.
CREATE TABLE numbered (
	number INTEGER PRIMARY KEY,
	sku TEXT NOT NULL UNIQUE,
	status TEXT NOT NULL,
	weight_grams INTEGER,
	line TEXT NOT NULL,
	item INTEGER,
	body TEXT NOT NULL
);
INSERT INTO numbered (sku, status, weight_grams, line, body)
	SELECT sku, status, weight_grams, line, body FROM product ORDER BY sku;
DROP TABLE product;
ALTER TABLE numbered RENAME TO product;
CREATE INDEX product_item ON product (item) WHERE item > 0;
CREATE INDEX product_unindexed ON product (number) WHERE item IS NULL;
CREATE TABLE item (number INTEGER PRIMARY KEY, handle TEXT NOT NULL UNIQUE);
-- The words of a sku, folded (fold.h). more: all that is not of the title. All queries ask
-- for words, never for their places.
CREATE VIRTUAL TABLE product_text USING fts5 (
	title, more, tokenize = 'ascii', detail = column, columnsize = 0, prefix = '1 2 3'
);
INSERT INTO product_text (product_text, rank) VALUES ('automerge', 8);
-- Words without digits, for typing errors. None is ever removed, as for facets.
CREATE TABLE word (
	length INTEGER NOT NULL,
	word TEXT NOT NULL,
	PRIMARY KEY (length, word)
) WITHOUT ROWID;
-- kind: enum facet_kind.
CREATE TABLE facet (
	number INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,
	value TEXT NOT NULL,
	UNIQUE (kind, value)
);
-- What a search counts and sorts by, of 256 skus a row (shelf.h): reading all of it takes a
-- hundredth of the time that reading as many rows does.
CREATE TABLE shelf (number INTEGER PRIMARY KEY, slots BLOB NOT NULL);
