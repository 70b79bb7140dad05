/* SPDX-License-Identifier: ISC */
/* Who issues an invoice and whom it is for. */
#include "invoice.h"

enum { MAX_ADDRESS_LINE = 200 };

static bool put_members(struct souk_record *r, const struct souk_node *object, const char *const *names,
	struct souk_buffer *out)
{
	for (size_t i = 0; object && names[i]; i++) {
		struct souk_text text = {0};

		if (!souk_may_text(r, object, names[i], 1, MAX_ADDRESS_LINE, &text))
			return false;
		if (text.at)
			souk_put_text(out, names[i], text);
	}
	return true;
}

bool buyer_read(struct souk_record *r, struct souk_text *vat_id, struct souk_buffer *out)
{
	static const char *const address[] = {"name", "company", "line1", "line2", "city", "region",
		"postcode", "country", NULL};
	const struct souk_node *customer = NULL, *to = NULL;
	struct souk_text id = SOUK_TEXT("");

	if (!souk_may_node(r, NULL, "customer", SOUK_OBJECT, &customer) ||
	    !souk_may_node(r, NULL, "bill_to", SOUK_OBJECT, &to) ||
	    (!to && !souk_may_node(r, NULL, "ship_to", SOUK_OBJECT, &to)) ||
	    (customer && !souk_may_text(r, customer, "id", 1, SOUK_MAX_ID, &id)) ||
	    (customer && !vat_id->len && !souk_may_text(r, customer, "vat_id", 1, 64, vat_id)))
		return false;
	out->len = 0;
	souk_put_open(out, NULL, '{');
	souk_put_some(out, "id", id);
	if (!put_members(r, to, address, out))
		return false;
	souk_put_close(out, '}');
	return true;
}

static const struct souk_node *party_member(struct sheet *s, const char *party, const char *member)
{
	return souk_find(&s->record, souk_member(&s->record, party), member);
}

struct souk_text party_text(struct sheet *s, const char *party, const char *member)
{
	const struct souk_node *node = party_member(s, party, member);
	struct souk_text text;

	if (!node || node->type != SOUK_STRING || !souk_decode(&s->record, node, &text))
		return SOUK_TEXT("");
	return text;
}

static bool seller_line(struct sheet *s, size_t index, struct souk_text *line)
{
	const struct souk_node *address = party_member(s, "seller", "address"), *n;

	for (n = souk_first(&s->record, address); n && index; n = souk_next(&s->record, address, n))
		index--;
	return n && souk_decode(&s->record, n, line);
}

/* The parts of a buyer's address that there are, a line each. */
static bool buyer_line(struct sheet *s, size_t index, struct souk_text *line)
{
	static const char *const parts[] = {"name", "company", "line1", "line2", "postcode", "city", "region",
		"country"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		*line = party_text(s, "buyer", parts[i]);
		if (line->len && index-- == 0)
			return true;
	}
	return false;
}

bool party_line(struct sheet *s, const char *party, size_t index, struct souk_text *line)
{
	return strcmp(party, "seller") == 0 ? seller_line(s, index, line) : buyer_line(s, index, line);
}

struct souk_text exemption_text(struct sheet *s)
{
	static const struct {
		const char *exempt, *text;
	} texts[] = {
		{"reverse_charge", "Reverse charge: VAT is to be accounted for by the recipient "
			"(Article 196 of Directive 2006/112/EC)."},
		{"export", "Export outside the country: exempt from VAT."},
		{"exempt", "Exempt from VAT."},
	};
	struct souk_text own = party_text(s, "seller", "reverse_charge");

	if (own.len && souk_text_is(s->paper.exempt, "reverse_charge"))
		return own;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (souk_text_is(s->paper.exempt, texts[i].exempt))
			return souk_text_of(texts[i].text);
	return s->paper.exempt;
}
