/* SPDX-License-Identifier: ISC */
/* An invoice as a page of HTML that prints on A4. */
#include "invoice.h"

static const char style[] =
	"@page { size: A4; margin: 20mm }\n"
	"body { font: 10pt/1.4 sans-serif; color: #000; max-width: 170mm; margin: 0 auto }\n"
	"header { display: flex; justify-content: space-between }\n"
	"h1 { font-size: 16pt; margin: 8mm 0 4mm }\n"
	"address { font-style: normal }\n"
	"table { width: 100%; border-collapse: collapse; margin-top: 8mm }\n"
	"th, td { padding: 1mm 2mm; text-align: left; vertical-align: top; overflow-wrap: anywhere }\n"
	"thead th { border-bottom: 0.5pt solid #000 }\n"
	"tfoot tr:first-child > * { border-top: 0.5pt solid #000 }\n"
	"tfoot th { text-align: right; font-weight: normal }\n"
	"tfoot tr:last-child > * { font-weight: bold }\n"
	".n { text-align: right; white-space: nowrap }\n"
	"tr { break-inside: avoid }\n"
	"thead { display: table-header-group }\n"
	"tfoot { display: table-row-group }\n";

static void escaped(struct souk_buffer *out, struct souk_text text)
{
	for (size_t i = 0; i < text.len; i++)
		switch (text.at[i]) {
		case '&':
			souk_add_string(out, "&amp;");
			break;
		case '<':
			souk_add_string(out, "&lt;");
			break;
		case '>':
			souk_add_string(out, "&gt;");
			break;
		case '"':
			souk_add_string(out, "&quot;");
			break;
		case '\'':
			souk_add_string(out, "&#39;");
			break;
		default:
			souk_add_char(out, text.at[i]);
		}
}

/* before, the text escaped, after; nothing where there is no text. */
static void wrap(struct souk_buffer *out, const char *before, struct souk_text text, const char *after)
{
	if (!text.len)
		return;
	souk_add_string(out, before);
	escaped(out, text);
	souk_add_string(out, after);
}

static void date(struct souk_buffer *out, const char *before, int64_t time)
{
	souk_add_string(out, before);
	souk_add_time(out, time);
	out->len -= strlen("T00:00:00Z");
	souk_add_string(out, "<br>\n");
}

static void amount_cell(struct souk_buffer *out, int64_t minor, const struct paper *p)
{
	souk_add_string(out, "<td class=\"n\">");
	souk_add_major(out, minor, p->currency);
	souk_add_string(out, "</td></tr>\n");
}

static void seller(struct souk_buffer *out, struct sheet *s)
{
	struct souk_text text;

	souk_add_string(out, "<address>");
	wrap(out, "<strong>", party_text(s, "seller", "name"), "</strong><br>\n");
	for (size_t i = 0; party_line(s, "seller", i, &text); i++)
		wrap(out, "", text, "<br>\n");
	wrap(out, "VAT id ", party_text(s, "seller", "vat_id"), "<br>\n");
	wrap(out, "Registration ", party_text(s, "seller", "registration"), "<br>\n");
	wrap(out, "", party_text(s, "seller", "phone"), "<br>\n");
	wrap(out, "", party_text(s, "seller", "email"), "<br>\n");
	wrap(out, "", party_text(s, "seller", "website"), "<br>\n");
	souk_add_string(out, "</address>\n");
}

static void facts(struct souk_buffer *out, const struct paper *p)
{
	souk_add_string(out, "<p>");
	date(out, "Date ", p->at);
	wrap(out, "For invoice ", p->of, "<br>\n");
	wrap(out, "Order ", p->order_id, "<br>\n");
	if (p->supplied != SOUK_NO_TIME)
		date(out, "Supplied ", p->supplied);
	wrap(out, "Reason: ", p->reason, "<br>\n");
	souk_add_string(out, "</p>\n");
}

