/* SPDX-License-Identifier: ISC */
/* The words of a mail. */
#include "notify.h"

enum { LINES_SHOWN = 100 };

/* "12.30 GBP"; as it is, in minor units, where the currency is unknown. */
static void add_money(struct souk_buffer *b, int64_t amount, struct souk_text code)
{
	const struct souk_currency *currency = souk_currency_find(code);

	if (currency)
		souk_add_major(b, amount, currency);
	else
		souk_add_decimal(b, amount);
	souk_add_format(b, " %.*s", SOUK_ARG(code));
}

static struct souk_text currency_of(struct souk_record *r, const struct notice *n)
{
	const struct souk_node *node = order_member(r, n, "currency");
	struct souk_text code;

	return node && node->type == SOUK_STRING && souk_decode(r, node, &code) ? code : SOUK_TEXT("");
}

void words_add_money(struct souk_buffer *b, struct souk_record *r, const struct notice *n, int64_t amount)
{
	add_money(b, amount, currency_of(r, n));
}

/* The nodes of a member's lines, one after the other; NULL where there is none. */
static const struct souk_node *line_of(struct souk_record *r, const struct souk_node *lines, size_t i)
{
	const struct souk_node *v = lines && lines->type == SOUK_ARRAY ? souk_first(r, lines) : NULL;

	while (v && i--)
		v = souk_next(r, lines, v);
	return v;
}

static void put_line(struct letter *l, struct souk_record *r, const struct notice *n, size_t i, int64_t qty,
	bool priced)
{
	const struct souk_node *line = line_of(r, order_member(r, n, "lines"), i);
	struct souk_text title = text_in(r,
		line_of(r, souk_find(r, order_member(r, n, "catalog"), "lines"), i), "title");
	struct souk_buffer left = {0}, right = {0};

	if (!title.len)
		title = text_in(r, line, "sku");
	souk_add_format(&left, "%lld x %.*s", (long long)(qty ? qty : int_in(r, line, "qty")), SOUK_ARG(title));
	if (priced)
		add_money(&right, int_in(r, line_of(r, souk_find(r, order_member(r, n, "price"), "lines"), i),
			"subtotal"), currency_of(r, n));
	letter_row(l, (struct souk_text){left.at, left.len}, (struct souk_text){right.at ? right.at : "", right.len});
	souk_buffer_free(&left);
	souk_buffer_free(&right);
}

/* What stands before an amount, in the language of the letter. */
static struct souk_text label_of(const struct letter *l, const char *label)
{
	struct souk_text own = l->template ? template_head(l->template, label) : (struct souk_text){0};

	return own.at ? own : souk_text_of(label);
}

static void put_amount(struct letter *l, struct souk_record *r, const struct notice *n, const char *label,
	int64_t amount)
{
	struct souk_buffer right = {0};

	words_add_money(&right, r, n, amount);
	letter_row(l, label_of(l, label), (struct souk_text){right.at, right.len});
	souk_buffer_free(&right);
}

/* The order's lines and what they come to. */
static void put_order(struct letter *l, struct souk_record *r, const struct notice *n)
{
	const struct souk_node *lines = order_member(r, n, "lines"), *total = order_member(r, n, "total");
	size_t count = lines && lines->type == SOUK_ARRAY ? souk_count(r, lines) : 0;
	struct souk_buffer more = {0};
	int64_t amount;

	letter_table_begin(l);
	for (size_t i = 0; i < count && i < LINES_SHOWN; i++)
		put_line(l, r, n, i, 0, true);
	if (count > LINES_SHOWN) {
		souk_add_format(&more, "%zu %.*s", count - LINES_SHOWN, SOUK_ARG(label_of(l, "more")));
		letter_row(l, (struct souk_text){more.at, more.len}, SOUK_TEXT(""));
		souk_buffer_free(&more);
	}
	if ((amount = int_in(r, total, "discount")))
		put_amount(l, r, n, "Discount", -amount);
	if ((amount = int_in(r, total, "charges")))
		put_amount(l, r, n, "Shipping and charges", amount);
	if ((amount = int_in(r, total, "tax")))
		put_amount(l, r, n, "Tax", amount);
	put_amount(l, r, n, "Total", int_in(r, total, "total"));
	letter_table_end(l);
}

void words_add_address(struct souk_buffer *b, struct souk_record *r, const struct notice *n)
{
	static const char *const parts[] = {"name", "line1", "line2", "postcode", "city", "region", "country"};
	const struct souk_node *to = order_member(r, n, "ship_to");

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		struct souk_text part = text_in(r, to, parts[i]);

		if (part.len)
			souk_add_format(b, "%s%.*s", b->len ? ", " : "", SOUK_ARG(part));
	}
}

static void put_address(struct letter *l, struct souk_record *r, const struct notice *n)
{
	struct souk_buffer address = {0};

	words_add_address(&address, r, n);
	if (address.len)
		letter_paragraph(l, "It goes to: %.*s", (int)address.len, address.at);
	souk_buffer_free(&address);
}

