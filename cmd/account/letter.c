/* SPDX-License-Identifier: ISC */
/* Letters to be mailed, and the tokens in them. */
#include "account.h"

const char *const letter_kinds[] = {
	[VERIFY] = "verify", [RESET] = "reset", [REGISTERED] = "registered", [PASSWORD_CHANGED] = "password_changed",
};

/* Nobody's mailbox is filled from here: so many of a kind an hour. */
enum { MOST_LETTERS = 5, HOUR = 3600 };

bool letter_put(struct souk_stage *stage, struct souk_text event, const struct letter *l, bool *stored)
{
	struct souk_query *q = souk_ask(stage->store, LETTER_COUNT);
	char id[DERIVED_ID];
	bool many;

	souk_bind_text(q, 1, l->email.key);
	souk_bind_int(q, 2, souk_now(stage) - HOUR);
	souk_bind_text(q, 3, souk_text_of(letter_kinds[l->kind]));
	if (souk_step(q) != SOUK_STEP_ROW)
		return false;
	many = souk_column_int(q, 0) >= MOST_LETTERS && l->kind != PASSWORD_CHANGED;
	souk_done(q);
	if (stored)
		*stored = !many;
	if (many)
		return true;
	derive_id(stage, 'l', event, id);
	q = souk_ask(stage->store, LETTER_PUT);
	bind_texts(q, 7, (struct souk_text[]){souk_text_of(id), souk_text_of(letter_kinds[l->kind]), l->about,
		l->email.key, l->email.as_given, l->name, l->language});
	souk_bind_int(q, 8, l->until);
	souk_bind_int(q, 9, souk_now(stage));
	return souk_do(q);
}

/* Digests the token that the request brings; false if it brings none. */
static bool read_token(struct souk_record *r, const struct souk_node *request,
	unsigned char digest[crypto_generichash_BYTES])
{
	const struct souk_node *node = souk_find(r, request, "token");
	unsigned char token[TOKEN_BYTES];
	struct souk_text text;

	if (!node || node->type != SOUK_STRING || !souk_decode(r, node, &text) || !token_parse(text, token))
		return false;
	token_digest(token, digest);
	return true;
}

static enum souk_outcome refuse_token(struct souk_record *r)
{
	return souk_refuse(r, "bad_token", "this link has been used, is too old, or never was: ask for a new one");
}

bool letter_token_read(struct souk_stage *stage, struct souk_record *r, const struct souk_node *request)
{
	struct event *e = stage->state;
	unsigned char digest[crypto_generichash_BYTES];

	if (read_token(r, request, digest)) {
		souk_digest_text(&e->digest, (struct souk_text){(char *)digest, sizeof(digest)});
		return true;
	}
	refuse_token(r);
	return false;
}

enum souk_outcome letter_token(struct souk_stage *stage, struct souk_record *r, const struct souk_node *request,
	enum letter_kind kind, struct souk_text *about)
{
	unsigned char digest[crypto_generichash_BYTES];
	struct souk_query *q;

	if (!read_token(r, request, digest))
		return refuse_token(r);
	q = souk_ask(stage->store, TOKEN_GET);
	souk_bind_blob(q, 1, digest, sizeof(digest));
	souk_bind_text(q, 2, souk_text_of(letter_kinds[kind]));
	souk_bind_int(q, 3, souk_now(stage));
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return refuse_token(r);
	case SOUK_STEP_ROW:
		break;
	}
	*about = souk_record_copy(r, souk_column_text(q, 0));
	souk_done(q);
	return SOUK_PASS;
}

bool letter_tokens_drop(struct souk_stage *stage, struct souk_text about)
{
	return do_text(stage, TOKEN_DROP, about);
}
