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
