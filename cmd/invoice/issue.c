/* SPDX-License-Identifier: ISC */
/* souk-invoice issue: an invoice for a placed order, or for what an event sends of one. */
#include "bill.h"

struct issue {
	const char *series_option;
	bool if_any;
	struct souk_text series;
	struct sheet order, earlier;     /* the order within an event; an invoice of it */
	struct souk_digest digest;
	struct souk_buffer seller, buyer;
};

static void open(struct souk_stage *stage)
{
	struct issue *s = stage->state;

	s->series = series_of(s->series_option, "");
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct issue *s = stage->state;
	unsigned char digest[SOUK_DIGEST_BYTES];
	struct bill bill = {.charged = false};
	struct paper paper = {.at = souk_now(stage)};
	struct souk_text id;
	bool same;

	if (!souk_need_id(r, &id) || !bill_read(r, &s->order, &s->buyer, &bill))
		return SOUK_REFUSED;
	bill_digest(&s->digest, &bill, digest);
	switch (book_seen(stage, r, "issue", id, digest, &same)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_ROW:
		return same ? SOUK_ANSWER
			    : souk_refuse(r, "id_conflict", "this id was invoiced with other lines or amounts");
	case SOUK_STEP_DONE:
		break;
	}
	if (!bill_read_earlier(stage, &s->earlier, &bill))
		return SOUK_FAILED;
	if (!bill_fits(r, &bill))
		return s->if_any && bill.none ? book_answer_none(r) : SOUK_REFUSED;
	switch (book_seller(stage, s->series, &s->seller)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return s->if_any ? book_answer_none(r) : souk_refuse(r, "no_seller", "nobody issues these invoices: say who with souk-invoice put");
	case SOUK_STEP_ROW:
		break;
	}
	bill_fill(r, &bill, &paper);
	paper.seller = (struct souk_text){s->seller.at, s->seller.len};
	paper.buyer = (struct souk_text){s->buyer.at, s->buyer.len};
	if (!paper_sum(&paper))
		return souk_refuse(r, "overflow", "the sum of this invoice is too large");
	taxes_share(r, &paper, &bill.taxes);
	return book_enter(stage, r, "issue", id, digest, s->series, &paper) ? SOUK_ANSWER : SOUK_FAILED;
}

static void close(struct souk_stage *stage)
{
	struct issue *s = stage->state;

	sheet_free(&s->order);
	sheet_free(&s->earlier);
	souk_buffer_free(&s->digest.values);
	souk_buffer_free(&s->seller);
	souk_buffer_free(&s->buyer);
}

static const struct souk_option options[] = {
	{0, "series", "NAME", SOUK_OPTION_TEXT, offsetof(struct issue, series_option),
		"number in this series (default: one without a name)", 0, 0, NULL, false},
	{0, "if-any", NULL, SOUK_OPTION_FLAG, offsetof(struct issue, if_any),
		"where nobody issues invoices or all is invoiced, do nothing", 0, 0, NULL, false},
	{0},
};

/* What an order holds is optional here, as an event has it in order.record. */
static const char *const reads[] = {"id", "order", "time?", "currency?", "customer?", "bill_to?",
	"ship_to?", "lines?", "catalog?", "price?", "promo?", "tax?", "total?", "ship?", NULL};

SOUK_VERB(issue) = {
	.function = &invoice_function,
	.name = "issue",
	.summary = "give a placed order, or a shipment of one, its invoice",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct issue),
	.open = open,
	.map = map,
	.close = close,
};