/* ---- What is said ---- */

static void write_rejection(struct letter *l, struct souk_record *r, const struct notice *n)
{
	struct souk_text code = text_in(r, r->error_member, "code");
	const char *why = souk_text_is(code, "out_of_stock") ? "there is not enough left of what you ordered" :
		souk_text_is(code, "declined") ? "the payment was declined" :
		souk_text_is(code, "expired") ? "the payment was not completed in time" :
		souk_text_is(code, "price_changed") ? "a price has changed meanwhile" : NULL;

	letter_subject(l, "Your order %.*s could not be accepted", SOUK_ARG(n->order_id));
	if (why)
		letter_paragraph(l, "we are sorry: your order %.*s could not be accepted, as %s.", SOUK_ARG(n->order_id), why);
	else
		letter_paragraph(l, "we are sorry: your order %.*s could not be accepted.", SOUK_ARG(n->order_id));
	letter_paragraph(l, "You pay nothing for it. You are welcome to order again.");
}

/* The lines that are on their way. */
static void put_shipped(struct letter *l, struct souk_record *r, const struct notice *n)
{
	const struct souk_node *lines = souk_member(r, "lines"), *v, *ordered = order_member(r, n, "lines");
	size_t shown = 0;

	letter_table_begin(l);
	if (!lines)
		lines = souk_find(r, souk_member(r, "ship"), "lines");
	for (v = lines && lines->type == SOUK_ARRAY ? souk_first(r, lines) : NULL; v && shown < LINES_SHOWN;
	     v = souk_next(r, lines, v), shown++) {
		const struct souk_node *o = ordered && ordered->type == SOUK_ARRAY ? souk_first(r, ordered) : NULL;
		size_t i = 0;

		for (; o && !souk_text_equal(text_in(r, o, "id"), text_in(r, v, "id")); i++)
			o = souk_next(r, ordered, o);
		if (o)
			put_line(l, r, n, i, int_in(r, v, "qty"), false);
	}
	letter_table_end(l);
}

void words_put_lines(struct letter *l, struct souk_record *r, const struct notice *n)
{
	if (n->kind == SHIPMENT)
		put_shipped(l, r, n);
	else
		put_order(l, r, n);
}

static void write_shipment(struct letter *l, struct souk_record *r, const struct notice *n)
{
	const struct souk_node *ship = souk_member(r, "ship");
	struct souk_text carrier = text_in(r, ship, "carrier"), tracking = text_in(r, ship, "tracking");

	letter_subject(l, "Your order %.*s is on its way", SOUK_ARG(n->order_id));
	letter_paragraph(l, "this of your order %.*s is on its way to you:", SOUK_ARG(n->order_id));
	put_shipped(l, r, n);
	if (carrier.len || tracking.len)
		letter_paragraph(l, "Carrier: %.*s%s%.*s", SOUK_ARG(carrier), tracking.len ? ", tracking number " : "",
			SOUK_ARG(tracking));
	put_address(l, r, n);
}

static void write_refund(struct letter *l, struct souk_record *r, const struct notice *n)
{
	struct souk_buffer amount = {0};

	add_money(&amount, int_in(r, souk_member(r, "pay"), "amount"), currency_of(r, n));
	letter_subject(l, "Refund for your order %.*s", SOUK_ARG(n->order_id));
	letter_paragraph(l, "we have refunded %.*s for your order %.*s.", (int)amount.len, amount.at, SOUK_ARG(n->order_id));
	letter_paragraph(l, "It goes back the way you paid; that may take some days.");
	souk_buffer_free(&amount);
}

void letter_write(struct letter *l, struct souk_record *r, const struct notice *n)
{
	struct souk_text until = text_in(r, r->wait_member, "until"), url = text_in(r, r->wait_member, "url");

	l->subject.len = l->text.len = l->html.len = 0;
	letter_paragraph(l, n->name.len ? "Dear %.*s," : "Hello,%.*s", SOUK_ARG(n->name));
	switch (n->kind) {
	case CONFIRMATION:
		letter_subject(l, "Your order %.*s", SOUK_ARG(n->order_id));
		letter_paragraph(l, "thank you for your order %.*s.", SOUK_ARG(n->order_id));
		put_order(l, r, n);
		put_address(l, r, n);
		break;
	case REJECTION:
		write_rejection(l, r, n);
		break;
	case ACTION:
		letter_subject(l, "Please confirm the payment of your order %.*s", SOUK_ARG(n->order_id));
		letter_paragraph(l, "your order %.*s waits for you to confirm its payment%s%.*s:", SOUK_ARG(n->order_id),
			until.len ? " before " : "", SOUK_ARG(until));
		letter_link(l, url);
		break;
	case SHIPMENT:
		write_shipment(l, r, n);
		break;
	case REFUND:
		write_refund(l, r, n);
		break;
	case VERIFY:
	case RESET:
	case REGISTERED:
	case PASSWORD_CHANGED:
		account_letter_write(l, r, n);
		break;
	case NO_MAIL:
		break;
	}
}
