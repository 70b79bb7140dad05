-- SPDX-License-Identifier: ISC
-- version 1
-- Where the shop ships to. body: the zone as it was put.
CREATE TABLE zone (
	name TEXT PRIMARY KEY,
	body TEXT NOT NULL
) WITHOUT ROWID;
-- What a zone consists of. kind: 0 all countries (country *), 1 a country, 2 a region
-- of it (low), 3 postcodes from low to high, 4 those that begin with low, 5 the
-- postcode low. Postcodes are in capitals, without spaces and dashes.
CREATE TABLE area (
	zone TEXT NOT NULL,
	country TEXT NOT NULL,
	kind INTEGER NOT NULL,
	low TEXT NOT NULL,
	high TEXT NOT NULL,
	PRIMARY KEY (zone, country, kind, low, high)
) WITHOUT ROWID;
-- What a method costs in a zone. It holds at valid_from and until just before
-- valid_to. measure: 0 flat, 1 grams, 2 what the goods cost; steps: "UP_TO AMOUNT\n"
-- in rising order of what is measured. max_weight and free_from: the widest number
-- where there is none. body: the rate as it was put.
CREATE TABLE rate (
	zone TEXT NOT NULL,
	currency TEXT NOT NULL,
	method TEXT NOT NULL,
	valid_from INTEGER NOT NULL,
	valid_to INTEGER NOT NULL,
	label TEXT NOT NULL,
	tax_class TEXT NOT NULL,
	measure INTEGER NOT NULL,
	steps TEXT NOT NULL,
	max_weight INTEGER NOT NULL,
	free_from INTEGER NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (zone, currency, method, valid_from)
) WITHOUT ROWID;
-- Raised by whatever changes zones or rates, so that they need not be read again when
-- only parcels have changed.
CREATE TABLE terms_version (version INTEGER NOT NULL);
INSERT INTO terms_version VALUES (0);
-- What was done, by the id of the event, and what it was answered.
CREATE TABLE event (
	verb TEXT NOT NULL,
	id TEXT NOT NULL,
	order_id TEXT NOT NULL,
	digest BLOB NOT NULL,
	answer TEXT NOT NULL,
	PRIMARY KEY (verb, id)
) WITHOUT ROWID;
-- What was packed. number: from 1 within the order. id: of the event. state: packed,
-- shipped, cancelled.
CREATE TABLE fulfilment (
	order_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	id TEXT NOT NULL,
	state TEXT NOT NULL,
	location TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (order_id, number)
) WITHOUT ROWID;
-- What went out. fulfilment: which was shipped so, or 0. amount: what is due for it.
-- delivered_at: NULL while it is on its way.
CREATE TABLE shipment (
	order_id TEXT NOT NULL,
	number INTEGER NOT NULL,
	id TEXT NOT NULL,
	fulfilment INTEGER NOT NULL,
	location TEXT NOT NULL,
	carrier TEXT NOT NULL,
	tracking TEXT NOT NULL,
	currency TEXT NOT NULL,
	amount INTEGER NOT NULL,
	at INTEGER NOT NULL,
	delivered_at INTEGER,
	PRIMARY KEY (order_id, number)
) WITHOUT ROWID;
-- The pieces of both. parcel: 0 of a fulfilment, 1 of a shipment. line: the id of the
-- order's line, position: its place among them from 0.
CREATE TABLE content (
	order_id TEXT NOT NULL,
	parcel INTEGER NOT NULL,
	number INTEGER NOT NULL,
	position INTEGER NOT NULL,
	line TEXT NOT NULL,
	sku TEXT NOT NULL,
	qty INTEGER NOT NULL,
	PRIMARY KEY (order_id, parcel, number, position)
) WITHOUT ROWID;
-- version 2
-- state: held while it is not known whether the parcel goes, shipped, or void: it was given
-- up, for what `error` says, and its pieces are left to be shipped again.
ALTER TABLE shipment ADD COLUMN state TEXT NOT NULL DEFAULT 'shipped';
ALTER TABLE shipment ADD COLUMN error TEXT NOT NULL DEFAULT '';
