/* SPDX-License-Identifier: ISC */
/* souk-account: who customers are, and that it is they. */
#include "account.h"

static const char schema[] =
#include "cmd/account/schema.sql.h"
;

#define PERSON "account.id, email, email_key, name, language, role, password"

static const char *const statements[] = {
	[ACCOUNT_PUT] = "INSERT INTO account (id, email_key, email, name, language, role, password, created_at) "
			"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[ACCOUNT_BY_EMAIL] = "SELECT " PERSON " FROM account WHERE email_key = ?1",
	[ACCOUNT_BY_ID] = "SELECT " PERSON " FROM account WHERE id = ?1",
	[ACCOUNT_SET] = "UPDATE account SET email = ?2, name = ?3, language = ?4, role = ?5, password = ?6 "
			"WHERE id = ?1",
	[ACCOUNT_REHASH] = "UPDATE account SET password = ?2 WHERE id = ?1",
	[ACCOUNT_DROP] = "DELETE FROM account WHERE id = ?1",
	[ACCOUNT_LIST] = "SELECT id, email, name, language, role, created_at FROM account "
			 "WHERE (?1 = '' OR id = ?1) ORDER BY id",
	/* Another of the same id takes its place. */
	[ADDRESS_PUT] = "INSERT INTO address (account_id, id, number, body) SELECT ?1, ?2, "
			"(SELECT COALESCE(MAX(number), 0) + 1 FROM address WHERE account_id = ?1), ?3 WHERE 1 = 1 "
			"ON CONFLICT (account_id, id) DO UPDATE SET body = excluded.body",
	[ADDRESS_LIST] = "SELECT body FROM address WHERE account_id = ?1 ORDER BY number",
	[ADDRESS_COUNT] = "SELECT COUNT(*) FROM address WHERE account_id = ?1 AND id <> ?2",
	[ADDRESS_DROP] = "DELETE FROM address WHERE account_id = ?1 AND id = ?2",
	[ADDRESS_DROP_ALL] = "DELETE FROM address WHERE account_id = ?1",
	[SESSION_PUT] = "INSERT INTO session (digest, account_id, until, idle, idle_until) "
			"VALUES (?1, ?2, ?3, ?4, ?5)",
	[SESSION_GET] = "SELECT " PERSON ", until, idle, idle_until FROM session "
			"JOIN account ON account.id = session.account_id "
			"WHERE session.digest = ?1 AND until > ?2 AND idle_until > ?2",
	[SESSION_RENEW] = "UPDATE session SET idle_until = ?2 WHERE digest = ?1 AND idle_until < ?2",
	[SESSION_DROP] = "DELETE FROM session WHERE digest = ?1",
	[SESSION_DROP_OTHERS] = "DELETE FROM session WHERE account_id = ?1 AND digest <> ?2",
	[SESSION_EXPIRE] = "DELETE FROM session WHERE until <= ?1 OR idle_until <= ?1",
	[REGISTRATION_PUT] = "INSERT INTO registration (id, email_key, email, name, language, password, until) "
			     "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[REGISTRATION_GET] = "SELECT email, email_key, name, language, password FROM registration "
			     "WHERE id = ?1 AND until > ?2",
	[REGISTRATION_DROP] = "DELETE FROM registration WHERE email_key = ?1",
	[REGISTRATION_EXPIRE] = "DELETE FROM registration WHERE until <= ?1",
	[LETTER_PUT] = "INSERT INTO letter (id, kind, about, email_key, email, name, language, until, at) "
		       "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO NOTHING",
	[LETTER_COUNT] = "SELECT COUNT(*) FROM letter WHERE email_key = ?1 AND at > ?2 AND kind = ?3",
	[LETTER_DUE] = "SELECT id, kind, about, email, name, language, attempts, until FROM letter "
		       "WHERE done = 0 AND until > ?1 ORDER BY at, id LIMIT ?2",
	[LETTER_TRY] = "UPDATE letter SET attempts = attempts + 1 WHERE id = ?1",
	/* What it said is not needed any more, but that it was sent. */
	[LETTER_DONE] = "UPDATE letter SET done = 1, email = '', name = '' WHERE id = ?1",
	[LETTER_DROP] = "DELETE FROM letter WHERE email_key = ?1",
	[LETTER_EXPIRE] = "DELETE FROM letter WHERE until <= ?1 AND at <= ?1 - 86400",
	[TOKEN_PUT] = "INSERT INTO token (digest, kind, about, until) VALUES (?1, ?2, ?3, ?4)",
	[TOKEN_GET] = "SELECT about FROM token WHERE digest = ?1 AND kind = ?2 AND until > ?3",
	[TOKEN_DROP] = "DELETE FROM token WHERE about = ?1",
	[TOKEN_DROP_OF] = "DELETE FROM token WHERE about IN (SELECT id FROM registration WHERE email_key = ?1)",
	[TOKEN_EXPIRE] = "DELETE FROM token WHERE until <= ?1",
	[ATTEMPT_GET] = "SELECT count, at, event FROM attempt WHERE digest = ?1",
	[ATTEMPT_PUT] = "INSERT INTO attempt (digest, count, at, event) VALUES (?1, ?2, ?3, ?4) "
			"ON CONFLICT (digest) DO UPDATE SET count = excluded.count, at = excluded.at, "
			"event = excluded.event",
	[ATTEMPT_DROP] = "DELETE FROM attempt WHERE digest = ?1",
	[ATTEMPT_LESS] = "UPDATE attempt SET count = count - 1 WHERE digest = ?1 AND count > 0",
	[ATTEMPT_EXPIRE] = "DELETE FROM attempt WHERE at <= ?1 - 86400",
	[FAMILIAR_GET] = "SELECT 1 FROM familiar WHERE digest = ?1 AND at > ?2",
	[FAMILIAR_PUT] = "INSERT INTO familiar (digest, at) VALUES (?1, ?2) "
			 "ON CONFLICT (digest) DO UPDATE SET at = excluded.at",
	[FAMILIAR_EXPIRE] = "DELETE FROM familiar WHERE at <= ?1",
	[EVENT_GET] = "SELECT digest, answer FROM event WHERE verb = ?1 AND id = ?2",
	[EVENT_PUT] = "INSERT INTO event (verb, id, digest, account_id, answer, at) "
		      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[EVENT_DROP_OF] = "DELETE FROM event WHERE account_id = ?1",
	[EVENT_EXPIRE] = "DELETE FROM event WHERE at <= ?1",
	[SECURELY] = "PRAGMA secure_delete = ON",
};

const struct souk_function account_function = {
	.name = "account",
	.summary = "who customers are, and that it is they",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
};

const char *const roles[] = {[CUSTOMER] = "customer", [STAFF] = "staff", NULL};

void bind_texts(struct souk_query *q, size_t count, const struct souk_text *texts)
{
	for (size_t i = 0; i < count; i++)
		souk_bind_text(q, (int)i + 1, texts[i]);
}

bool do_text(struct souk_stage *stage, size_t statement, struct souk_text text)
{
	struct souk_query *q = souk_ask(stage->store, statement);

	souk_bind_text(q, 1, text);
	return souk_do(q);
}

bool do_digest(struct souk_stage *stage, size_t statement, const void *digest, size_t len)
{
	struct souk_query *q = souk_ask(stage->store, statement);

	souk_bind_blob(q, 1, digest, len);
	return souk_do(q);
}
