/* SPDX-License-Identifier: ISC */
/* Accounts, and who is logged in. */
#include "account.h"

static struct person person_read(struct souk_record *r, struct souk_query *q)
{
	return (struct person){
		.id = souk_record_copy(r, souk_column_text(q, 0)), .email = souk_record_copy(r, souk_column_text(q, 1)),
		.email_key = souk_record_copy(r, souk_column_text(q, 2)), .name = souk_record_copy(r, souk_column_text(q, 3)),
		.language = souk_record_copy(r, souk_column_text(q, 4)), .role = souk_record_copy(r, souk_column_text(q, 5)),
		.password = souk_record_copy(r, souk_column_text(q, 6)),
	};
}

enum souk_step person_find(struct souk_stage *stage, struct souk_record *r, size_t statement,
	struct souk_text key, struct person *person)
{
	struct souk_query *q = souk_ask(stage->store, statement);
	enum souk_step step;

	souk_bind_text(q, 1, key);
	step = souk_step(q);
	if (step == SOUK_STEP_ROW) {
		*person = person_read(r, q);
		souk_done(q);
	}
	return step;
}

void person_put(const struct person *person, struct souk_buffer *out)
{
	souk_put_open(out, "customer", '{');
	souk_put_text(out, "id", person->id);
	souk_put_text(out, "email", person->email);
	souk_put_some(out, "name", person->name);
	souk_put_some(out, "language", person->language);
	souk_put_close(out, '}');
	souk_put_text(out, "role", person->role);
}

void token_make(unsigned char token[TOKEN_BYTES], char text[TOKEN_TEXT])
{
	randombytes_buf(token, TOKEN_BYTES);
	sodium_bin2base64(text, TOKEN_TEXT, token, TOKEN_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool token_parse(struct souk_text text, unsigned char token[TOKEN_BYTES])
{
	size_t len;

	return sodium_base642bin(token, TOKEN_BYTES, text.at, text.len, NULL, &len, NULL,
			sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 && len == TOKEN_BYTES;
}

/* It is as random as a key: there is nothing to guess, and nothing to slow down. */
void token_digest(const unsigned char token[TOKEN_BYTES], unsigned char digest[crypto_generichash_BYTES])
{
	crypto_generichash(digest, crypto_generichash_BYTES, token, TOKEN_BYTES, NULL, 0);
}

/* What is no token is nobody's: browsers send what they like. */
bool session_named(struct souk_record *r, struct session *session)
{
	const struct souk_node *node = souk_find(r, souk_member(r, "session"), "token");
	struct souk_text text;

	if (!node || node->type != SOUK_STRING || !souk_decode(r, node, &text) || !token_parse(text, session->token))
		return false;
	token_digest(session->token, session->digest);
	return true;
}

enum souk_step session_find(struct souk_stage *stage, struct souk_record *r, struct session *session)
{
	struct souk_query *q;
	enum souk_step step;

	if (!session_named(r, session))
		return SOUK_STEP_DONE;
	q = souk_ask(stage->store, SESSION_GET);
	souk_bind_blob(q, 1, session->digest, sizeof(session->digest));
	souk_bind_int(q, 2, souk_now(stage));
	step = souk_step(q);
	if (step != SOUK_STEP_ROW)
		return step;
	session->person = person_read(r, q);
	session->until = souk_column_int(q, 7);
	session->idle = souk_column_int(q, 8);
	session->idle_until = souk_column_int(q, 9);
	souk_done(q);
	return step;
}

enum souk_outcome session_need(struct souk_stage *stage, struct souk_record *r, struct session *session)
{
	switch (session_find(stage, r, session)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_ROW:
		return SOUK_PASS;
	case SOUK_STEP_DONE:
		break;
	}
	return souk_refuse(r, "not_logged_in", "nobody is logged in by this session: it has ended, or never was");
}

void session_put_csrf(const struct session *session, struct souk_buffer *out)
{
	static const unsigned char purpose[] = "csrf";
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	char text[TOKEN_TEXT];

	_Static_assert(sizeof(session->token) == crypto_auth_hmacsha256_KEYBYTES, "the token is the key");
	_Static_assert(sizeof(mac) == TOKEN_BYTES, "it is written as a token is");
	crypto_auth_hmacsha256(mac, purpose, sizeof(purpose) - 1, session->token);
	sodium_bin2base64(text, sizeof(text), mac, sizeof(mac), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	souk_put_string(out, "csrf", text);
}

bool session_drop(struct souk_stage *stage, const struct session *session)
{
	return do_digest(stage, SESSION_DROP, session->digest, sizeof(session->digest));
}

bool sessions_drop(struct souk_stage *stage, struct souk_text account_id, const struct session *kept)
{
	struct souk_query *q = souk_ask(stage->store, SESSION_DROP_OTHERS);

	souk_bind_text(q, 1, account_id);
	souk_bind_blob(q, 2, kept ? kept->digest : (const unsigned char *)"", kept ? sizeof(kept->digest) : 0);
	return souk_do(q);
}
