/* SPDX-License-Identifier: ISC */
/* souk-invoice credit: a credit note, for what was returned, refunded or cancelled of an
 * invoice. */
#include "credit.h"

struct credit {
	const char *series_option;
	struct souk_text series;
	struct sheet invoice, earlier;   /* what is credited; a credit note of it */
	struct souk_digest digest;
};

static void open(struct souk_stage *stage)
{
	struct credit *s = stage->state;

	s->series = series_of(s->series_option, "C");
}

/* Lines and amount are what souk-return found, else the event's own. */
static bool read_claim(struct souk_record *r, struct claim *c)
{
	const struct souk_node *lines = NULL, *returned = NULL;

	*c = (struct claim){.reason = SOUK_TEXT("")};
	if (!souk_need_id(r, &c->id) || !souk_may_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &c->order_id) ||
	    !souk_may_text(r, NULL, "invoice_number", 1, MAX_NUMBER, &c->number) ||
	    !souk_may_text(r, NULL, "reason", 1, MAX_REASON, &c->reason) ||
	    !souk_may_node(r, NULL, "return", SOUK_OBJECT, &returned) ||
	    (returned && !souk_may_node(r, returned, "lines", SOUK_ARRAY, &lines)) ||
	    (!lines && !souk_may_node(r, NULL, "lines", SOUK_ARRAY, &lines)) ||
	    (returned && !souk_may_int(r, returned, "amount", 0, INT64_MAX, &c->amount)) ||
	    (!c->amount && !souk_may_int(r, NULL, "amount", 1, INT64_MAX, &c->amount)) ||
	    (lines && !wanted_read(r, lines, &c->wanted, &c->wanted_count)))
		return false;
	if (!c->order_id.len && !c->number.len)
		souk_refuse(r, "bad_record", "order_id or invoice_number is needed: what is to be credited");
	return c->order_id.len || c->number.len;
}

static void take_digest(struct souk_digest *d, const struct claim *c, unsigned char *digest)
{
	souk_digest_begin(d);
	souk_digest_text(d, c->order_id);
	souk_digest_text(d, c->number);
	souk_digest_text(d, c->reason);
	souk_digest_int(d, c->amount);
	for (size_t i = 0; i < c->wanted_count; i++) {
		souk_digest_text(d, c->wanted[i].id);
		souk_digest_int(d, c->wanted[i].qty);
	}
	souk_digest_end(d, digest);
}

/* What earlier credit notes of the invoice have. */
static bool read_earlier(struct souk_stage *stage, struct souk_record *r, struct rest *rest)
{
	struct credit *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, INVOICE_CREDITS);
	enum souk_step step;

	rest_begin(rest, r, &s->invoice.paper);
	souk_bind_text(q, 1, s->invoice.paper.number);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		if (!sheet_load(&s->earlier, souk_column_text(q, 0))) {
			souk_done(q);
			return false;
		}
		rest_take(rest, &s->earlier.paper);
	}
	return step == SOUK_STEP_DONE;
}

/* Of an order's invoices the first that has all that is claimed; of one that is named,
 * itself. SOUK_ANSWER: `paper` is what to issue, and s->invoice what it credits. */
static enum souk_outcome compose(struct souk_stage *stage, struct souk_record *r, const struct claim *c,
	struct paper *paper)
{
	struct credit *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, c->number.len ? INVOICE_BY_NUMBER : INVOICE_OF_ORDER);
	enum souk_outcome outcome = souk_refuse(r, "unknown_invoice", "there is no such invoice");
	enum souk_step step;
	bool told = false;

	souk_bind_text(q, 1, c->number.len ? c->number : c->order_id);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct rest rest;

		if (!sheet_load(&s->invoice, souk_column_text(q, 0)) || !read_earlier(stage, r, &rest)) {
			outcome = SOUK_FAILED;
			break;
		}
		/* Why one that has the lines can't be credited tells more than that another has none. */
		if (told && !claim_concerns(c, &s->invoice.paper))
			continue;
		told = claim_concerns(c, &s->invoice.paper);
		outcome = claim_check(r, c, &rest);
		if (outcome == SOUK_ANSWER)
			outcome = claim_fill(r, c, &rest, paper);
		if (outcome == SOUK_ANSWER)
			break;
	}
	if (step == SOUK_STEP_ROW)
		souk_done(q);
	return step == SOUK_STEP_FAILED ? SOUK_FAILED : outcome;
}

/* "All that is left" of an order with several invoices would be a guess. */
static enum souk_outcome check_clear(struct souk_stage *stage, struct souk_record *r,
	const struct claim *c)
{
	struct souk_query *q = souk_ask(stage->store, INVOICE_OF_ORDER);
	enum souk_step step;
	size_t count = 0;

	if (c->number.len || c->amount || c->wanted_count)
		return SOUK_ANSWER;
	souk_bind_text(q, 1, c->order_id);
	while ((step = souk_step(q)) == SOUK_STEP_ROW)
		count++;
	if (step == SOUK_STEP_FAILED)
		return SOUK_FAILED;
	return count <= 1 ? SOUK_ANSWER
		: souk_refuse(r, "which_invoice", "order %.*s has %zu invoices: say which by invoice_number, or "
			"what by lines or amount", SOUK_ARG(c->order_id), count);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct credit *s = stage->state;
	unsigned char digest[SOUK_DIGEST_BYTES];
	enum souk_outcome outcome;
	struct paper paper;
	struct claim claim;
	bool same;

	if (!read_claim(r, &claim))
		return SOUK_REFUSED;
	take_digest(&s->digest, &claim, digest);
	switch (book_seen(stage, r, "credit", claim.id, digest, &same)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_ROW:
		return same ? SOUK_ANSWER : souk_refuse(r, "id_conflict", "this id was credited otherwise");
	case SOUK_STEP_DONE:
		break;
	}
	outcome = check_clear(stage, r, &claim);
	if (outcome == SOUK_ANSWER)
		outcome = compose(stage, r, &claim, &paper);
	if (outcome != SOUK_ANSWER)
		return outcome;
	r->error.len = 0; /* of invoices that did not have it */
	paper.at = souk_now(stage);
	return book_enter(stage, r, "credit", claim.id, digest, s->series, &paper) ? SOUK_ANSWER : SOUK_FAILED;
}

static void close(struct souk_stage *stage)
{
	struct credit *s = stage->state;

	sheet_free(&s->invoice);
	sheet_free(&s->earlier);
	souk_buffer_free(&s->digest.values);
}

static const struct souk_option options[] = {
	{0, "series", "NAME", SOUK_OPTION_TEXT, offsetof(struct credit, series_option),
		"number in this series (default C)", 0, 0, NULL, false},
	{0},
};

static const char *const reads[] = {"id", "order_id?", "invoice_number?", "lines?", "amount?",
	"return?", "reason?", NULL};

SOUK_VERB(credit) = {
	.function = &invoice_function,
	.name = "credit",
	.summary = "issue a credit note for what was returned, refunded or cancelled",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct credit),
	.open = open,
	.map = map,
	.close = close,
};
