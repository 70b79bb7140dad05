/* SPDX-License-Identifier: ISC */
/* souk-order erase: takes a customer's personal data out of what is stored, but for what
 * invoices must keep. */
#include "scrub.h"

struct erase {
	struct souk_digest digest;
	struct scrubber scrubber;
	int64_t orders, cancellations, left;
	bool rewrite;
};

static void open(struct souk_stage *stage)
{
	struct erase *s = stage->state;

	scrub_open(&s->scrubber);
}

/* The database overwrites what it frees: elsewhere that would cost too much. */
static bool begin(struct souk_stage *stage)
{
	struct souk_query *q = souk_ask(stage->store, SECURELY);
	enum souk_step step = souk_step(q);

	if (step == SOUK_STEP_ROW)
		souk_done(q);
	return step != SOUK_STEP_FAILED;
}

/* Counts in `count` if there was something to take out. */
static bool erase(struct souk_stage *stage, size_t statement, int64_t seq, struct souk_text record,
	int64_t *count)
{
	struct erase *s = stage->state;
	struct souk_query *q;
	struct souk_text scrubbed;

	if (!scrub(&s->scrubber, record)) {
		souk_warn("record number %lld is damaged: %s", (long long)seq, s->scrubber.record.fault);
		return false;
	}
	scrubbed = (struct souk_text){s->scrubber.scrubbed.at, s->scrubber.scrubbed.len};
	if (souk_text_equal(scrubbed, record))
		return true;
	++*count;
	q = souk_ask(stage->store, statement);
	souk_bind_int(q, 1, seq);
	souk_bind_text(q, 2, scrubbed);
	return souk_do(q);
}

/* Orders that are not closed are left: recovery still needs all of them. */
static bool erase_customer(struct souk_stage *stage, struct souk_text customer)
{
	struct souk_query *q = souk_ask(stage->store, ORDERS_OF);
	struct erase *s = stage->state;
	enum souk_step step;

	souk_bind_text(q, 1, customer);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		if (!souk_column_int(q, 1))
			s->left++;
		else if (!erase(stage, BODY_SET, souk_column_int(q, 0), souk_column_text(q, 2), &s->orders))
			return false;
	}
	if (step == SOUK_STEP_FAILED)
		return false;
	q = souk_ask(stage->store, CANCELS_OF);
	souk_bind_text(q, 1, customer);
	while ((step = souk_step(q)) == SOUK_STEP_ROW)
		if (!erase(stage, CANCEL_SET, souk_column_int(q, 0), souk_column_text(q, 1),
		    &s->cancellations))
			return false;
	return step == SOUK_STEP_DONE;
}

static enum souk_outcome erase_order(struct souk_stage *stage, struct souk_record *r,
	struct souk_text order_id)
{
	struct erase *s = stage->state;
	struct order_row row;
	enum souk_outcome outcome;
	struct souk_query *q;
	bool done;

	outcome = order_need(stage, r, order_id, &q);
	if (outcome != SOUK_ANSWER)
		return outcome;
	row = order_row_read(q);
	souk_done(q);
	if (!row.closed)
		return souk_refuse(r, "not_closed", "order %.*s is not closed: it has to be finished first",
			SOUK_ARG(order_id));
	q = souk_ask(stage->store, BODY_GET);
	souk_bind_int(q, 1, row.seq);
	done = souk_step(q) == SOUK_STEP_ROW &&
		erase(stage, BODY_SET, row.seq, souk_column_text(q, 0), &s->orders);
	souk_done(q);
	return done ? SOUK_ANSWER : SOUK_FAILED;
}

/* The same erasure again: what it did. SOUK_PASS if it is new. */
static enum souk_outcome again(struct souk_stage *stage, struct souk_record *r, struct souk_text id,
	const unsigned char *digest)
{
	struct souk_query *q = souk_ask(stage->store, ERASURE_GET);
	enum souk_outcome outcome;

	souk_bind_text(q, 1, id);
	outcome = souk_answer_again(r, q, digest);
	return outcome == SOUK_REFUSED ? souk_refuse(r, "id_conflict", "another erasure has this id") : outcome;
}

static enum souk_outcome answer(struct souk_stage *stage, struct souk_record *r,
	struct souk_text id, const unsigned char *digest)
{
	struct souk_query *q = souk_ask(stage->store, ERASURE_PUT);
	struct erase *s = stage->state;

	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "erased");
	souk_put_int(&r->answer, "orders", s->orders);
	souk_put_int(&r->answer, "cancellations", s->cancellations);
	souk_put_int(&r->answer, "left", s->left);
	souk_put_close(&r->answer, '}');
	souk_bind_text(q, 1, id);
	souk_bind_blob(q, 2, digest, SOUK_DIGEST_BYTES);
	souk_bind_text(q, 3, (struct souk_text){r->answer.at, r->answer.len});
	souk_bind_int(q, 4, souk_now(stage));
	return souk_do(q) ? SOUK_ANSWER : SOUK_FAILED;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_text id, customer = SOUK_TEXT(""), order_id = SOUK_TEXT("");
	unsigned char digest[SOUK_DIGEST_BYTES];
	struct erase *s = stage->state;
	enum souk_outcome outcome;

	if (!souk_need_id(r, &id) || !souk_may_text(r, NULL, "customer_id", 1, SOUK_MAX_ID, &customer) ||
	    !souk_may_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &order_id))
		return SOUK_REFUSED;
	if (!customer.len == !order_id.len)
		return souk_refuse(r, "bad_record", "either customer_id or order_id must say whose data goes");
	souk_digest_begin(&s->digest);
	souk_digest_text(&s->digest, customer);
	souk_digest_text(&s->digest, order_id);
	souk_digest_end(&s->digest, digest);
	outcome = again(stage, r, id, digest);
	if (outcome != SOUK_PASS)
		return outcome;
	s->orders = s->cancellations = s->left = 0;
	if (customer.len)
		outcome = erase_customer(stage, customer) ? SOUK_ANSWER : SOUK_FAILED;
	else
		outcome = erase_order(stage, r, order_id);
	return outcome == SOUK_ANSWER ? answer(stage, r, id, digest) : outcome;
}

static void close(struct souk_stage *stage)
{
	struct erase *s = stage->state;

	if (s->rewrite && !souk_do(souk_ask(stage->store, REWRITE)))
		souk_die("what was erased is not yet overwritten everywhere");
	souk_buffer_free(&s->digest.values);
	scrub_close(&s->scrubber);
}

static const char *const reads[] = {"id", "customer_id?", "order_id?", NULL};

static const struct souk_option options[] = {
	{0, "rewrite", NULL, SOUK_OPTION_FLAG, offsetof(struct erase, rewrite),
		"at the end, write the database anew: nothing stays between its rows", 0, 0, NULL, false},
	{0},
};

SOUK_VERB(erase_verb) = {
	.function = &order_function,
	.name = "erase",
	.summary = "take personal data out of what is stored of a customer or an order",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct erase),
	.open = open,
	.begin = begin,
	.map = map,
	.close = close,
};
