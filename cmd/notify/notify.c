/* SPDX-License-Identifier: ISC */
/* souk-notify: mails to customers. */
#include "notify.h"

#include <unistd.h>

static const char schema[] =
#include "cmd/notify/schema.sql.h"
;

static const char *const statements[] = {
	[SHOP_PUT] = "UPDATE shop SET name = ?1, sender = ?2, reply_to = ?3, footer = ?4",
	[SHOP_GET] = "SELECT name, sender, reply_to, footer, salt FROM shop",
	[MAIL_PUT] = "INSERT INTO mail (kind, id, digest, order_id, recipient, sender, message_id, "
		     "message, state, not_before, at) "
		     "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'queued', ?9, ?9) "
		     "ON CONFLICT (kind, id) DO NOTHING",
	[MAIL_GET] = "SELECT digest, state, recipient, sender, message, attempts, at FROM mail "
		     "WHERE kind = ?1 AND id = ?2",
	[MAIL_LIST] = "SELECT kind, id, order_id, message_id, state, attempts, code, reply, at, done_at, "
		      "not_before FROM mail WHERE ?1 = '' OR state = ?1 ORDER BY at, kind, id",
	[MAIL_DUE] = "SELECT kind, id FROM mail WHERE (state = 'queued' OR (?2 AND state = 'unknown')) "
		     "AND not_before <= ?1 AND message <> '' ORDER BY not_before, at, id LIMIT ?3",
	/* Whoever was about to end it has died: the server may have it or not. */
	[MAIL_LOST] = "UPDATE mail SET state = 'unknown', code = 0, "
		      "reply = 'sending it was cut off' WHERE state = 'ending' AND not_before <= ?1",
	[MAIL_AGAIN] = "UPDATE mail SET state = 'queued' WHERE kind = ?1 AND id = ?2 AND state = 'unknown'",
	[MAIL_CLAIM] = "UPDATE mail SET attempts = attempts + 1, not_before = ?4 "
		       "WHERE kind = ?1 AND id = ?2 AND state = 'queued' AND not_before <= ?3",
	/* attempts tells whose claim it is: one that took too long may be another's by now. */
	[MAIL_ENDING] = "UPDATE mail SET state = 'ending' WHERE kind = ?1 AND id = ?2 AND attempts = ?3 "
			"AND state = 'queued'",
	[MAIL_DONE] = "UPDATE mail SET state = ?3, code = ?4, reply = ?5, not_before = ?6, done_at = ?7 "
		      "WHERE kind = ?1 AND id = ?2 AND attempts = ?8 "
		      "AND state IN ('queued', 'ending', 'unknown')",
	[MAIL_LAST] = "SELECT COALESCE(max(rowid), 0) FROM mail",
	/* The key stays: by it the same mail is not sent again. */
	[MAIL_FORGET] = "UPDATE mail SET recipient = '', sender = '', message = '', reply = '' "
			"WHERE rowid BETWEEN ?1 AND ?2 AND state IN ('sent', 'failed', 'unknown') "
			"AND at < ?3 AND message <> ''",
	[SECURELY] = "PRAGMA secure_delete = ON",
};

const struct souk_function notify_function = {
	.name = "notify",
	.summary = "mails to customers about their orders and accounts",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
};

const char *const kinds[] = {
	[CONFIRMATION] = "confirmation", [REJECTION] = "rejection", [ACTION] = "action_required",
	[SHIPMENT] = "shipment", [REFUND] = "refund",
	[VERIFY] = "verify", [RESET] = "reset", [REGISTERED] = "registered",
	[PASSWORD_CHANGED] = "password_changed", [NO_MAIL] = NULL,
};

const char *const states[] = {"any", "queued", "ending", "sent", "failed", "unknown", NULL};

/* Who writes where nothing else is said, as mail(1) has it. */
static struct souk_text default_sender(struct souk_arena *arena)
{
	char host[256] = "";
	struct souk_buffer b = {0};
	struct souk_text sender;

	gethostname(host, sizeof(host) - 1);
	souk_add_format(&b, "souk@%s", host);
	sender = souk_arena_copy(arena, (struct souk_text){b.at, b.len});
	souk_buffer_free(&b);
	return souk_is_email(sender) ? sender : SOUK_TEXT("souk@localhost");
}

bool shop_get(struct souk_store *store, struct souk_arena *arena, const char *from, struct shop *shop)
{
	struct souk_query *q = souk_ask(store, SHOP_GET);

	if (souk_step(q) != SOUK_STEP_ROW)
		return false;
	*shop = (struct shop){
		.name = souk_arena_copy(arena, souk_column_text(q, 0)),
		.sender = souk_arena_copy(arena, souk_column_text(q, 1)),
		.reply_to = souk_arena_copy(arena, souk_column_text(q, 2)),
		.footer = souk_arena_copy(arena, souk_column_text(q, 3)),
		.salt = souk_arena_copy(arena, souk_column_text(q, 4)),
	};
	souk_done(q);
	if (from)
		shop->sender = souk_text_of(from);
	if (!shop->sender.len)
		shop->sender = default_sender(arena);
	return true;
}

void mail_put(struct souk_buffer *out, struct souk_query *row)
{
	souk_put_text(out, "kind", souk_column_text(row, 0));
	souk_put_text(out, "id", souk_column_text(row, 1));
	souk_put_text(out, "order_id", souk_column_text(row, 2));
	souk_put_text(out, "message_id", souk_column_text(row, 3));
	souk_put_text(out, "state", souk_column_text(row, 4));
	souk_put_int(out, "attempts", souk_column_int(row, 5));
	if (souk_column_int(row, 6))
		souk_put_int(out, "code", souk_column_int(row, 6));
	souk_put_some(out, "reply", souk_column_text(row, 7));
	souk_put_time(out, "time", souk_column_int(row, 8));
	if (souk_column_int(row, 9))
		souk_put_time(out, "done", souk_column_int(row, 9));
	else if (souk_column_int(row, 5))
		souk_put_time(out, "next", souk_column_int(row, 10));
}
