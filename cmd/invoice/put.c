/* SPDX-License-Identifier: ISC */
/* souk-invoice put: who issues the invoices, as the law wants it on them. */
#include "invoice.h"

enum { MAX_ADDRESS = 10, MAX_LINE = 200 };

/* What else may stand on an invoice, beside name and address. */
static const char *const texts[] = {"vat_id", "registration", "email", "phone", "website", "bank",
	"footer", "reverse_charge", NULL};

struct put {
	struct souk_buffer document;
};

static bool put_address(struct souk_record *r, struct souk_buffer *out)
{
	const struct souk_node *address;

	if (!souk_need_node(r, NULL, "address", SOUK_ARRAY, &address))
		return false;
	souk_put_open(out, "address", '[');
	for (const struct souk_node *n = souk_first(r, address); n; n = souk_next(r, address, n)) {
		struct souk_text line;

		if (n->type != SOUK_STRING || !souk_decode(r, n, &line) || !line.len || line.len > MAX_LINE) {
			souk_refuse_value(r, n, "must be text of 1 to %d bytes", MAX_LINE);
			return false;
		}
		souk_put_text(out, NULL, line);
	}
	souk_put_close(out, ']');
	if (souk_count(r, address) && souk_count(r, address) <= MAX_ADDRESS)
		return true;
	souk_refuse_value(r, address, "must hold 1 to %d lines", MAX_ADDRESS);
	return false;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct put *s = stage->state;
	struct souk_text series = SOUK_TEXT(""), text;
	struct souk_query *q;

	if (!souk_may_text(r, NULL, "series", 0, MAX_SERIES, &series) ||
	    !souk_need_text(r, NULL, "name", 1, MAX_LINE, &text))
		return SOUK_REFUSED;
	s->document.len = 0;
	souk_put_open(&s->document, NULL, '{');
	souk_put_text(&s->document, "name", text);
	if (!put_address(r, &s->document))
		return SOUK_REFUSED;
	for (size_t i = 0; texts[i]; i++) {
		text = (struct souk_text){0};
		if (!souk_may_text(r, NULL, texts[i], 1, MAX_REASON, &text))
			return SOUK_REFUSED;
		if (text.at)
			souk_put_text(&s->document, texts[i], text);
	}
	souk_put_close(&s->document, '}');
	q = souk_ask(stage->store, SELLER_PUT);
	souk_bind_text(q, 1, series);
	souk_bind_text(q, 2, (struct souk_text){s->document.at, s->document.len});
	return souk_do(q) ? souk_answer_state(r, "stored") : SOUK_FAILED;
}

static void close(struct souk_stage *stage)
{
	struct put *s = stage->state;

	souk_buffer_free(&s->document);
}

static const char *const reads[] = {"series?", "name", "address", "vat_id?", "registration?", "email?",
	"phone?", "website?", "bank?", "footer?", "reverse_charge?", NULL};

SOUK_VERB(put) = {
	.function = &invoice_function,
	.name = "put",
	.summary = "store who issues invoices: name, address, VAT id",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.needs_no_id = true,
	.reads = reads,
	.state_size = sizeof(struct put),
	.map = map,
	.close = close,
};
