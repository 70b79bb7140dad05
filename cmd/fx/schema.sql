-- SPDX-License-Identifier: ISC
-- version 1
-- What one euro was worth, as it was published: a decimal in major units. day counts from
-- 1970-01-01.
CREATE TABLE rate (
	currency TEXT NOT NULL,
	day INTEGER NOT NULL,
	rate TEXT NOT NULL,
	PRIMARY KEY (currency, day)
) WITHOUT ROWID;
