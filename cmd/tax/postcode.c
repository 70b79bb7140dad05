/* SPDX-License-Identifier: ISC */
/* Postcodes by prefix and by range. Spaces and hyphens in a postcode say nothing:
 * "SW1Y 4JH" is compared as SW1Y4JH. */
#include "tax.h"

static char capital(char c)
{
	return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

static bool is_code(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

size_t postcode_plain(struct souk_text text, char plain[MAX_POSTCODE])
{
	size_t len = 0;

	for (size_t i = 0; i < text.len && len < MAX_POSTCODE; i++)
		if (is_code(capital(text.at[i])))
			plain[len++] = capital(text.at[i]);
	return len;
}

/* Takes what stands before `end` (or all), and what follows it. */
static struct souk_text cut(struct souk_text *rest, char end)
{
	const char *found = rest->len ? memchr(rest->at, end, rest->len) : NULL;
	struct souk_text part = {rest->at, found ? (size_t)(found - rest->at) : rest->len};

	rest->at = found ? found + 1 : rest->at + rest->len;
	rest->len -= part.len + (found != NULL);
	return part;
}

/* One end of a pattern: letters and digits, with spaces at most. */
static bool add_code(struct souk_text code, struct souk_buffer *out)
{
	size_t before = out->len;

	for (size_t i = 0; i < code.len; i++) {
		if (code.at[i] == ' ')
			continue;
		if (!is_code(capital(code.at[i])))
			return false;
		souk_add_char(out, capital(code.at[i]));
	}
	return out->len > before && out->len - before <= MAX_POSTCODE;
}

bool postcode_patterns(struct souk_text text, struct souk_buffer *out)
{
	while (text.len) {
		struct souk_text high = cut(&text, ','), low = cut(&high, '-');
		size_t at, len;

		if (out->len)
			souk_add_char(out, ',');
		at = out->len;
		if (!add_code(low, out))
			return false;
		len = out->len - at;
		if (!high.len)
			continue;
		souk_add_char(out, '-');
		if (!add_code(high, out) || out->len - at != 2 * len + 1 ||
		    memcmp(out->at + at, out->at + at + len + 1, len) > 0)
			return false;
	}
	return out->len > 0;
}

size_t postcode_match(struct souk_text patterns, struct souk_text plain)
{
	size_t most = 0;

	while (patterns.len) {
		struct souk_text high = cut(&patterns, ','), low = cut(&high, '-');

		if (!high.len)
			high = low;
		if (low.len > most && low.len <= plain.len && memcmp(plain.at, low.at, low.len) >= 0 &&
		    memcmp(plain.at, high.at, low.len) <= 0)
			most = low.len;
	}
	return most;
}
