/* SPDX-License-Identifier: ISC */
#include "money.h"

/* Any product of two amounts fits with room to double it. */
__extension__ typedef __int128 wide;

const char *const souk_rounding_names[] = {
	[SOUK_HALF_UP] = "half-up",
	[SOUK_HALF_EVEN] = "half-even",
	NULL,
};

static const int64_t power_of_ten[] = {
	1,
	10,
	100,
	1000,
	10000,
	100000,
	1000000,
	10000000,
	100000000,
	1000000000,
	10000000000,
	100000000000,
	1000000000000,
};

static bool narrow(wide value, int64_t *result)
{
	if (value < INT64_MIN || value > INT64_MAX)
		return false;
	*result = (int64_t)value;
	return true;
}

/* numerator / denominator, the one rounding of every amount; denominator > 0. */
static bool divide(wide numerator, wide denominator, enum souk_rounding mode, int64_t *result)
{
	wide quotient = numerator / denominator;
	wide left = numerator % denominator;
	wide twice = left < 0 ? -2 * left : 2 * left;

	if (twice > denominator ||
	    (twice == denominator && (mode == SOUK_HALF_UP || quotient % 2 != 0)))
		quotient += numerator < 0 ? -1 : 1;
	return narrow(quotient, result);
}

/* Makes the scale as small as the value allows; false if it still does not fit. */
static bool canonical(wide digits, int scale, struct souk_decimal *decimal)
{
	while (scale > 0 && digits % 10 == 0) {
		digits /= 10;
		scale--;
	}
	if (!narrow(digits, &decimal->digits))
		return false;
	decimal->scale = scale;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool souk_decimal_parse(struct souk_text text, struct souk_decimal *decimal)
{
	bool negative = text.len > 0 && text.at[0] == '-';
	size_t start = negative, point, end, i;
	int64_t digits = 0;

	for (point = start; point < text.len && is_digit(text.at[point]); point++)
		;
	if (point == start)
		return false;
	end = point;
	if (point < text.len) {
		if (text.at[point] != '.' || point + 1 == text.len)
			return false;
		for (end = point + 1; end < text.len; end++)
			if (!is_digit(text.at[end]))
				return false;
		while (text.at[end - 1] == '0')
			end--;
		if (end == point + 1)
			end = point;
	}
	if (end > point && end - point - 1 > SOUK_DECIMAL_SCALE_MAX)
		return false;

	for (i = start; i < end; i++) {
		if (i == point)
			continue;
		/* One more digit would be the nineteenth. */
		if (digits >= 100000000000000000)
			return false;
		digits = 10 * digits + (text.at[i] - '0');
	}
	decimal->digits = negative ? -digits : digits;
	decimal->scale = end > point ? (int)(end - point - 1) : 0;
	return true;
}

/* Appends digits / 10^scale with exactly `scale` decimals. */
static void add_fixed(struct souk_buffer *b, int64_t digits, int scale)
{
	char text[sizeof("-9223372036854775808.") - 1];
	char *const end = text + sizeof(text);
	char *at = end;
	/* As unsigned, for INT64_MIN has no positive counterpart. */
	uint64_t left = digits < 0 ? 0 - (uint64_t)digits : (uint64_t)digits;
	int place = 0;

	do {
		if (place > 0 && place == scale)
			*--at = '.';
		*--at = (char)('0' + left % 10);
		left /= 10;
		place++;
	} while (left > 0 || place <= scale);
	if (digits < 0)
		*--at = '-';
	souk_add(b, at, (size_t)(end - at));
}

void souk_add_decimal_number(struct souk_buffer *b, struct souk_decimal decimal)
{
	canonical(decimal.digits, decimal.scale, &decimal);
	add_fixed(b, decimal.digits, decimal.scale);
}

void souk_add_major(struct souk_buffer *b, int64_t amount, const struct souk_currency *currency)
{
	add_fixed(b, amount, currency->exponent);
}

/* The digits that the decimal would have with a larger scale. */
static wide at_scale(struct souk_decimal decimal, int scale)
{
	return (wide)decimal.digits * power_of_ten[scale - decimal.scale];
}

int souk_decimal_compare(struct souk_decimal a, struct souk_decimal b)
{
	int scale = a.scale > b.scale ? a.scale : b.scale;
	wide left = at_scale(a, scale), right = at_scale(b, scale);

	return (left > right) - (left < right);
}

bool souk_decimal_add(struct souk_decimal a, struct souk_decimal b, struct souk_decimal *sum)
{
	int scale = a.scale > b.scale ? a.scale : b.scale;

	return canonical(at_scale(a, scale) + at_scale(b, scale), scale, sum);
}

bool souk_decimal_multiply(struct souk_decimal a, struct souk_decimal b, struct souk_decimal *product)
{
	wide digits = (wide)a.digits * b.digits;
	int scale = a.scale + b.scale;

	for (; scale > 0 && digits % 10 == 0; scale--)
		digits /= 10;
	return scale <= SOUK_DECIMAL_SCALE_MAX && canonical(digits, scale, product);
}

bool souk_minor_from_major(struct souk_decimal major, int exponent, struct souk_decimal *minor)
{
	return canonical((wide)major.digits * power_of_ten[exponent], major.scale, minor);
}

bool souk_money_line(struct souk_decimal unit, int64_t qty, enum souk_rounding mode,
		     int64_t *amount)
{
	return divide((wide)unit.digits * qty, power_of_ten[unit.scale], mode, amount);
}

bool souk_money_percent(int64_t amount, struct souk_decimal percent, enum souk_rounding mode,
			int64_t *part)
{
	return divide((wide)amount * percent.digits, (wide)100 * power_of_ten[percent.scale],
		      mode, part);
}

bool souk_money_convert(int64_t amount, struct souk_decimal to, struct souk_decimal from, int shift,
			enum souk_rounding mode, int64_t *converted)
{
	wide above = (wide)amount * to.digits, below = from.digits;

	if (to.digits <= 0 || from.digits <= 0)
		return false;
	for (shift += from.scale - to.scale; shift > 0; shift--)
		if (__builtin_mul_overflow(above, 10, &above))
			return false;
	for (; shift < 0; shift++)
		below *= 10;
	/* Twice what is left of a division must still fit. */
	if (above > (wide)1 << 125 || above < -((wide)1 << 125))
		return false;
	return divide(above, below, mode, converted);
}

bool souk_money_tax_exclusive(int64_t amount, struct souk_decimal rate, enum souk_rounding mode,
			      int64_t *tax)
{
	return rate.digits >= 0 && souk_money_percent(amount, rate, mode, tax);
}

bool souk_money_tax_inclusive(int64_t gross, struct souk_decimal rate, enum souk_rounding mode,
			      int64_t *tax)
{
	wide hundred = (wide)100 * power_of_ten[rate.scale];

	return rate.digits >= 0 &&
	       divide((wide)gross * rate.digits, hundred + rate.digits, mode, tax);
}

/* The least of the `extras` largest remainders (0 to total - 1), extras > 0, and
 * in *ties how many of those that equal it are among them. Halving the range of
 * values takes at most 63 passes; it needs no copy to sort or select in. */
static int64_t least_extra(const int64_t *remainders, size_t count, int64_t total, size_t extras,
			   size_t *ties)
{
	int64_t low = 0, high = total;
	size_t above = 0;

	/* `extras` or more are at least low; `above`, which are fewer, at least high. */
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;
		size_t found = 0, i;

		for (i = 0; i < count; i++)
			found += remainders[i] >= middle;
		if (found >= extras) {
			low = middle;
		} else {
			high = middle;
			above = found;
		}
	}
	*ties = extras - above;
	return low;
}

bool souk_money_spread(int64_t amount, const int64_t *weights, size_t count, int64_t *shares)
{
	wide magnitude = amount < 0 ? -(wide)amount : amount;
	wide left = magnitude;
	int64_t total = 0, least = INT64_MAX;
	size_t ties = 0, i;
	bool even;

	for (i = 0; i < count; i++)
		if (weights[i] < 0 || !souk_money_add(total, weights[i], &total))
			return false;
	if (count == 0)
		return amount == 0;
	even = total == 0;
	if (even)
		total = (int64_t)count;

	/* The shares hold the remainders until it is known who is rounded up. */
	for (i = 0; i < count; i++) {
		wide product = magnitude * (even ? 1 : weights[i]);

		left -= product / total;
		shares[i] = (int64_t)(product % total);
	}
	if (left > 0)
		least = least_extra(shares, count, total, (size_t)left, &ties);
	for (i = 0; i < count; i++) {
		wide share = magnitude * (even ? 1 : weights[i]) / total;

		if (shares[i] > least) {
			share++;
		} else if (shares[i] == least && ties > 0) {
			share++;
			ties--;
		}
		shares[i] = (int64_t)(amount < 0 ? -share : share);
	}
	return true;
}
