/* SPDX-License-Identifier: ISC */
#include "number.h"

#include <stdio.h>
#include <stdlib.h>

/* A double holds any decimal of so many digits; of two doubles, so many tell which. */
enum { SAFE_DIGITS = 15, MOST_DIGITS = 17 };
/* Within these powers of ten a double has its full precision. */
enum { LEAST_POWER = -290, MOST_POWER = 290 };

/* A number by its value: 0.d1d2d3... x 10^power, d1 and the last not 0. */
struct decimal {
	bool negative;
	int count;          /* of digits; 0 for zero, MOST_DIGITS + 1 for more */
	char digits[MOST_DIGITS];
	long power;
};

static struct decimal decimal_of(struct souk_text text)
{
	struct decimal d = {.negative = *text.at == '-'};
	const char *at = text.at + d.negative, *end = text.at + text.len;
	bool fraction = false;
	long zeros = 0;

	for (; at < end && *at != 'e' && *at != 'E'; at++) {
		if (*at == '.') {
			fraction = true;
			continue;
		}
		d.power += !fraction;
		if (*at == '0') {
			/* Zeros in front count only for the power, those at the end for nothing. */
			if (d.count)
				zeros++;
			else
				d.power--;
			continue;
		}
		for (; zeros && d.count < MOST_DIGITS; zeros--)
			d.digits[d.count++] = '0';
		if (d.count < MOST_DIGITS)
			d.digits[d.count++] = *at;
		else
			d.count = MOST_DIGITS + 1;
		if (d.count > MOST_DIGITS)
			return d;
	}
	if (at < end) {
		long exponent = strtol(at + 1, NULL, 10);

		/* One that no double has; it must not overflow. */
		d.power += exponent > 100000000 ? 100000000
			 : exponent < -100000000 ? -100000000 : exponent;
	}
	if (!d.count)
		d = (struct decimal){0};
	return d;
}

static bool equal(const struct decimal *a, const struct decimal *b)
{
	return a->negative == b->negative && a->count == b->count && a->power == b->power &&
		!memcmp(a->digits, b->digits, (size_t)a->count);
}

/* A whole number that its digits alone say and a double holds. */
static bool read_small(struct souk_text text, double *number)
{
	bool negative = *text.at == '-';
	int64_t sum = 0;

	if (text.len - negative > SAFE_DIGITS)
		return false;
	for (size_t i = negative; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		sum = sum * 10 + (text.at[i] - '0');
	}
	*number = negative ? -(double)sum : (double)sum;
	return true;
}

bool map_number_read(struct souk_text text, double *number)
{
	struct souk_buffer written = {0};
	struct decimal given, kept;

	if (read_small(text, number))
		return true;
	given = decimal_of(text);
	*number = strtod(text.at, NULL);
	if (given.count <= SAFE_DIGITS && given.power > LEAST_POWER && given.power < MOST_POWER)
		return true;
	if (*number - *number != 0)
		return false; /* beyond any double */
	if (given.count > MOST_DIGITS)
		return false;
	map_number_write(&written, *number);
	kept = decimal_of((struct souk_text){written.at, written.len});
	souk_buffer_free(&written);
	return kept.count <= MOST_DIGITS && equal(&given, &kept);
}

/* A large whole number, "-1.5e+18" or its digits, with zeros in place of the exponent:
 * readers of whole numbers take no other spelling. */
static void add_whole(struct souk_buffer *out, const char *text)
{
	const char *at = text;
	long places = 0;
	bool fraction = false;

	for (; *at && *at != 'e'; at++) {
		fraction |= *at == '.';
		if (*at == '.')
			continue;
		souk_add_char(out, *at);
		places += fraction;
	}
	if (*at)
		places = strtol(at + 1, NULL, 10) - places;
	for (; *at && places > 0; places--)
		souk_add_char(out, '0');
}

void map_number_write(struct souk_buffer *out, double number)
{
	char text[40];
	int len, digits;

	/* cppcheck-suppress incorrectLogicOperator ; it does not read hexadecimal floats */
	if (number >= -0x1p53 && number <= 0x1p53 && number == (double)(int64_t)number) {
		if (number == 0 && __builtin_signbit(number))
			souk_add_char(out, '-');
		souk_add_decimal(out, (int64_t)number);
		return;
	}
	for (digits = SAFE_DIGITS;; digits++) {
		len = snprintf(text, sizeof(text), "%.*g", digits, number);
		if (digits == MOST_DIGITS || strtod(text, NULL) == number)
			break;
	}
	if ((number > 0x1p53 && number < 1e21) || (number < -0x1p53 && number > -1e21)) {
		add_whole(out, text);
		return;
	}
	souk_add(out, text, (size_t)len);
}