static void buyer(struct souk_buffer *out, struct sheet *s)
{
	struct souk_text text;

	souk_add_string(out, "<address>To<br>\n");
	for (size_t i = 0; party_line(s, "buyer", i, &text); i++)
		wrap(out, "", text, "<br>\n");
	wrap(out, "Customer ", party_text(s, "buyer", "id"), "<br>\n");
	wrap(out, "VAT id ", s->paper.vat_id, "<br>\n");
	souk_add_string(out, "</address>\n");
}

static void items(struct souk_buffer *out, const struct paper *p)
{
	souk_add_string(out, "<table>\n<thead><tr><th class=\"n\">Qty</th><th>Description</th>"
		"<th class=\"n\">Unit price</th><th class=\"n\">VAT %</th><th class=\"n\">Amount</th></tr></thead>\n"
		"<tbody>\n");
	for (size_t i = 0; i < p->item_count; i++) {
		const struct item *item = &p->items[i];

		souk_add_string(out, "<tr><td class=\"n\">");
		if (item->qty)
			souk_add_decimal(out, item->qty);
		souk_add_string(out, "</td><td>");
		escaped(out, item->label.len ? item->label : item->sku);
		souk_add_string(out, "</td><td class=\"n\">");
		if (item->unit_price.len)
			souk_add_unit_price(out, item->unit_price, p->currency);
		souk_add_string(out, "</td><td class=\"n\">");
		escaped(out, item->rate);
		souk_add_string(out, "</td>");
		amount_cell(out, item->amount, p);
		if (!item->discount)
			continue;
		souk_add_string(out, "<tr><td></td><td>Discount</td><td></td><td></td>");
		amount_cell(out, -item->discount, p);
	}
	souk_add_string(out, "</tbody>\n");
}

static void sums(struct souk_buffer *out, const struct paper *p)
{
	souk_add_string(out, "<tfoot>\n<tr><th colspan=\"4\">Net</th>");
	amount_cell(out, p->net, p);
	for (size_t i = 0; i < p->band_count; i++) {
		souk_add_string(out, "<tr><th colspan=\"4\">VAT");
		wrap(out, " ", p->bands[i].rate, " %");
		souk_add_string(out, " on ");
		souk_add_major(out, p->bands[i].net, p->currency);
		souk_add_string(out, "</th>");
		amount_cell(out, p->bands[i].tax, p);
		for (size_t j = 0; j < p->taxes.count; j++) {
			const struct tax *tax = &p->taxes.tax[j];

			if (!souk_text_equal(tax->of, p->bands[i].rate))
				continue;
			wrap(out, "<tr><th colspan=\"4\">of which ", tax->name, " ");
			wrap(out, "", tax->rate, tax->compound ? " % on that and the taxes before: " : " %: ");
			souk_add_major(out, tax->amount, p->currency);
			souk_add_string(out, "</th><td></td></tr>\n");
		}
	}
	souk_add_format(out, "<tr><th colspan=\"4\">%s %s</th>", p->of.len ? "Credited" : "Total",
		p->currency->code);
	amount_cell(out, p->total, p);
	souk_add_string(out, "</tfoot>\n</table>\n");
}

void print_html(struct souk_buffer *out, struct sheet *s)
{
	const struct paper *p = &s->paper;
	const char *kind = p->of.len ? "Credit note " : "Invoice ";

	souk_add_string(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
	wrap(out, kind, p->number, "</title>\n<style>\n");
	souk_add_string(out, style);
	souk_add_string(out, "</style>\n</head>\n<body>\n<header>\n");
	seller(out, s);
	facts(out, p);
	souk_add_string(out, "</header>\n<h1>");
	wrap(out, kind, p->number, "</h1>\n");
	buyer(out, s);
	items(out, p);
	sums(out, p);
	if (p->inclusive)
		souk_add_string(out, "<p>Amounts of lines contain the VAT.</p>\n");
	wrap(out, "<p>", exemption_text(s), "</p>\n");
	wrap(out, "<p>", party_text(s, "seller", "bank"), "</p>\n");
	wrap(out, "<p>", party_text(s, "seller", "footer"), "</p>\n");
	souk_add_string(out, "</body>\n</html>\n");
}
