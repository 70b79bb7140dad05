/* SPDX-License-Identifier: ISC */
#include "fold.h"

#include <wctype.h>

/* U+00C0 to U+017F without their marks; capitals stand for two letters, a space for none. */
static const char latin[] =
	"aaaaaaAceeeeiiii" "dnooooo ouuuuyTS" "aaaaaaAceeeeiiii" "dnooooo ouuuuyTy"
	"aaaaaaccccccccdd" "ddeeeeeeeeeegggg" "gggghhhhiiiiiiii" "iiiijjkkklllllll"
	"lllnnnnnnnnnoooo" "ooOOrrrrrrssssss" "ssttttttuuuuuuuu" "uuuuwwyyyzzzzzzs";

/* Whether it is one of so many bytes from `first` on. */
static bool is_among(char byte, char first, unsigned count)
{
	return (unsigned)((unsigned char)byte - (unsigned char)first) < count;
}

static void add_latin(struct souk_buffer *out, char letter)
{
	switch (letter) {
	case 'A': souk_add_string(out, "ae"); break;
	case 'O': souk_add_string(out, "oe"); break;
	case 'S': souk_add_string(out, "ss"); break;
	case 'T': souk_add_string(out, "th"); break;
	default: souk_add_char(out, letter);
	}
}

/* The code point that begins at `at`, of well-formed UTF-8. */
static unsigned decode(const unsigned char *at, size_t *len)
{
	*len = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	switch (*len) {
	case 2: return (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu);
	case 3: return (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
	default: return (at[0] & 0x07u) << 18 | (at[1] & 0x3fu) << 12 | (at[2] & 0x3fu) << 6 | (at[3] & 0x3fu);
	}
}

static void encode(struct souk_buffer *out, unsigned c)
{
	if (c < 0x800) {
		souk_add_char(out, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			souk_add_char(out, (char)(0xe0 | c >> 12));
		} else {
			souk_add_char(out, (char)(0xf0 | c >> 18));
			souk_add_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		souk_add_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	souk_add_char(out, (char)(0x80 | (c & 0x3f)));
}

/* What other scripts have for letters, digits and small letters the C library knows. */
static void add_other(struct souk_buffer *out, unsigned c, bool *parts)
{
	locale_t unicode = souk_unicode();

	if (!unicode)
		souk_die("the locale C.UTF-8 is missing");
	if (iswalnum_l((wint_t)c, unicode)) {
		unsigned small = (unsigned)towlower_l((wint_t)c, unicode);

		encode(out, small < 0x80 ? c : small);
	} else if ((c < 0x300 || c > 0x36f) && c != 0x2019) {
		*parts = true; /* neither a combining mark nor an apostrophe */
	}
}

/* How long the tag or entity at the front of `text` is; 0 if it is none. */
static size_t markup(struct souk_text text)
{
	const char *end;

	if (text.len < 3 || (text.at[0] == '<' && !strchr("/!", text.at[1]) && !is_among((char)(text.at[1] | 32), 'a', 26)))
		return 0;
	end = memchr(text.at, text.at[0] == '<' ? '>' : ';', text.at[0] == '<' || text.len < 10 ? text.len : 10);
	return end ? (size_t)(end - text.at) + 1 : 0;
}

void fold(struct souk_buffer *out, struct souk_text text, bool html)
{
	size_t start = out->len, len;

	for (size_t i = 0; i < text.len; i += len) {
		unsigned char byte = (unsigned char)text.at[i];
		bool parts = false;
		unsigned c;

		len = 1;
		if (is_among(text.at[i], '0', 10) || is_among(text.at[i], 'a', 26)) {
			souk_add_char(out, (char)byte);
		} else if (is_among(text.at[i], 'A', 26)) {
			souk_add_char(out, (char)(byte | 32));
		} else if (byte < 0x80) {
			parts = byte != '\'';
			if (html && (byte == '<' || byte == '&')) {
				len = markup((struct souk_text){text.at + i, text.len - i});
				len += !len;
			}
		} else {
			c = decode((const unsigned char *)text.at + i, &len);
			if (c >= 0xc0 && c < 0x180 && latin[c - 0xc0] != ' ')
				add_latin(out, latin[c - 0xc0]);
			else
				add_other(out, c, &parts);
		}
		if (parts && out->len > start && out->at[out->len - 1] != ' ')
			souk_add_char(out, ' ');
	}
	if (out->len > start && out->at[out->len - 1] != ' ')
		souk_add_char(out, ' ');
}

bool fold_next(struct souk_text *words, struct souk_text *word)
{
	const char *end = words->len ? memchr(words->at, ' ', words->len) : NULL;

	if (!end)
		return false;
	*word = (struct souk_text){words->at, (size_t)(end - words->at)};
	words->at = end + 1;
	words->len -= word->len + 1;
	return true;
}
