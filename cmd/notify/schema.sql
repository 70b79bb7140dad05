-- SPDX-License-Identifier: ISC
-- version 1
-- Who writes: one row. salt: makes the Message-IDs of this shop its own; it stays.
CREATE TABLE shop (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	name TEXT NOT NULL,
	sender TEXT NOT NULL,
	reply_to TEXT NOT NULL,
	footer TEXT NOT NULL,
	salt TEXT NOT NULL
);
INSERT INTO shop VALUES (1, '', '', '', '', lower(hex(randomblob(16))));
-- The outbox: each mail as it goes out, stored before anything is sent.
-- state: queued (the server has not accepted it), ending (it was about to be told
-- that the mail is complete), sent, failed, unknown (the answer to that was lost).
-- not_before: when it may be tried (again); of one that is being tried, when
-- whoever tries it must be dead. code, reply: the server's last.
CREATE TABLE mail (
	kind TEXT NOT NULL,
	id TEXT NOT NULL,
	digest BLOB NOT NULL,
	order_id TEXT NOT NULL,
	recipient TEXT NOT NULL,
	sender TEXT NOT NULL,
	message_id TEXT NOT NULL,
	message TEXT NOT NULL,
	state TEXT NOT NULL,
	attempts INTEGER NOT NULL DEFAULT 0,
	not_before INTEGER NOT NULL,
	code INTEGER NOT NULL DEFAULT 0,
	reply TEXT NOT NULL DEFAULT '',
	at INTEGER NOT NULL,
	done_at INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (kind, id)
);
CREATE INDEX mail_undone ON mail (not_before) WHERE state IN ('queued', 'ending', 'unknown');
