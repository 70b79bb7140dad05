/* SPDX-License-Identifier: ISC */
/* souk-invoice credit: a credit note, for what was returned, refunded or cancelled of an
 * invoice. */
#include "credit.h"

struct credit {
	const char *series_option;
	bool if_any;
	struct souk_text series;
	struct sources invoices;
	struct souk_digest digest;
};

static void open(struct souk_stage *stage)
{
	struct credit *s = stage->state;

	s->series = series_of(s->series_option, "C");
}

/* Of a return: what it gives back for which lines. */
static bool read_return(struct souk_record *r, const struct souk_node *returned, struct claim *c)
{
	const struct souk_node *lines;
	struct souk_text state;

	if (!souk_need_text(r, returned, "state", 1, 64, &state) ||
	    !souk_need_node(r, returned, "lines", SOUK_ARRAY, &lines))
		return false;
	if (!souk_text_is(state, "refunded")) {
		souk_refuse(r, "bad_record", "the return is %.*s: souk-return refund has to run before",
			SOUK_ARG(state));
		return false;
	}
	return souk_need_int(r, returned, "amount", 0, INT64_MAX, &c->amount) &&
		wanted_read(r, lines, true, &c->wanted, &c->wanted_count);
}

static bool read_claim(struct souk_record *r, struct claim *c)
{
	const struct souk_node *lines = NULL, *returned = NULL;
	struct souk_text event = SOUK_TEXT("");

	*c = (struct claim){.reason = SOUK_TEXT("")};
	if (!souk_need_id(r, &c->id) || !souk_may_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &c->order_id) ||
	    !souk_may_text(r, NULL, "invoice_number", 1, MAX_NUMBER, &c->number) ||
	    !souk_may_text(r, NULL, "reason", 1, MAX_REASON, &c->reason) ||
	    !souk_may_text(r, NULL, "event", 1, 64, &event) ||
	    !souk_may_node(r, NULL, "return", SOUK_OBJECT, &returned) ||
	    !souk_may_node(r, NULL, "lines", SOUK_ARRAY, &lines))
		return false;
	if (returned ? !read_return(r, returned, c) : (!souk_may_int(r, NULL, "amount", 1, INT64_MAX,
		&c->amount) || (lines && !wanted_read(r, lines, false, &c->wanted, &c->wanted_count))))
		return false;
	c->none = returned && !c->amount;
	c->whole = souk_text_is(event, "cancel");
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
		souk_digest_int(d, c->wanted[i].amount);
	}
	souk_digest_end(d, digest);
}

static enum souk_outcome check_sources(struct souk_record *r, const struct claim *c,
	const struct source *sources)
{
	const struct paper *invoice;

	if (!sources)
		return souk_refuse(r, "unknown_invoice", "there is no such invoice");
	invoice = &sources->sheet.paper;
	if (invoice->of.len)
		return souk_refuse(r, "unknown_invoice", "%.*s is a credit note", SOUK_ARG(invoice->number));
	if (c->order_id.len && !souk_text_equal(c->order_id, invoice->order_id))
		return souk_refuse(r, "unknown_invoice", "%.*s is an invoice for another order",
			SOUK_ARG(invoice->number));
	return SOUK_ANSWER;
}

/* A note for each invoice that has a part; with `enter` they are stored. An amount beside lines
 * is what all notes come to. */
static enum souk_outcome issue(struct souk_stage *stage, struct souk_record *r, const struct claim *c,
	const unsigned char *digest, bool enter)
{
	const struct credit *s = stage->state;
	enum souk_outcome outcome = SOUK_ANSWER;
	int64_t sum = 0;
	size_t count = 0;

	for (struct source *source = s->invoices.first; source; source = source->next) {
		struct claim part = source->part;
		struct paper paper;

		if (!source->takes_part)
			continue;
		if (c->wanted_count && part.amount && part.amount <= sum)
			return claim_refuse_over(r, source->sheet.paper.number, source->rest.total);
		part.amount -= c->wanted_count && part.amount ? sum : 0;
		outcome = claim_fill(r, &part, &source->rest, &paper);
		if (outcome != SOUK_ANSWER)
			return outcome;
		sum += paper.total;
		paper.at = souk_now(stage);
		if (enter && !notes_enter(stage, r, c->id, digest, s->series, count++, &paper))
			return SOUK_FAILED;
	}
	return outcome;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct credit *s = stage->state;
	unsigned char digest[SOUK_DIGEST_BYTES];
	enum souk_outcome outcome;
	struct claim claim;
	bool same, none = false;

	if (!read_claim(r, &claim))
		return SOUK_REFUSED;
	if (claim.none)
		return s->if_any ? book_answer_none(r)
			: souk_refuse(r, "nothing_left", "nothing is given back for what came back");
	take_digest(&s->digest, &claim, digest);
	switch (notes_seen(stage, r, claim.id, digest, &same)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_ROW:
		return same ? SOUK_ANSWER : souk_refuse(r, "id_conflict", "this id was credited otherwise");
	case SOUK_STEP_DONE:
		break;
	}
	if (!sources_read(stage, r, &claim, &s->invoices))
		return SOUK_FAILED;
	if (s->if_any && !s->invoices.first)
		return book_answer_none(r);
	outcome = check_sources(r, &claim, s->invoices.first);
	if (outcome == SOUK_ANSWER)
		outcome = claim_part(r, &claim, s->invoices.first, &none);
	if (none && s->if_any)
		return book_answer_none(r);
	if (outcome == SOUK_ANSWER)
		outcome = issue(stage, r, &claim, digest, false);
	return outcome == SOUK_ANSWER ? issue(stage, r, &claim, digest, true) : outcome;
}

static void close(struct souk_stage *stage)
{
	struct credit *s = stage->state;

	sources_free(&s->invoices);
	souk_buffer_free(&s->digest.values);
}

static const struct souk_option options[] = {
	{0, "series", "NAME", SOUK_OPTION_TEXT, offsetof(struct credit, series_option),
		"number in this series (default C)", 0, 0, NULL, false},
	{0, "if-any", NULL, SOUK_OPTION_FLAG, offsetof(struct credit, if_any),
		"where nothing is invoiced or nothing is left, do nothing", 0, 0, NULL, false},
	{0},
};

static const char *const reads[] = {"id", "order_id?", "invoice_number?", "lines?", "amount?",
	"return?", "reason?", "event?", NULL};

SOUK_VERB(credit) = {
	.function = &invoice_function,
	.name = "credit",
	.summary = "issue a credit note for what was returned, refunded or cancelled",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = 64 << 10,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct credit),
	.open = open,
	.map = map,
	.close = close,
};
