/* SPDX-License-Identifier: ISC */
/* An invoice as plain text, 80 columns. */
#include "columns.h"
#include "invoice.h"

enum { WIDTH = 80, QTY = 7, PRICE = 14, RATE = 8, AMOUNT = 16 };
enum { TITLE = WIDTH - QTY - 2 - PRICE - RATE - AMOUNT };

static struct souk_text of(const struct souk_buffer *b)
{
	return (struct souk_text){b->at, b->len};
}

static void end_line(struct souk_buffer *out)
{
	while (out->len && out->at[out->len - 1] == ' ')
		out->len--;
	souk_add_char(out, '\n');
}

static void rule(struct souk_buffer *out)
{
	for (size_t i = 0; i < WIDTH; i++)
		souk_add_char(out, '-');
	souk_add_char(out, '\n');
}

static void line(struct souk_buffer *out, const char *label, struct souk_text text)
{
	if (!text.len)
		return;
	souk_add_string(out, label);
	souk_add(out, text.at, text.len);
	souk_add_char(out, '\n');
}

static void paragraph(struct souk_buffer *out, struct souk_text text)
{
	struct souk_text part;

	if (!text.len)
		return;
	souk_add_char(out, '\n');
	while (souk_next_line(&text, WIDTH, &part)) {
		souk_add(out, part.at, part.len);
		souk_add_char(out, '\n');
	}
}

static void add_date(struct souk_buffer *out, int64_t time)
{
	souk_add_time(out, time);
	out->len -= strlen("T00:00:00Z");
}

static void head(struct souk_buffer *out, struct sheet *s)
{
	const struct paper *p = &s->paper;
	struct souk_text text;

	line(out, "", party_text(s, "seller", "name"));
	for (size_t i = 0; party_line(s, "seller", i, &text); i++)
		line(out, "", text);
	line(out, "VAT id ", party_text(s, "seller", "vat_id"));
	line(out, "Registration ", party_text(s, "seller", "registration"));
	line(out, "", party_text(s, "seller", "phone"));
	line(out, "", party_text(s, "seller", "email"));
	line(out, "", party_text(s, "seller", "website"));
	souk_add_string(out, p->of.len ? "\nCREDIT NOTE " : "\nINVOICE ");
	souk_add(out, p->number.at, p->number.len);
	souk_add_string(out, "\nDate ");
	add_date(out, p->at);
	if (p->of.len)
		line(out, "\nFor invoice ", p->of);
	else
		souk_add_char(out, '\n');
	line(out, "Order ", p->order_id);
	if (p->supplied != SOUK_NO_TIME) {
		souk_add_string(out, "Supplied ");
		add_date(out, p->supplied);
		souk_add_char(out, '\n');
	}
	line(out, "Reason: ", p->reason);
	souk_add_string(out, "\nTo\n");
	for (size_t i = 0; party_line(s, "buyer", i, &text); i++)
		line(out, "", text);
	line(out, "Customer ", party_text(s, "buyer", "id"));
	line(out, "VAT id ", p->vat_id);
	souk_add_char(out, '\n');
}

/* A row of the table; `label` is broken where it is long. Empties what it is given. */
static void row(struct souk_buffer *out, struct souk_text qty, struct souk_text label,
	struct souk_text price, struct souk_text rate, struct souk_buffer *amount)
{
	struct souk_text part = SOUK_TEXT("");

	souk_add_right(out, qty, QTY);
	souk_add_string(out, "  ");
	souk_next_line(&label, TITLE, &part);
	souk_add_left(out, part, TITLE);
	souk_add_right(out, price, PRICE);
	souk_add_right(out, rate, RATE);
	souk_add_right(out, of(amount), AMOUNT);
	end_line(out);
	while (souk_next_line(&label, TITLE, &part)) {
		souk_add_spaces(out, QTY + 2);
		souk_add(out, part.at, part.len);
		souk_add_char(out, '\n');
	}
	amount->len = 0;
}

static void items(struct souk_buffer *out, const struct paper *p)
{
	struct souk_buffer qty = {0}, price = {0}, amount = {0};

	souk_add_string(&amount, "Amount");
	row(out, SOUK_TEXT("Qty"), SOUK_TEXT("Description"), SOUK_TEXT("Unit price"), SOUK_TEXT("VAT %"),
		&amount);
	rule(out);
	for (size_t i = 0; i < p->item_count; i++) {
		const struct item *item = &p->items[i];

		qty.len = price.len = 0;
		if (item->qty)
			souk_add_decimal(&qty, item->qty);
		if (item->unit_price.len)
			souk_add_unit_price(&price, item->unit_price, p->currency);
		souk_add_major(&amount, item->amount, p->currency);
		row(out, of(&qty), item->label.len ? item->label : item->sku, of(&price), item->rate, &amount);
		if (!item->discount)
			continue;
		souk_add_major(&amount, -item->discount, p->currency);
		row(out, SOUK_TEXT(""), SOUK_TEXT("Discount"), SOUK_TEXT(""), SOUK_TEXT(""), &amount);
	}
	rule(out);
	souk_buffer_free(&qty);
	souk_buffer_free(&price);
	souk_buffer_free(&amount);
}

static void sum(struct souk_buffer *out, struct souk_buffer *label, int64_t minor,
	const struct paper *p)
{
	struct souk_buffer amount = {0};

	souk_add_major(&amount, minor, p->currency);
	souk_add_right(out, of(label), WIDTH - AMOUNT);
	souk_add_right(out, of(&amount), AMOUNT);
	souk_add_char(out, '\n');
	label->len = 0;
	souk_buffer_free(&amount);
}

static void sums(struct souk_buffer *out, const struct paper *p)
{
	struct souk_buffer label = {0};

	souk_add_string(&label, "Net");
	sum(out, &label, p->net, p);
	for (size_t i = 0; i < p->band_count; i++) {
		if (!p->bands[i].rate.len)
			souk_add_string(&label, "VAT on ");
		else
			souk_add_format(&label, "VAT %.*s %% on ", SOUK_ARG(p->bands[i].rate));
		souk_add_major(&label, p->bands[i].net, p->currency);
		sum(out, &label, p->bands[i].tax, p);
		for (size_t j = 0; j < p->taxes.count; j++) {
			const struct tax *tax = &p->taxes.tax[j];

			if (!souk_text_equal(tax->of, p->bands[i].rate))
				continue;
			souk_add_format(&label, "of which %.*s %.*s %%%s: ", SOUK_ARG(tax->name), SOUK_ARG(tax->rate),
				tax->compound ? " on that and the taxes before" : "");
			souk_add_major(&label, tax->amount, p->currency);
			souk_add_right(out, of(&label), WIDTH - AMOUNT);
			souk_add_char(out, '\n');
			label.len = 0;
		}
	}
	souk_add_format(&label, "%s %s", p->of.len ? "Credited" : "Total", p->currency->code);
	sum(out, &label, p->total, p);
	souk_buffer_free(&label);
}

void print_text(struct souk_buffer *out, struct sheet *s)
{
	head(out, s);
	items(out, &s->paper);
	sums(out, &s->paper);
	if (s->paper.inclusive)
		paragraph(out, SOUK_TEXT("Amounts of lines contain the VAT."));
	paragraph(out, exemption_text(s));
	paragraph(out, party_text(s, "seller", "bank"));
	paragraph(out, party_text(s, "seller", "footer"));
}
