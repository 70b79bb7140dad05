/* SPDX-License-Identifier: ISC */
/* souk-notify send: writes to the customer what has become of the order. */
#include "notify.h"

struct send {
	struct outbox outbox;
	const char *from, *folder;
	struct templates templates;
	struct shop shop;
	struct letter letter;
	struct souk_digest digest;
	struct souk_buffer message;
};

static void open(struct souk_stage *stage)
{
	struct send *s = stage->state;

	outbox_open(&s->outbox);
	if (s->from && !souk_is_email(souk_text_of(s->from)))
		souk_die_usage("--from: %s: must be an address such as orders@shop.example", s->from);
	templates_open(&s->templates, s->folder);
}

static bool begin(struct souk_stage *stage)
{
	struct send *s = stage->state;

	outbox_begin(&s->outbox);
	return shop_get(stage->store, &s->outbox.arena, s->from, &s->shop);
}

/* The same for the same mail, whenever it is written, and another for each shop: what
 * tells whoever gets it twice that it is one. */
static struct souk_text make_message_id(struct send *s, const struct notice *n, char id[], size_t size)
{
	const char *domain = memchr(s->shop.sender.at, '@', s->shop.sender.len);
	unsigned char digest[SOUK_DIGEST_BYTES];

	souk_digest_begin(&s->digest);
	souk_digest_text(&s->digest, s->shop.salt);
	souk_digest_text(&s->digest, SOUK_TEXT("notify"));
	souk_digest_text(&s->digest, souk_text_of(kinds[n->kind]));
	souk_digest_text(&s->digest, n->id);
	souk_digest_end(&s->digest, digest);
	sodium_bin2hex(id, size, digest, sizeof(digest));
	snprintf(id + 2 * sizeof(digest), size - 2 * sizeof(digest), "%.*s",
		(int)(s->shop.sender.at + s->shop.sender.len - domain), domain);
	return souk_text_of(id);
}

static bool store(struct souk_stage *stage, struct souk_record *r, const struct notice *n,
	const unsigned char *digest)
{
	struct send *s = stage->state;
	char id[2 * SOUK_DIGEST_BYTES + MAX_ADDRESS + 1];
	struct mail mail = {.message_id = make_message_id(s, n, id, sizeof(id)), .to = n->to,
		.to_name = n->name, .at = souk_now(stage), .letter = &s->letter};
	const struct template *template = templates_find(&s->templates, n->kind, n->language);
	struct souk_query *q = souk_ask(stage->store, MAIL_PUT);

	if (template)
		template_write(&s->letter, r, n, template, &s->shop);
	s->message.len = 0;
	mime_write(&s->message, &mail, &s->shop);
	souk_bind_text(q, 1, souk_text_of(kinds[n->kind]));
	souk_bind_text(q, 2, n->id);
	souk_bind_blob(q, 3, digest, SOUK_DIGEST_BYTES);
	souk_bind_text(q, 4, n->order_id);
	souk_bind_text(q, 5, n->to);
	souk_bind_text(q, 6, s->shop.sender);
	souk_bind_text(q, 7, mail.message_id);
	souk_bind_text(q, 8, (struct souk_text){s->message.at, s->message.len});
	souk_bind_int(q, 9, mail.at);
	return souk_do(q);
}

/* Reads the record and writes the letter, in our words: by them the same mail is known again,
 * whatever templates the shop has by then. NO_MAIL in n->kind: there is none. False if
 * refused. */
static bool compose(struct send *s, struct souk_record *r, struct notice *n, unsigned char *digest)
{
	if (!notice_read(r, n))
		return false;
	if (n->kind == NO_MAIL || !souk_is_email(n->to))
		return true;
	letter_write(&s->letter, r, n);
	souk_digest_begin(&s->digest);
	souk_digest_text(&s->digest, n->order_id);
	souk_digest_text(&s->digest, n->to);
	souk_digest_text(&s->digest, (struct souk_text){s->letter.subject.at, s->letter.subject.len});
	souk_digest_text(&s->digest, (struct souk_text){s->letter.text.at, s->letter.text.len});
	souk_digest_end(&s->digest, digest);
	return true;
}

