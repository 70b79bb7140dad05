/* SPDX-License-Identifier: ISC */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>

#include "error.h"
#include "scan.h"

void souk_buffer_grow(struct souk_buffer *b, size_t more)
{
	size_t cap = b->cap < 256 ? 256 : b->cap;

	if (more > SIZE_MAX / 2 - b->len)
		souk_die("out of memory");
	while (cap - b->len < more)
		cap += cap / 2;
	b->at = realloc(b->at, cap);
	if (!b->at)
		souk_die("out of memory");
	b->cap = cap;
}

void souk_buffer_free(struct souk_buffer *b)
{
	free(b->at);
	*b = (struct souk_buffer){0};
}

void souk_add_decimal(struct souk_buffer *b, int64_t value)
{
	char digits[20], *at = digits + sizeof(digits);
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do
		*--at = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		souk_add_char(b, '-');
	souk_add(b, at, (size_t)(digits + sizeof(digits) - at));
}

void souk_add_vformat(struct souk_buffer *b, const char *format, va_list args)
{
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(souk_buffer_room(b, 256), 256, format, args);
	if (len >= 256)
		vsnprintf(souk_buffer_room(b, (size_t)len + 1), (size_t)len + 1, format, again);
	va_end(again);
	if (len > 0)
		b->len += (size_t)len;
}

void souk_add_format(struct souk_buffer *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	souk_add_vformat(b, format, args);
	va_end(args);
}

/* Bytes of the well-formed sequence at `at`, or 0. The table is that of The
 * Unicode Standard, table 3-7. */
static size_t sequence(const unsigned char *at, size_t left)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t len;

	if (at[0] < 0x80)
		return 1;
	if (at[0] < 0xc2 || at[0] > 0xf4)
		return 0;
	len = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	if (left < len)
		return 0;
	if (at[0] == 0xe0)
		low = 0xa0;
	else if (at[0] == 0xed)
		high = 0x9f;
	else if (at[0] == 0xf0)
		low = 0x90;
	else if (at[0] == 0xf4)
		high = 0x8f;
	if (at[1] < low || at[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

size_t souk_utf8_valid(const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	size_t done = 0, step;

	while (done < len && (step = sequence(at + done, len - done)))
		done += step;
	return done;
}

void souk_add_quoted(struct souk_buffer *b, struct souk_text text)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *in = (const unsigned char *)text.at;
	/* \u001f is the longest that a byte can become. */
	char *start = souk_buffer_room(b, text.len * 6 + 2), *out = start;

	*out++ = '"';
	for (size_t i = 0; i < text.len;) {
		unsigned char c;
		size_t step;

		/* Most text is plain: eight bytes at a time. */
		while (text.len - i >= 8 && souk_is_plain8(in + i)) {
			memcpy(out, in + i, 8);
			out += 8;
			i += 8;
		}
		if (i == text.len)
			break;
		c = in[i];
		if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
			*out++ = (char)c;
			i++;
			continue;
		}
		if (c >= 0x80) {
			step = sequence(in + i, text.len - i);
			memcpy(out, step ? (const char *)in + i : "\xef\xbf\xbd", step ? step : 3);
			out += step ? step : 3;
			i += step ? step : 1;
			continue;
		}
		*out++ = '\\';
		i++;
		switch (c) {
		case '"': case '\\': *out++ = (char)c; break;
		case '\n': *out++ = 'n'; break;
		case '\r': *out++ = 'r'; break;
		case '\t': *out++ = 't'; break;
		default:
			memcpy(out, "u00", 3);
			out[3] = hex[c >> 4];
			out[4] = hex[c & 15];
			out += 5;
		}
	}
	*out++ = '"';
	b->len += (size_t)(out - start);
}

void souk_add_base64(struct souk_buffer *b, const void *bytes, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = bytes;
	char *out = souk_buffer_room(b, (len + 2) / 3 * 4);

	b->len += (len + 2) / 3 * 4;
	for (; len >= 3; len -= 3, in += 3, out += 4) {
		out[0] = digits[in[0] >> 2];
		out[1] = digits[(in[0] & 3) << 4 | in[1] >> 4];
		out[2] = digits[(in[1] & 15) << 2 | in[2] >> 6];
		out[3] = digits[in[2] & 63];
	}
	if (len) {
		unsigned char second = len == 2 ? in[1] : 0;

		out[0] = digits[in[0] >> 2];
		out[1] = digits[(in[0] & 3) << 4 | second >> 4];
		out[2] = len == 2 ? digits[(second & 15) << 2] : '=';
		out[3] = '=';
	}
}

/* A comma is due unless something has just been opened or named. */
static void separate(struct souk_buffer *b)
{
	char last = b->len ? b->at[b->len - 1] : '{';

	if (last != '{' && last != '[' && last != ':' && last != '\n')
		souk_add_char(b, ',');
}

void souk_put_name(struct souk_buffer *b, const char *name)
{
	size_t len;
	char *at;

	separate(b);
	if (!name)
		return;
	len = strlen(name);
	at = souk_buffer_room(b, len + 3);
	at[0] = '"';
	memcpy(at + 1, name, len);
	memcpy(at + 1 + len, "\":", 2);
	b->len += len + 3;
}

void souk_put_open(struct souk_buffer *b, const char *name, char bracket)
{
	souk_put_name(b, name);
	souk_add_char(b, bracket);
}

void souk_put_close(struct souk_buffer *b, char bracket)
{
	souk_add_char(b, bracket);
}

void souk_put_int(struct souk_buffer *b, const char *name, int64_t value)
{
	souk_put_name(b, name);
	souk_add_decimal(b, value);
}

void souk_put_bool(struct souk_buffer *b, const char *name, bool value)
{
	souk_put_name(b, name);
	souk_add_string(b, value ? "true" : "false");
}

void souk_put_text(struct souk_buffer *b, const char *name, struct souk_text text)
{
	souk_put_name(b, name);
	souk_add_quoted(b, text);
}

void souk_put_string(struct souk_buffer *b, const char *name, const char *string)
{
	souk_put_text(b, name, souk_text_of(string));
}

void souk_put_raw(struct souk_buffer *b, const char *name, struct souk_text json)
{
	souk_put_name(b, name);
	souk_add(b, json.at, json.len);
}

bool souk_text_similar(struct souk_text a, struct souk_text b)
{
	/* Optimal string alignment distance, three rows of a table; words are short. */
	enum { MOST = 40 };
	unsigned rows[3][MOST + 1], *before = rows[0], *last = rows[1], *row = rows[2], *swap;
	size_t shorter = a.len < b.len ? a.len : b.len, longer = a.len + b.len - shorter;

	if (longer > MOST || shorter < 2 || longer - shorter > 2)
		return false;
	for (size_t j = 0; j <= b.len; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= a.len; i++) {
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b.len; j++) {
			unsigned best = last[j - 1] + (a.at[i - 1] != b.at[j - 1]);

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1] &&
			    before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			row[j] = best;
		}
		swap = before;
		before = last;
		last = row;
		row = swap;
	}
	return last[b.len] <= (shorter < 5 ? 1 : 2);
}

locale_t souk_unicode(void)
{
	static locale_t unicode;

	if (!unicode)
		unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	return unicode;
}
