/* SPDX-License-Identifier: ISC */
/* souk-account letters: letters to be mailed, each with a token that is made now. */
#include "account.h"

struct letters {
	const char *url;
	int64_t until;
};

/* More wait for the next run. */
enum { MOST_LETTERS = 500 };

/* The page of the shop that the letter leads to; the token stands behind #, which no browser
 * sends on and no server logs. */
static const char *const pages[] = {
	[VERIFY] = "verify", [RESET] = "reset", [REGISTERED] = "login", [PASSWORD_CHANGED] = "reset",
};

static enum letter_kind kind_of(struct souk_text name)
{
	enum letter_kind kind = VERIFY;

	while (kind < PASSWORD_CHANGED && !souk_text_is(name, letter_kinds[kind]))
		kind++;
	return kind;
}

static bool store_token(struct souk_stage *stage, struct souk_query *row, enum letter_kind kind,
	char text[TOKEN_TEXT])
{
	unsigned char token[TOKEN_BYTES], digest[crypto_generichash_BYTES];
	struct souk_query *q = souk_ask(stage->store, TOKEN_PUT);

	token_make(token, text);
	token_digest(token, digest);
	souk_bind_blob(q, 1, digest, sizeof(digest));
	souk_bind_text(q, 2, souk_text_of(letter_kinds[kind]));
	souk_bind_text(q, 3, souk_column_text(row, 2));
	souk_bind_int(q, 4, souk_column_int(row, 7));
	return souk_do(q);
}

/* The id is another for each attempt, as its token is. */
static bool put_letter(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	const struct letters *s = stage->state;
	enum letter_kind kind = kind_of(souk_column_text(row, 1));
	bool leads = kind == VERIFY || kind == RESET;
	char token[TOKEN_TEXT], id[DERIVED_ID + 24], url[600];

	if ((leads && !store_token(stage, row, kind, token)) || !do_text(stage, LETTER_TRY, souk_column_text(row, 0)))
		return false;
	snprintf(id, sizeof(id), "%.*s.%lld", SOUK_ARG(souk_column_text(row, 0)),
		(long long)souk_column_int(row, 6) + 1);
	snprintf(url, sizeof(url), "%s/%s%s%s", s->url, pages[kind], leads ? "#" : "", leads ? token : "");
	souk_put_open(out, NULL, '{');
	souk_put_string(out, "id", id);
	souk_put_open(out, "customer", '{');
	souk_put_text(out, "email", souk_column_text(row, 3));
	souk_put_some(out, "name", souk_column_text(row, 4));
	souk_put_some(out, "language", souk_column_text(row, 5));
	souk_put_close(out, '}');
	souk_put_open(out, "account", '{');
	souk_put_string(out, "letter", letter_kinds[kind]);
	souk_put_string(out, "url", url);
	if (leads)
		souk_put_time(out, "until", souk_column_int(row, 7));
	souk_add_string(out, "}}\n");
	return true;
}

static bool collect(struct souk_stage *stage, struct souk_writer *out)
{
	struct souk_query *q = souk_ask(stage->store, LETTER_DUE);
	enum souk_step step;

	souk_bind_int(q, 1, souk_now(stage));
	souk_bind_int(q, 2, MOST_LETTERS);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		out->lines++;
		if (!put_letter(stage, q, &out->buffer))
			return false;
	}
	return step == SOUK_STEP_DONE;
}

/* Nothing to be mailed is the rule: then nothing is written. */
static bool any(struct souk_stage *stage)
{
	struct souk_query *q = souk_ask(stage->store, LETTER_DUE);
	enum souk_step step;

	souk_bind_int(q, 1, souk_now(stage));
	souk_bind_int(q, 2, 1);
	step = souk_step(q);
	if (step == SOUK_STEP_ROW)
		souk_done(q);
	return step != SOUK_STEP_DONE;
}

/* Repeated as the filter loop does. */
static bool batch(struct souk_stage *stage, struct souk_writer *out)
{
	for (int attempt = 1; attempt <= SOUK_BATCH_ATTEMPTS; attempt++) {
		if (souk_store_begin(stage->store, true) && collect(stage, out) && souk_store_commit(stage->store))
			return true;
		souk_store_rollback(stage->store);
		out->lines = 0;
		out->buffer.len = 0;
		if (!souk_store_retryable(stage->store))
			return false;
	}
	souk_warn("another program made each of %d attempts void: no letter was written", SOUK_BATCH_ATTEMPTS);
	return false;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct letters *s = stage->state;
	struct souk_writer out = {.fd = 1};
	bool done, due;

	(void)operand_count, (void)operands;
	if (!s->url)
		s->url = "http://localhost:8080";
	if (strlen(s->url) > 500)
		souk_die_usage("--url: must be 500 bytes at most");
	if (!souk_store_begin(stage->store, false))
		return SOUK_EXIT_SYSTEM;
	due = any(stage);
	done = souk_store_commit(stage->store) && (!due || batch(stage, &out));
	/* What is not committed is not told. */
	if (done)
		souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

static const struct souk_option options[] = {
	{0, "url", "URL", SOUK_OPTION_TEXT, offsetof(struct letters, url),
		"where the shop is, without a slash (default http://localhost:8080)", 0, 0, NULL, false},
	{0},
};

SOUK_VERB(letters) = {
	.function = &account_function,
	.name = "letters",
	.summary = "write the letters that are to be mailed, for souk-notify",
	.kind = SOUK_SOURCE,
	.effects = SOUK_OWN_STATE,
	.options = options,
	.state_size = sizeof(struct letters),
	.run = run,
};
