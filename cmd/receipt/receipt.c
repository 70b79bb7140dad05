/* SPDX-License-Identifier: ISC */
/* souk-receipt: a priced order as a plain text for a till roll, a mail, a terminal. */
#include "columns.h"
#include "layout.h"
#include "priced.h"
#include "souk.h"

enum { LEAST_WIDTH = 24, MOST_WIDTH = 200, USUAL_WIDTH = 42 };

static void open(struct souk_stage *stage)
{
	struct receipt *s = stage->state;

	if (!s->width)
		s->width = USUAL_WIDTH;
	souk_unicode();
}

static void head(struct receipt *s, struct souk_text id, int64_t time)
{
	struct souk_text rest = souk_text_of(s->title ? s->title : ""), line;

	while (souk_next_line(&rest, (size_t)s->width, &line)) {
		souk_add_spaces(&s->text, ((size_t)s->width - souk_columns(line)) / 2);
		souk_add(&s->text, line.at, line.len);
		souk_add_char(&s->text, '\n');
	}
	if (time != SOUK_NO_TIME) {
		souk_add_time(&s->right, time);
		/* To the minute: 2010-12-01 08:26 */
		s->right.at[10] = ' ';
		s->right.len = 16;
	}
	souk_add(&s->left, id.at, id.len);
	receipt_line(s);
	receipt_rule(s);
}

static void goods(struct receipt *s, const struct souk_priced *p)
{
	for (size_t i = 0; i < p->line_count; i++) {
		const struct souk_priced_line *line = &p->lines[i];
		struct souk_text title = line->title.len ? line->title : line->sku;

		souk_add(&s->left, title.at, title.len);
		receipt_line(s);
		souk_add_string(&s->left, "  ");
		souk_add_decimal(&s->left, line->qty);
		if (line->unit_price.len) {
			souk_add_string(&s->left, " x ");
			souk_add_unit_price(&s->left, line->unit_price, s->currency);
		}
		receipt_amount(s, line->subtotal);
		if (line->discount) {
			souk_add_string(&s->left, "  Discount");
			receipt_amount(s, -line->discount);
		}
	}
	receipt_rule(s);
}

static bool taxes(struct receipt *s, struct souk_record *r, const struct souk_priced *p)
{
	const struct souk_node *rates = NULL;

	if (p->exempt.len) {
		souk_add_string(&s->left, souk_text_is(p->exempt, "reverse_charge")
			? "Reverse charge: VAT is due from the customer" : "Exempt from VAT");
		receipt_line(s);
	}
	if (!souk_may_node(r, souk_member(r, "tax"), "rates", SOUK_ARRAY, &rates))
		return false;
	for (const struct souk_node *n = souk_first(r, rates); n; n = souk_next(r, rates, n)) {
		struct souk_text rate = SOUK_TEXT("");
		int64_t net, tax;

		if (!souk_may_text(r, n, "rate", 1, 64, &rate) ||
		    !souk_need_int(r, n, "net", -INT64_MAX, INT64_MAX, &net) ||
		    !souk_need_int(r, n, "tax", -INT64_MAX, INT64_MAX, &tax))
			return false;
		souk_add_format(&s->left, "%sVAT %.*s%% of ", p->inclusive ? "Includes " : "",
			SOUK_ARG(rate));
		souk_add_major(&s->left, net, s->currency);
		receipt_amount(s, tax);
	}
	return true;
}

static bool payments(struct receipt *s, struct souk_record *r)
{
	const struct souk_node *pay = NULL, *array = NULL;

	if (!souk_may_node(r, NULL, "pay", SOUK_OBJECT, &pay) ||
	    (pay && !souk_may_node(r, pay, "payments", SOUK_ARRAY, &array)))
		return false;
	for (const struct souk_node *n = souk_first(r, array); n; n = souk_next(r, array, n)) {
		struct souk_text method, state = SOUK_TEXT("");
		int64_t minor;

		if (!souk_need_text(r, n, "method", 1, 32, &method) ||
		    !souk_may_text(r, n, "state", 1, 32, &state) ||
		    !souk_need_int(r, n, "amount", 0, INT64_MAX, &minor))
			return false;
		if (souk_text_is(method, "credit"))
			method = SOUK_TEXT("gift card");
		souk_add_format(&s->left, "Paid by %.*s", SOUK_ARG(method));
		/* What is held and not yet taken is what a customer calls paid. */
		if (state.len && !souk_text_is(state, "authorized") && !souk_text_is(state, "captured"))
			souk_add_format(&s->left, ", %.*s", SOUK_ARG(state));
		receipt_amount(s, minor);
	}
	return true;
}

static bool sums(struct receipt *s, struct souk_record *r, const struct souk_priced *p)
{
	bool differs = p->charge_count || p->discount || !p->inclusive;

	if (differs) {
		souk_add_string(&s->left, "Subtotal");
		receipt_amount(s, p->subtotal);
	}
	if (p->discount) {
		souk_add_string(&s->left, "Discount");
		receipt_amount(s, -p->discount);
	}
	for (size_t i = 0; i < p->charge_count; i++) {
		souk_add(&s->left, p->charges[i].label.at, p->charges[i].label.len);
		receipt_amount(s, p->charges[i].amount);
	}
	if (!p->inclusive && !taxes(s, r, p))
		return false;
	if (differs)
		receipt_rule(s);
	souk_add_format(&s->left, "TOTAL %s", s->currency->code);
	receipt_amount(s, p->total);
	return (!p->inclusive || taxes(s, r, p)) && payments(s, r);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct receipt *s = stage->state;
	struct souk_text id = SOUK_TEXT("");
	struct souk_priced priced;
	int64_t time = SOUK_NO_TIME;

	if (!souk_may_text(r, NULL, "id", 1, SOUK_MAX_ID, &id) ||
	    !souk_may_time(r, "time", &time) || !souk_priced_read(r, &priced))
		return SOUK_REFUSED;
	s->text.len = s->left.len = s->right.len = 0;
	s->currency = priced.currency;
	head(s, id, time);
	goods(s, &priced);
	if (!sums(s, r, &priced))
		return SOUK_REFUSED;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_text(&r->answer, "text", (struct souk_text){s->text.at, s->text.len});
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static void close(struct souk_stage *stage)
{
	struct receipt *s = stage->state;

	souk_buffer_free(&s->text);
	souk_buffer_free(&s->left);
	souk_buffer_free(&s->right);
}

static const struct souk_function receipt_function = {
	.name = "receipt",
	.summary = "a plain-text receipt of an order",
};

static const struct souk_option options[] = {
	{0, "width", "COLUMNS", SOUK_OPTION_NUMBER, offsetof(struct receipt, width),
		"columns of a line (default 42)", LEAST_WIDTH, MOST_WIDTH, NULL, false},
	{0, "title", "TEXT", SOUK_OPTION_TEXT, offsetof(struct receipt, title),
		"what stands at its head, the shop's name", 0, 0, NULL, false},
	{0},
};

static const char *const reads[] = {"id?", "time?", SOUK_PRICED_READS, "pay?", NULL};

SOUK_VERB(receipt) = {
	.function = &receipt_function,
	.summary = "add a plain-text receipt to priced orders",
	.kind = SOUK_FILTER,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct receipt),
	.open = open,
	.map = map,
	.close = close,
};
