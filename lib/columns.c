/* SPDX-License-Identifier: ISC */
#include "columns.h"

#include <unistr.h>
#include <uniwidth.h>

/* The bytes of the character at `at`, and the columns it takes. */
static size_t character(struct souk_text text, size_t at, size_t *columns)
{
	ucs4_t code;
	int len = u8_mbtouc(&code, (const uint8_t *)text.at + at, text.len - at), width = uc_width(code, "UTF-8");

	*columns = width < 0 ? 0 : (size_t)width;
	return (size_t)len;
}

size_t souk_columns(struct souk_text text)
{
	size_t sum = 0, columns;

	for (size_t at = 0; at < text.len; sum += columns)
		at += character(text, at, &columns);
	return sum;
}

void souk_add_spaces(struct souk_buffer *b, size_t count)
{
	if (count == 0)
		return;
	memset(souk_buffer_room(b, count), ' ', count);
	b->len += count;
}

void souk_add_left(struct souk_buffer *b, struct souk_text text, size_t width)
{
	size_t columns = souk_columns(text);

	souk_add(b, text.at, text.len);
	if (columns < width)
		souk_add_spaces(b, width - columns);
}

void souk_add_right(struct souk_buffer *b, struct souk_text text, size_t width)
{
	size_t columns = souk_columns(text);

	if (columns < width)
		souk_add_spaces(b, width - columns);
	souk_add(b, text.at, text.len);
}

/* How many bytes of the text fit, and where in them a word ends; 0 if none does. */
static size_t fit(struct souk_text text, size_t width, size_t *word_end)
{
	size_t at = 0, taken = 0, columns, len;

	*word_end = 0;
	while (at < text.len) {
		len = character(text, at, &columns);
		if (taken + columns > width)
			break;
		if (text.at[at] == ' ')
			*word_end = at;
		taken += columns;
		at += len;
	}
	if (at == text.len || text.at[at] == ' ')
		*word_end = at;
	return at;
}

bool souk_next_line(struct souk_text *rest, size_t width, struct souk_text *line)
{
	size_t len, word_end;

	while (rest->len && *rest->at == ' ')
		*rest = (struct souk_text){rest->at + 1, rest->len - 1};
	if (!rest->len)
		return false;
	len = fit(*rest, width, &word_end);
	if (word_end)
		len = word_end;
	*line = (struct souk_text){rest->at, len};
	*rest = (struct souk_text){rest->at + len, rest->len - len};
	while (line->len && line->at[line->len - 1] == ' ')
		line->len--;
	return true;
}
