/* SPDX-License-Identifier: ISC */
/* money.h: exact money. An amount is an int64_t in minor units of its currency
 * (pence, yen, fils); prices and rates that are finer are decimals. Nothing
 * here uses floating point, and nothing wraps around: what does not fit is
 * refused with false, and then the result is not written. */
#ifndef SOUK_MONEY_H
#define SOUK_MONEY_H

#include "text.h"

/* An active currency of ISO 4217 with its number of decimals, 0 to 4. */
struct souk_currency {
	char code[4];
	int exponent;
};

/* NULL unless `code` is three upper-case letters of an active currency that has
 * minor units: gold (XAU), the code for tests (XTS) and their like have none. */
const struct souk_currency *souk_currency_find(struct souk_text code);

/* All of them, sorted by code. */
const struct souk_currency *souk_currencies(size_t *count);

/* How a tie is broken. SOUK_HALF_UP goes away from zero (2.5 to 3, -2.5 to -3),
 * as merchants do; SOUK_HALF_EVEN goes to the even neighbour (2.5 to 2, 3.5 to 4). */
enum souk_rounding { SOUK_HALF_UP, SOUK_HALF_EVEN };

/* The names of the modes in the order of the enum, then NULL: "half-up", "half-even". */
extern const char *const souk_rounding_names[];

#define SOUK_DECIMAL_DIGITS_MAX 18
#define SOUK_DECIMAL_SCALE_MAX 12

/* The number digits / 10^scale, scale 0 to SOUK_DECIMAL_SCALE_MAX. The functions
 * take any, and make the one with the smallest scale: what they made is a whole
 * number exactly if its scale is 0, and then its value is `digits`. */
struct souk_decimal {
	int64_t digits;
	int scale;
};

/* Reads "-?digits[.digits]" and nothing else: no plus, exponent, space or bare
 * point. Leading zeros, and zeros that end the fraction, do not count; beyond
 * them at most 18 digits, at most 12 of them after the point. */
bool souk_decimal_parse(struct souk_text text, struct souk_decimal *decimal);

/* Appends the number without needless zeros: "17.5", "-0.001", "0". */
void souk_add_decimal_number(struct souk_buffer *b, struct souk_decimal decimal);

/* Below, equal to or above 0 as a is less than, equal to or more than b. */
int souk_decimal_compare(struct souk_decimal a, struct souk_decimal b);

/* False if the sum does not fit. `sum` may be the address of an operand. */
bool souk_decimal_add(struct souk_decimal a, struct souk_decimal b, struct souk_decimal *sum);

/* The exact product. False if it does not fit, or needs more than
 * SOUK_DECIMAL_SCALE_MAX decimals. `product` may be the address of an operand. */
bool souk_decimal_multiply(struct souk_decimal a, struct souk_decimal b, struct souk_decimal *product);

/* Major units (pounds) to minor ones (pence) of a currency with `exponent`
 * decimals, exactly: 2.55 to 255, 0.001 to 0.1. False if it does not fit. */
bool souk_minor_from_major(struct souk_decimal major, int exponent, struct souk_decimal *minor);

/* Appends an amount as people write it, in major units with all decimals of the
 * currency: 1230 as "12.30" in GBP, "1230" in JPY, "1.230" in KWD. */
void souk_add_major(struct souk_buffer *b, int64_t amount, const struct souk_currency *currency);

static inline bool souk_money_add(int64_t a, int64_t b, int64_t *sum)
{
	int64_t result;

	if (__builtin_add_overflow(a, b, &result))
		return false;
	*sum = result;
	return true;
}

static inline bool souk_money_sub(int64_t a, int64_t b, int64_t *difference)
{
	int64_t result;

	if (__builtin_sub_overflow(a, b, &result))
		return false;
	*difference = result;
	return true;
}

static inline bool souk_money_mul(int64_t a, int64_t b, int64_t *product)
{
	int64_t result;

	if (__builtin_mul_overflow(a, b, &result))
		return false;
	*product = result;
	return true;
}

/* unit x qty, rounded once. `unit` is in minor units, and may be finer. */
bool souk_money_line(struct souk_decimal unit, int64_t qty, enum souk_rounding mode,
		     int64_t *amount);

/* amount x percent / 100, rounded once: a percentage off, a commission. */
bool souk_money_percent(int64_t amount, struct souk_decimal percent, enum souk_rounding mode,
			int64_t *part);

/* amount x to / from x 10^shift, rounded once: what an amount is in a currency of which
 * `to` are worth `from` of its own, when that has `shift` decimals more. to and from
 * must be above zero, shift from -4 to 4. */
bool souk_money_convert(int64_t amount, struct souk_decimal to, struct souk_decimal from, int shift,
			enum souk_rounding mode, int64_t *converted);

/* The tax on a net amount: amount x rate / 100, rounded once; `rate` in percent.
 * False also if the rate is negative. To round per order instead of per line,
 * pass the sum of the lines that have this rate. */
bool souk_money_tax_exclusive(int64_t amount, struct souk_decimal rate, enum souk_rounding mode,
			      int64_t *tax);

/* The tax within a gross amount: gross x rate / (100 + rate), rounded once; the
 * net amount is what is left, so that both always add up to the gross. False
 * also if the rate is negative. Per order: as above. */
bool souk_money_tax_inclusive(int64_t gross, struct souk_decimal rate, enum souk_rounding mode,
			      int64_t *tax);

/* Spreads `amount` (of any sign) over `count` shares in proportion to `weights`
 * by largest remainder: each share is the exact one rounded down or up (as
 * magnitudes), those with the largest remainders are rounded up, of equal
 * remainders the first. The shares sum to the amount exactly, and a weight of 0
 * gets 0, unless all are 0: then it is spread evenly. False if a weight is
 * negative, the sum of the weights overflows, or a nonzero amount has nobody to
 * go to. It allocates nothing; `shares` must not overlap `weights`. */
bool souk_money_spread(int64_t amount, const int64_t *weights, size_t count, int64_t *shares);

#endif