/* The same record twice in a batch: both are answered when the mail has been tried. */
static bool in_batch(const struct send *s, const struct notice *n)
{
	for (size_t i = 0; i < s->outbox.count; i++)
		if (souk_text_equal(s->outbox.keys[i].id, n->id) &&
		    souk_text_is(s->outbox.keys[i].kind, kinds[n->kind]))
			return true;
	return false;
}

static enum souk_intent intend(struct souk_stage *stage, struct souk_record *r)
{
	struct send *s = stage->state;
	unsigned char digest[SOUK_DIGEST_BYTES];
	struct notice n;

	/* What is refused is so in map again, which says why. */
	if (!compose(s, r, &n, digest) || n.kind == NO_MAIL || !souk_is_email(n.to))
		return SOUK_INTENT_ANSWERED;
	if (!store(stage, r, &n, digest))
		return SOUK_INTENT_FAILED;
	if (!s->outbox.smtp)
		return SOUK_INTENT_ANSWERED;
	if (!souk_store_changes(stage->store))
		return in_batch(s, &n) ? SOUK_INTENT_CALL : SOUK_INTENT_ANSWERED;
	outbox_add(&s->outbox, souk_text_of(kinds[n.kind]), n.id);
	return SOUK_INTENT_CALL;
}

static bool call(struct souk_stage *stage)
{
	struct send *s = stage->state;

	return outbox_send(&s->outbox, stage);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct send *s = stage->state;
	unsigned char digest[SOUK_DIGEST_BYTES];
	enum souk_outcome outcome = SOUK_ANSWER;
	struct souk_query *q;
	struct notice n;

	r->error.len = 0;
	if (!compose(s, r, &n, digest))
		return SOUK_REFUSED;
	souk_put_open(&r->answer, NULL, '{');
	if (n.kind != NO_MAIL)
		souk_put_string(&r->answer, "kind", kinds[n.kind]);
	if (n.kind == NO_MAIL || !souk_is_email(n.to)) {
		souk_put_string(&r->answer, "state", "none");
		if (n.kind != NO_MAIL)
			souk_put_string(&r->answer, "reason", n.to.len ? "bad_address" : "no_address");
		souk_put_close(&r->answer, '}');
		return SOUK_ANSWER;
	}
	q = souk_ask(stage->store, MAIL_GET);
	souk_bind_text(q, 1, souk_text_of(kinds[n.kind]));
	souk_bind_text(q, 2, n.id);
	if (souk_step(q) != SOUK_STEP_ROW)
		return SOUK_FAILED;
	if (souk_digest_is(souk_column_text(q, 0), digest)) {
		/* What may happen to it yet is not for this record to wait for. */
		souk_put_text(&r->answer, "state", souk_column_text(q, 1));
		souk_put_close(&r->answer, '}');
	} else {
		r->answer.len = 0;
		outcome = souk_refuse(r, "id_conflict", "another %s was mailed for this id", kinds[n.kind]);
	}
	souk_done(q);
	return outcome;
}

static void close(struct souk_stage *stage)
{
	struct send *s = stage->state;

	outbox_close(&s->outbox);
	letter_free(&s->letter);
	templates_close(&s->templates);
	souk_buffer_free(&s->digest.values);
	souk_buffer_free(&s->message);
}

static const struct souk_option options[] = {
	{0, "from", "ADDRESS", SOUK_OPTION_TEXT, offsetof(struct send, from),
		"who writes (default: what put says, or souk@ this host)", 0, 0, NULL, false},
	{0, "templates", "FOLDER", SOUK_OPTION_TEXT, offsetof(struct send, folder),
		"the shop's own words: KIND.txt, KIND.html, LANGUAGE/KIND.txt", 0, 0, NULL, false},
	OUTBOX_OPTIONS(struct send, outbox),
	{0},
};

SOUK_VERB(send_verb) = {
	.function = &notify_function,
	.name = "send",
	.summary = "mail the customer what has become of the order, once",
	.kind = SOUK_FILTER,
	.effects = SOUK_EXTERNAL,
	.acts_on = SOUK_ON_FAILED | SOUK_ON_WAITING,
	.reads = notice_reads,
	.options = options,
	.state_size = sizeof(struct send),
	.open = open,
	.begin = begin,
	.intend = intend,
	.call = call,
	.map = map,
	.close = close,
};
