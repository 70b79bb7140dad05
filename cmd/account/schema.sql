-- SPDX-License-Identifier: ISC
-- version 1
-- email_key: the address as it is compared. role: customer, staff. password: as
-- crypto_pwhash_str() writes it, with its salt and limits.
CREATE TABLE account (
	id TEXT PRIMARY KEY,
	email_key TEXT NOT NULL UNIQUE,
	email TEXT NOT NULL,
	name TEXT NOT NULL,
	language TEXT NOT NULL,
	role TEXT NOT NULL,
	password TEXT NOT NULL,
	created_at INTEGER NOT NULL
) WITHOUT ROWID;
-- Where a customer has things sent. number: the order in which they were added. body: as
-- ship_to takes it, with its id.
CREATE TABLE address (
	account_id TEXT NOT NULL,
	id TEXT NOT NULL,
	number INTEGER NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (account_id, id)
) WITHOUT ROWID;
-- Who is logged in. digest: of the token, which is nowhere stored. until: the end whatever
-- is done; idle_until: the end if nothing is done, which renew moves on by idle seconds.
CREATE TABLE session (
	digest BLOB PRIMARY KEY,
	account_id TEXT NOT NULL,
	until INTEGER NOT NULL,
	idle INTEGER NOT NULL,
	idle_until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_of ON session (account_id);
-- Who has registered and not yet followed the link in the letter.
CREATE TABLE registration (
	id TEXT PRIMARY KEY,
	email_key TEXT NOT NULL,
	email TEXT NOT NULL,
	name TEXT NOT NULL,
	language TEXT NOT NULL,
	password TEXT NOT NULL,
	until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX registration_of ON registration (email_key);
-- Letters to be mailed. about: the id of the registration or account, '' for none. until:
-- as long as what it says is true. attempts: each has a token of its own.
CREATE TABLE letter (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	about TEXT NOT NULL,
	email_key TEXT NOT NULL,
	email TEXT NOT NULL,
	name TEXT NOT NULL,
	language TEXT NOT NULL,
	attempts INTEGER NOT NULL DEFAULT 0,
	done INTEGER NOT NULL DEFAULT 0,
	until INTEGER NOT NULL,
	at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX letter_of ON letter (email_key, at);
CREATE INDEX letter_undone ON letter (at) WHERE done = 0;
-- The tokens in letters, as digests. kind: verify, reset.
CREATE TABLE token (
	digest BLOB PRIMARY KEY,
	kind TEXT NOT NULL,
	about TEXT NOT NULL,
	until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX token_about ON token (about);
-- Passwords that were tried, by digests of who tried them where. event: the id of the last.
CREATE TABLE attempt (
	digest BLOB PRIMARY KEY,
	count INTEGER NOT NULL,
	at INTEGER NOT NULL,
	event TEXT NOT NULL
) WITHOUT ROWID;
-- From where somebody has logged in, by a digest of the address of mail and the client.
CREATE TABLE familiar (
	digest BLOB PRIMARY KEY,
	at INTEGER NOT NULL
) WITHOUT ROWID;
-- What was done, and how it was answered, but for tokens.
CREATE TABLE event (
	verb TEXT NOT NULL,
	id TEXT NOT NULL,
	digest BLOB NOT NULL,
	account_id TEXT NOT NULL,
	answer TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (verb, id)
) WITHOUT ROWID;
CREATE INDEX event_of ON event (account_id);
