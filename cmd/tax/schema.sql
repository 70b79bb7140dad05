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
