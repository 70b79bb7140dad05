-- SPDX-License-Identifier: ISC
-- version 1
-- list and customer_group: '' where the price is of no list, for all groups. A
-- price without borders has the widest: min_qty 1, max_qty of any line, the years
-- 1 to 9999. The amount, in minor units, is digits / 10^scale. body: the price as
-- it was put.
CREATE TABLE price (
	sku TEXT NOT NULL,
	currency TEXT NOT NULL,
	list TEXT NOT NULL,
	customer_group TEXT NOT NULL,
	min_qty INTEGER NOT NULL,
	valid_from INTEGER NOT NULL,
	max_qty INTEGER NOT NULL,
	valid_to INTEGER NOT NULL,
	digits INTEGER NOT NULL,
	scale INTEGER NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (sku, currency, list, customer_group, min_qty, valid_from)
) WITHOUT ROWID;
