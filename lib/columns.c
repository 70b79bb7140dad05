/* SPDX-License-Identifier: ISC */
#include "columns.h"

#include <wchar.h>

/* The bytes of the character at `at`, and the columns it takes. */
static size_t character(struct souk_text text, size_t at, size_t *columns)
{
	unsigned char first = (unsigned char)text.at[at];
	size_t len = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	wchar_t code = (wchar_t)(first < 0x80 ? first : first & (0xff >> (len + 1)));
	int width;

	if (len > text.len - at)
		len = text.len - at;
	for (size_t i = 1; i < len; i++)
		code = (wchar_t)(code << 6 | ((unsigned char)text.at[at + i] & 0x3f));
	width = first < 0x80 ? 1 : wcwidth(code);
	*columns = width < 0 ? 0 : (size_t)width;
	return len;
}

/* wcwidth() goes by the locale, of which a filter has none. */
static locale_t enter(void)
{
	locale_t utf8 = souk_unicode();

	return utf8 ? uselocale(utf8) : (locale_t)0;
}

static void leave(locale_t before)
{
	if (before)
		uselocale(before);
}

size_t souk_columns(struct souk_text text)
{
	locale_t before = enter();
	size_t sum = 0, columns;

	for (size_t at = 0; at < text.len; sum += columns)
		at += character(text, at, &columns);
	leave(before);
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
	locale_t before = enter();
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
	leave(before);
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
