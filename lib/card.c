/* SPDX-License-Identifier: ISC */
#include "card.h"

enum { FEWEST_DIGITS = 13, MOST_DIGITS = 19 };

/* People part the groups by one character, or two by mistake. */
enum { MOST_SEPARATORS = 2 };

static unsigned hex_digit(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* The character at *at, which goes on to the next. The text is that of a valid
 * record. Halves of surrogate pairs come one by one, so that a string that can't
 * be decoded hides nothing; characters beyond U+FFFF matter to nobody here. */
static unsigned next_character(const char **at)
{
	const char *c = *at;
	unsigned first = (unsigned char)*c;

	if (first == '\\' && c[1] == 'u') {
		*at += 6;
		return hex_digit(c[2]) << 12 | hex_digit(c[3]) << 8 | hex_digit(c[4]) << 4 |
			hex_digit(c[5]);
	}
	if (first == '\\') {
		*at += 2;
		return c[1] == 't' ? '\t' : (unsigned char)c[1];
	}
	*at += first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (first < 0x80)
		return first;
	if (first < 0xe0)
		return (first & 0x1f) << 6 | ((unsigned char)c[1] & 0x3f);
	if (first < 0xf0)
		return (first & 0x0f) << 12 | ((unsigned char)c[1] & 0x3fu) << 6 |
			((unsigned char)c[2] & 0x3f);
	return 0x10000;
}

static bool is_digit(unsigned c)
{
	return c >= '0' && c <= '9';
}

/* Spaces, dashes and points, those of typographers (U+2000 to U+2015) too. */
static bool is_separator(unsigned c)
{
	return c == ' ' || c == '\t' || c == '-' || c == '.' || c == 0xa0 ||
		(c >= 0x2000 && c <= 0x2015) || c == 0x202f;
}

static bool is_luhn_valid(const unsigned char *digits, unsigned count)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < count; i++) {
		unsigned digit = digits[count - 1 - i];

		if (i % 2)
			digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
		sum += digit;
	}
	return sum % 10 == 0;
}

/* Whether a card number begins here, where a group of digits does: it ends where
 * a group ends. */
static bool begins_card_number(const char *at, const char *end)
{
	unsigned char digits[MOST_DIGITS];
	unsigned count = 0, separators = 0;

	while (at < end) {
		const char *next = at;
		unsigned c = next_character(&next);

		if (is_digit(c)) {
			if (count == MOST_DIGITS)
				return false;
			digits[count++] = (unsigned char)(c - '0');
			separators = 0;
		} else {
			if (!separators && count >= FEWEST_DIGITS && is_luhn_valid(digits, count))
				return true;
			if (!is_separator(c) || ++separators > MOST_SEPARATORS)
				return false;
		}
		at = next;
	}
	return !separators && count >= FEWEST_DIGITS && is_luhn_valid(digits, count);
}

static bool text_holds_card_number(const char *at, const char *end)
{
	bool in_group = false;

	while (end - at >= FEWEST_DIGITS) {
		const char *next = at;
		unsigned c = next_character(&next);

		if (is_digit(c) && !in_group && c != '0' && begins_card_number(at, end))
			return true;
		in_group = is_digit(c);
		at = next;
	}
	return false;
}

bool souk_holds_card_number(const struct souk_record *r, const struct souk_node *node)
{
	if (!node)
		return false;
	/* All nodes within the value, names among them. */
	for (const struct souk_node *n = node; n < &r->nodes[node->next]; n++)
		if (n->len >= FEWEST_DIGITS && (n->type == SOUK_STRING || n->type == SOUK_NUMBER) &&
		    text_holds_card_number(r->line + n->at, r->line + n->at + n->len))
			return true;
	return false;
}

bool souk_payment_holds_card_number(const struct souk_record *r)
{
	return souk_holds_card_number(r, souk_member(r, "pay_with")) ||
		souk_holds_card_number(r, souk_member(r, "payment"));
}

enum souk_outcome souk_refuse_card_number(struct souk_record *r)
{
	souk_refuse(r, "card_number",
		"the payment holds a card number, which is never taken: send a token of the payment "
		"provider; of this record only the id was kept");
	return SOUK_REDACTED;
}
