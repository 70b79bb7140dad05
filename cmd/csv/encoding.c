/* SPDX-License-Identifier: ISC */
#include "encoding.h"

#include <errno.h>
#include <unistd.h>

#include "error.h"

#define READ_BYTES (1 << 18)

const char *const csv_encodings[] = {
	"utf-8", "latin-1", "windows-1252", "utf-16le", "utf-16be", "utf-16", NULL,
};

/* What windows-1252 has at 0x80 to 0x9f, where ISO 8859-1 has control
 * characters; 0 where it has nothing. */
static const uint16_t windows_1252[32] = {
	0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
	0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

static bool is_utf_16(const struct csv_source *source)
{
	return source->encoding >= CSV_UTF_16LE;
}

/* The code point of a byte from 0x80 on, or 0. */
static unsigned single_byte(const struct csv_source *source, unsigned char byte)
{
	if (source->encoding == CSV_WINDOWS_1252 && byte < 0xa0)
		return windows_1252[byte - 0x80];
	return byte;
}

/* A surrogate becomes three bytes like any other of its size, which is no UTF-8. */
static void add_code_point(struct souk_buffer *out, unsigned c)
{
	if (c < 0x80) {
		souk_add_char(out, (char)c);
	} else if (c < 0x800) {
		souk_add_char(out, (char)(0xc0 | c >> 6));
		souk_add_char(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		souk_add_char(out, (char)(0xe0 | c >> 12));
		souk_add_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
		souk_add_char(out, (char)(0x80 | (c & 0x3f)));
	} else {
		souk_add_char(out, (char)(0xf0 | c >> 18));
		souk_add_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
		souk_add_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
		souk_add_char(out, (char)(0x80 | (c & 0x3f)));
	}
}

static unsigned unit(const struct csv_source *source, const unsigned char *at)
{
	bool little = source->encoding == CSV_UTF_16LE;

	return (unsigned)at[little] << 8 | at[!little];
}

/* Decodes what is complete and returns how many bytes that took. */
static size_t add_utf_16(const struct csv_source *source, const unsigned char *at, size_t len,
	struct souk_buffer *out)
{
	size_t done = 0;

	while (len - done >= 2) {
		unsigned high = unit(source, at + done), low;

		if ((high & 0xfc00) != 0xd800) {
			add_code_point(out, high);
			done += 2;
			continue;
		}
		if (len - done < 4 && !source->ended)
			break;
		low = len - done < 4 ? 0 : unit(source, at + done + 2);
		if ((low & 0xfc00) == 0xdc00) {
			add_code_point(out, 0x10000 + ((high & 0x3ff) << 10 | (low & 0x3ff)));
			done += 4;
		} else {
			add_code_point(out, high);
			done += 2;
		}
	}
	if (source->ended && done < len) {
		souk_add_char(out, (char)0xff); /* half of a unit */
		done = len;
	}
	return done;
}

/* With CSV_UTF_16 the byte order mark decides. */
static void find_byte_order(struct csv_source *source, const unsigned char *at, size_t len)
{
	if (len >= 2 && at[0] == 0xff && at[1] == 0xfe)
		source->encoding = CSV_UTF_16LE;
	else if (len >= 2 && at[0] == 0xfe && at[1] == 0xff)
		source->encoding = CSV_UTF_16BE;
	else if (len >= 2 || (len && source->ended))
		souk_die_usage("the input has no byte order mark: "
			"say --encoding utf-16le or utf-16be");
}

bool csv_source_read(struct csv_source *source, struct souk_buffer *out)
{
	static unsigned char raw[READ_BYTES];
	size_t kept = source->carry_len, len, done;
	ssize_t got;

	if (source->ended)
		return false;
	memcpy(raw, source->carry, kept);
	do
		got = is_utf_16(source) ? read(source->fd, raw + kept, sizeof(raw) - kept) :
			read(source->fd, souk_buffer_room(out, READ_BYTES), READ_BYTES);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		souk_die_errno("cannot read the input");
	source->ended = got == 0;
	if (!is_utf_16(source)) {
		out->len += (size_t)got;
		return !source->ended;
	}
	len = kept + (size_t)got;
	if (source->encoding == CSV_UTF_16)
		find_byte_order(source, raw, len);
	done = source->encoding == CSV_UTF_16 ? 0 : add_utf_16(source, raw, len, out);
	source->carry_len = len - done;
	memcpy(source->carry, raw + done, source->carry_len);
	return !source->ended || kept > 0;
}

size_t csv_source_span(const struct csv_source *source, struct souk_text text)
{
	size_t units = 0;

	if (!is_utf_16(source))
		return text.len;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		units += (c & 0xc0) != 0x80;
		units += c >= 0xf0 && c < 0xff; /* a surrogate pair */
	}
	return units * 2;
}

size_t csv_source_valid(const struct csv_source *source, struct souk_text text)
{
	size_t i = 0;

	if (source->encoding == CSV_UTF_8 || is_utf_16(source))
		return souk_utf8_valid(text.at, text.len);
	while (i < text.len && (!(text.at[i] & 0x80) ||
	       single_byte(source, (unsigned char)text.at[i])))
		i++;
	return i;
}

void csv_source_decode(const struct csv_source *source, struct souk_text text,
	struct souk_buffer *out)
{
	if (source->encoding == CSV_UTF_8 || is_utf_16(source)) {
		souk_add(out, text.at, text.len);
		return;
	}
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.at[i];
		unsigned c = byte < 0x80 ? byte : single_byte(source, byte);

		if (c || byte == 0)
			add_code_point(out, c);
	}
}
