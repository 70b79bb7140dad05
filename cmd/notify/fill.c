/* SPDX-License-Identifier: ISC */
/* Filling in a template: what the shop wrote stays as it is, what comes from the record is
 * one line of text, and escaped in HTML. */
#include "notify.h"

struct filling {
	struct souk_buffer values[PLACEHOLDERS]; /* as text; {lines}: rows below */
	struct letter rows;
};

static void set(struct filling *f, enum placeholder which, struct souk_text value)
{
	souk_add(&f->values[which], value.at, value.len);
	letter_make_line(&f->values[which], 0);
}

static void collect(struct filling *f, struct souk_record *r, const struct notice *n,
	const struct template *t, const struct shop *shop)
{
	struct souk_text code = text_in(r, r->error_member, "code"), reason = {0};
	const struct souk_node *ship = souk_member(r, "ship"), *total = order_member(r, n, "total");
	char name[64];

	set(f, ORDER_ID, n->order_id);
	set(f, NAME, n->name);
	set(f, SHOP, shop->name);
	snprintf(name, sizeof(name), "%.*s", (int)(code.len < sizeof(name) ? code.len : 0), code.at);
	reason = template_head(t, name);
	set(f, REASON, reason.at ? reason : template_head(t, "other"));
	set(f, URL, text_in(r, link_in(r, n), "url"));
	set(f, UNTIL, text_in(r, link_in(r, n), "until"));
	set(f, CARRIER, text_in(r, ship, "carrier"));
	set(f, TRACKING, text_in(r, ship, "tracking"));
	words_add_money(&f->values[AMOUNT], r, n, int_in(r, souk_member(r, "pay"), "amount"));
	words_add_money(&f->values[TOTAL], r, n, int_in(r, total, "total"));
	words_add_address(&f->values[ADDRESS], r, n);
	letter_make_line(&f->values[ADDRESS], 0);
	f->rows.template = t;
	words_put_lines(&f->rows, r, n);
	/* The template has the empty lines around it. */
	while (f->rows.text.len && f->rows.text.at[f->rows.text.len - 1] == '\n')
		f->rows.text.len--;
}

static void add_text(struct souk_buffer *out, const struct filling *f, struct souk_text from)
{
	enum placeholder which;

	for (size_t i = 0, len; i < from.len; i += len ? len : 1) {
		len = placeholder_find(from, i, &which);
		if (!len)
			souk_add_char(out, from.at[i]);
		else if (which == LINES)
			souk_add(out, f->rows.text.at, f->rows.text.len);
		else
			souk_add(out, f->values[which].at, f->values[which].len);
	}
}

/* `plain`: the template is text, of which HTML is made. */
static void add_html(struct souk_buffer *out, const struct filling *f, struct souk_text from, bool plain)
{
	enum placeholder which;

	for (size_t i = 0, len; i < from.len; i += len ? len : 1) {
		len = placeholder_find(from, i, &which);
		if (!len && plain && from.at[i] == '\n')
			souk_add_string(out, "<br>\n");
		else if (!len && plain)
			add_escaped(out, from.at + i, 1);
		else if (!len)
			souk_add_char(out, from.at[i]);
		else if (which == LINES)
			souk_add(out, f->rows.html.at, f->rows.html.len);
		else if (which == URL && plain)
			letter_add_anchor(out, f->values[URL].at, f->values[URL].len);
		else
			add_escaped(out, f->values[which].at, f->values[which].len);
	}
}

/* A paragraph ends where a line is empty; {lines} alone is a table. */
static void add_paragraphs(struct souk_buffer *out, const struct filling *f, struct souk_text from)
{
	while (from.len) {
		const char *end = memmem(from.at, from.len, "\n\n", 2);
		struct souk_text block = {from.at, end ? (size_t)(end - from.at) : from.len};

		from.at += block.len + (end ? 2 : 0);
		from.len -= block.len + (end ? 2 : 0);
		while (block.len && block.at[block.len - 1] == '\n')
			block.len--;
		while (block.len && block.at[0] == '\n')
			block.at++, block.len--;
		if (souk_text_is(block, "{lines}")) {
			add_html(out, f, block, true);
		} else if (block.len) {
			souk_add_string(out, "<p>");
			add_html(out, f, block, true);
			souk_add_string(out, "</p>\n");
		}
	}
}

void template_write(struct letter *l, struct souk_record *r, const struct notice *n,
	const struct template *t, const struct shop *shop)
{
	struct souk_text body = {t->text.at + t->head, t->text.len - t->head};
	struct filling f = {0};

	collect(&f, r, n, t, shop);
	l->subject.len = l->text.len = l->html.len = 0;
	add_text(&l->subject, &f, template_head(t, "Subject"));
	while (body.len && *body.at == '\n')
		body.at++, body.len--;
	while (body.len && body.at[body.len - 1] == '\n')
		body.len--;
	add_text(&l->text, &f, body);
	souk_add_string(&l->text, "\n\n");
	if (t->html.len)
		add_html(&l->html, &f, (struct souk_text){t->html.at, t->html.len}, false);
	else
		add_paragraphs(&l->html, &f, body);
	for (int i = 0; i < PLACEHOLDERS; i++)
		souk_buffer_free(&f.values[i]);
	letter_free(&f.rows);
}
