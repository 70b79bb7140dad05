/* SPDX-License-Identifier: ISC */
#include "layout.h"

#include "columns.h"

static struct souk_text of(const struct souk_buffer *b)
{
	return (struct souk_text){b->at, b->len};
}

void receipt_rule(struct receipt *s)
{
	for (int64_t i = 0; i < s->width; i++)
		souk_add_char(&s->text, '-');
	souk_add_char(&s->text, '\n');
}

void receipt_line(struct receipt *s)
{
	size_t right = souk_columns(of(&s->right)), indent = 0;
	/* The right side is an amount; 24 columns hold the largest with its sign. */
	size_t room = (size_t)s->width > right + 1 ? (size_t)s->width - right - 1 : 2;
	struct souk_text rest, line, next;

	while (indent < s->left.len && s->left.at[indent] == ' ')
		indent++;
	rest = (struct souk_text){s->left.at + indent, s->left.len - indent};
	if (indent + 2 > room)
		indent = 0;
	if (!souk_next_line(&rest, room - indent, &line))
		line = SOUK_TEXT("");
	while (souk_next_line(&rest, room - indent, &next)) {
		souk_add_spaces(&s->text, indent);
		souk_add(&s->text, line.at, line.len);
		souk_add_char(&s->text, '\n');
		line = next;
	}
	souk_add_spaces(&s->text, indent);
	if (right)
		souk_add_left(&s->text, line, (size_t)s->width - right - indent);
	else
		souk_add(&s->text, line.at, line.len);
	souk_add(&s->text, s->right.at, s->right.len);
	souk_add_char(&s->text, '\n');
	s->left.len = s->right.len = 0;
}

void receipt_amount(struct receipt *s, int64_t minor)
{
	souk_add_major(&s->right, minor, s->currency);
	receipt_line(s);
}
