-- SPDX-License-Identifier: ISC
-- version 1
-- The rate of a class of goods in a country, in percent, as a decimal. It holds at
-- valid_from and until just before valid_to, seconds since 1970 UTC; one without
-- beginning or end holds through the years 1 to 9999. Country * stands for all
-- countries that have no rate of their own.
CREATE TABLE rate (
	country TEXT NOT NULL,
	class TEXT NOT NULL,
	valid_from BIGINT NOT NULL,
	valid_to BIGINT NOT NULL,
	rate TEXT NOT NULL,
	PRIMARY KEY (country, class, valid_from),
	CHECK (valid_from < valid_to)
) WITHOUT ROWID;
-- version 2
-- A rate of several taxes: `rate` is what they come to, and `parts` says of what,
-- "NAME\tRATE\tc\n" for each, the c where it is on the taxes before it too.
ALTER TABLE rate ADD COLUMN parts TEXT NOT NULL DEFAULT '';
-- Rates of a part of a country. region and postcode are '' where they are not asked for;
-- postcode holds prefixes and ranges as postcode.c writes them. Class * stands for
-- all classes.
CREATE TABLE exception (
	country TEXT NOT NULL,
	region TEXT NOT NULL,
	postcode TEXT NOT NULL,
	class TEXT NOT NULL,
	valid_from BIGINT NOT NULL,
	valid_to BIGINT NOT NULL,
	rate TEXT NOT NULL,
	parts TEXT NOT NULL,
	PRIMARY KEY (country, region, postcode, class, valid_from),
	CHECK (valid_from < valid_to)
) WITHOUT ROWID;
-- Where the shop is, and where it leaves tax to its customers. registered: country
-- codes, one after another.
CREATE TABLE shop (
	number INTEGER PRIMARY KEY CHECK (number = 1),
	origin TEXT NOT NULL,
	reverse_charge INTEGER NOT NULL,
	export INTEGER NOT NULL,
	registered TEXT NOT NULL
);
