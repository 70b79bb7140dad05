/* SPDX-License-Identifier: ISC */
/* A letter: the same words as plain text and as HTML. */
#include "columns.h"
#include "notify.h"

void add_escaped(struct souk_buffer *html, const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		switch (at[i]) {
		case '&': souk_add_string(html, "&amp;"); break;
		case '<': souk_add_string(html, "&lt;"); break;
		case '>': souk_add_string(html, "&gt;"); break;
		case '"': souk_add_string(html, "&quot;"); break;
		default: souk_add_char(html, at[i]);
		}
}

/* Texts of a record are one line of UTF-8, whatever is in them and wherever they were cut. */
void letter_make_line(struct souk_buffer *b, size_t from)
{
	for (size_t i = from; i < b->len; i++)
		if ((unsigned char)b->at[i] < ' ' || b->at[i] == 127)
			b->at[i] = ' ';
	while ((from += souk_utf8_valid(b->at + from, b->len - from)) < b->len)
		b->at[from] = '?';
}

void letter_paragraph(struct letter *l, const char *format, ...)
{
	size_t from = l->text.len;
	va_list args;

	va_start(args, format);
	souk_add_vformat(&l->text, format, args);
	va_end(args);
	letter_make_line(&l->text, from);
	souk_add_string(&l->html, "<p>");
	add_escaped(&l->html, l->text.at + from, l->text.len - from);
	souk_add_string(&l->html, "</p>\n");
	souk_add_string(&l->text, "\n\n");
}

void letter_subject(struct letter *l, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	souk_add_vformat(&l->subject, format, args);
	va_end(args);
	letter_make_line(&l->subject, 0);
}

/* "  2 x MUG                12.30" */
void letter_row(struct letter *l, struct souk_text left, struct souk_text right)
{
	struct souk_buffer name = {0};

	souk_add(&name, left.at, left.len);
	letter_make_line(&name, 0);
	souk_add_string(&l->text, "  ");
	souk_add_left(&l->text, (struct souk_text){name.at, name.len}, 50);
	souk_add_char(&l->text, ' ');
	souk_add_right(&l->text, right, 12);
	souk_buffer_free(&name);
	while (l->text.at[l->text.len - 1] == ' ')
		l->text.len--;
	souk_add_string(&l->html, "<tr><td>");
	add_escaped(&l->html, left.at, left.len);
	souk_add_string(&l->html, "</td><td align=\"right\">");
	add_escaped(&l->html, right.at, right.len);
	souk_add_string(&l->html, "</td></tr>\n");
	souk_add_char(&l->text, '\n');
}

void letter_table_begin(struct letter *l)
{
	souk_add_string(&l->html, "<table>\n");
}

void letter_table_end(struct letter *l)
{
	souk_add_string(&l->html, "</table>\n");
	souk_add_char(&l->text, '\n');
}

/* Nothing else is followed by a click. */
void letter_add_anchor(struct souk_buffer *html, const char *at, size_t len)
{
	bool link = len > 8 && !strncmp(at, "https://", 8);

	if (link) {
		souk_add_string(html, "<a href=\"");
		add_escaped(html, at, len);
		souk_add_string(html, "\">");
	}
	add_escaped(html, at, len);
	if (link)
		souk_add_string(html, "</a>");
}

void letter_link(struct letter *l, struct souk_text url)
{
	size_t from = l->text.len;

	souk_add(&l->text, url.at, url.len);
	letter_make_line(&l->text, from);
	souk_add_string(&l->html, "<p>");
	letter_add_anchor(&l->html, l->text.at + from, l->text.len - from);
	souk_add_string(&l->html, "</p>\n");
	souk_add_string(&l->text, "\n\n");
}

void letter_free(struct letter *l)
{
	souk_buffer_free(&l->subject);
	souk_buffer_free(&l->text);
	souk_buffer_free(&l->html);
}
