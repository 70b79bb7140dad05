/* SPDX-License-Identifier: ISC */
/* What payments there are for an order, and what exports tell of it. */
#include "lines.h"
#include "souk.h"
#include "why.h"

static bool may(struct souk_record *r, const char *name, struct souk_text *text)
{
	*text = SOUK_TEXT("");
	return souk_may_text(r, NULL, name, 1, 1024, text);
}

static bool need_amount(struct souk_record *r, const char *name, int64_t *amount)
{
	return souk_need_int(r, NULL, name, INT64_MIN + 1, INT64_MAX, amount);
}

static void explain_payment(struct why *w, struct souk_record *r)
{
	struct souk_text id, method, state, reference;
	int64_t amount, authorized, captured, refunded;

	if (!may(r, "payment", &id) || !may(r, "method", &method) || !may(r, "state", &state) ||
	    !may(r, "reference", &reference) || !need_amount(r, "amount", &amount) || !need_amount(r, "authorized", &authorized) ||
	    !need_amount(r, "captured", &captured) || !need_amount(r, "refunded", &refunded))
		return;
	souk_add_format(&w->out, "  %.*s by %.*s", SOUK_ARG(id), SOUK_ARG(method));
	/* Of a gift card that is its name. */
	if (souk_text_is(method, "credit") && reference.len)
		souk_add_format(&w->out, ", card %.*s", SOUK_ARG(reference));
	souk_add_format(&w->out, ": %.*s; ", SOUK_ARG(state));
	add_money(w, amount);
	souk_add_string(&w->out, " asked, ");
	add_money(w, authorized);
	souk_add_string(&w->out, " authorized, ");
	add_money(w, captured);
	souk_add_string(&w->out, " captured, ");
	add_money(w, refunded);
	souk_add_string(&w->out, " refunded\n");
	if (refunded > captured || captured > authorized || authorized > amount)
		mismatch(w, "more is refunded than captured, or captured than authorized, or authorized than asked");
}

void explain_payments(struct why *w)
{
	static const char *const reads[] = {"payment", "method", "state", "amount", "authorized", "captured",
		"refunded", "reference", NULL};
	struct souk_buffer order = {0}, answer = {0};
	char *argv[] = {"souk-pay", "list", NULL, NULL};
	struct souk_record r = {0};
	struct souk_text line;
	size_t at = 0;

	souk_add_string(&order, "--order=");
	souk_add(&order, w->id.at, w->id.len);
	souk_add_char(&order, 0);
	argv[2] = order.at;
	souk_record_init(&r, "souk", &(struct souk_interest){.reads = reads});
	if (ask_command(argv, SOUK_TEXT(""), &answer) != SOUK_EXIT_OK)
		souk_die("souk-pay list failed");
	souk_add_string(&w->out, answer.len ? "\nPayments\n" : "\nNo payments\n");
	while (answer_line(&answer, &at, &line))
		if (souk_record_parse(&r, line.at, line.len))
			explain_payment(w, &r);
	souk_record_free(&r);
	souk_buffer_free(&order);
	souk_buffer_free(&answer);
}

/* ---- Exports ---- */

struct reading {
	struct why *why;
	struct souk_record r;
	bool begun;
};

static void add_pieces(struct why *w, struct souk_record *r)
{
	const struct souk_node *lines = NULL, *n;
	struct souk_text sku;
	const char *between = ": ";
	int64_t qty;

	if (!souk_may_node(r, NULL, "lines", SOUK_ARRAY, &lines))
		return;
	for (n = souk_first(r, lines); n; n = souk_next(r, lines, n))
		if (n->type == SOUK_OBJECT && souk_find(r, n, "qty") && souk_find(r, n, "sku") &&
		    souk_need_text(r, n, "sku", 1, SOUK_MAX_SKU, &sku) &&
		    souk_need_int(r, n, "qty", 0, INT64_MAX, &qty)) {
			souk_add_format(&w->out, "%s%lld %.*s", between, (long long)qty, SOUK_ARG(sku));
			between = ", ";
		}
}

/* An export that names the order, by its id or as order_id: all that any function says
 * of it in one form. */
static bool take(void *context)
{
	struct reading *reading = context;
	struct why *w = reading->why;
	struct souk_record *r = &reading->r;
	struct souk_text export, id, order_id, time, verb, event, state;
	int64_t amount = 0;
	bool hold;

	if (!may(r, "export", &export) || !may(r, "id", &id) || !may(r, "order_id", &order_id) ||
	    !may(r, "time", &time) ||
	    !may(r, "verb", &verb) || !may(r, "event", &event) || !may(r, "state", &state))
		return false;
	hold = souk_text_is(export, "stock.hold") || souk_text_is(export, "promo.use");
	if (!souk_text_equal(hold ? id : order_id, w->id) || souk_text_is(export, "pay.payment"))
		return true;
	if (!reading->begun)
		souk_add_string(&w->out, "\nIn the books\n");
	reading->begun = true;
	souk_add_format(&w->out, "  %.*s%s%.*s", SOUK_ARG(time), time.len ? " " : "", SOUK_ARG(export));
	if (!hold)
		souk_add_format(&w->out, " %.*s", SOUK_ARG(id));
	souk_add_format(&w->out, "%s%.*s%s%.*s%s%.*s", verb.len ? " " : "", SOUK_ARG(verb),
		event.len ? " " : "",
		SOUK_ARG(event), state.len ? " " : "", SOUK_ARG(state));
	add_pieces(w, r);
	if (souk_member(r, "amount") && souk_may_int(r, NULL, "amount", INT64_MIN + 1, INT64_MAX, &amount)) {
		souk_add_string(&w->out, ": ");
		add_money(w, amount);
	}
	souk_add_char(&w->out, '\n');
	return true;
}

void explain_books(struct why *w)
{
	static const char *const reads[] = {"export", "id", "order_id", "time", "verb", "event", "state",
		"lines",
		"amount", NULL};
	struct reading reading = {.why = w};
	struct souk_lines lines = {.record = &reading.r, .take = take, .context = &reading,
		.max_record = 2 * SOUK_MAX_RECORD};

	if (!w->books)
		return;
	souk_record_init(&reading.r, "souk", &(struct souk_interest){.reads = reads});
	souk_lines_read(&lines, w->books);
	if (!reading.begun)
		souk_add_string(&w->out, "\nNothing in the books\n");
	if (lines.bad)
		mismatch(w, "%llu lines of the books can't be read", (unsigned long long)lines.bad);
	souk_record_free(&reading.r);
}
