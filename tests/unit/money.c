/* SPDX-License-Identifier: ISC */
#include "money.h"

#include "unit.h"

/* The references below are the definitions, worked out in integers so wide that
 * nothing has to be thought about, and share no step with what they check. */
__extension__ typedef __int128 wide;

#define ROUNDS 20000

static struct souk_decimal decimal(const char *text)
{
	struct souk_decimal result = {0, 0};

	CHECK(souk_decimal_parse(souk_text_of(text), &result));
	return result;
}

/* What is printed of what was read; "-" if it was refused. */
static void check_parse(const char *text, const char *expected)
{
	struct souk_buffer b = {0};
	struct souk_decimal result = {INT64_MIN, -1};

	if (souk_decimal_parse(souk_text_of(text), &result)) {
		souk_add_decimal_number(&b, result);
	} else {
		souk_add_string(&b, "-");
		CHECK(result.digits == INT64_MIN && result.scale == -1);
	}
	CHECK_TEXT(unit_text(&b), expected);
	souk_buffer_free(&b);
}

static void check_printed(struct souk_decimal number, const char *expected)
{
	struct souk_buffer b = {0};

	souk_add_decimal_number(&b, number);
	CHECK_TEXT(unit_text(&b), expected);
	souk_buffer_free(&b);
}

static void check_major(int64_t amount, const char *code, const char *expected)
{
	const struct souk_currency *currency = souk_currency_find(souk_text_of(code));
	struct souk_buffer b = {0};

	CHECK(currency);
	if (!currency)
		return;
	souk_add_major(&b, amount, currency);
	CHECK_TEXT(unit_text(&b), expected);
	souk_buffer_free(&b);
}

/* The amount of a line, or INT64_MIN + 1 if it was refused. */
#define REFUSED (INT64_MIN + 1)

static int64_t line(const char *unit, int64_t qty, enum souk_rounding mode)
{
	int64_t amount = REFUSED;
	bool fits = souk_money_line(decimal(unit), qty, mode, &amount);

	CHECK(fits == (amount != REFUSED));
	return amount;
}

static int64_t exclusive(int64_t net, const char *rate, enum souk_rounding mode)
{
	int64_t tax = REFUSED;
	bool fits = souk_money_tax_exclusive(net, decimal(rate), mode, &tax);

	CHECK(fits == (tax != REFUSED));
	return tax;
}

static int64_t inclusive(int64_t gross, const char *rate, enum souk_rounding mode)
{
	int64_t tax = REFUSED;
	bool fits = souk_money_tax_inclusive(gross, decimal(rate), mode, &tax);

	CHECK(fits == (tax != REFUSED));
	return tax;
}

static void check_currency(const char *code, int exponent)
{
	const struct souk_currency *currency = souk_currency_find(souk_text_of(code));

	CHECK(currency != NULL);
	if (currency) {
		CHECK_TEXT(souk_text_of(currency->code), code);
		CHECK_INT(currency->exponent, exponent);
	}
}

TEST(currencies_have_their_decimals)
{
	static const char none[][4] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
				       "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"};
	static const char three[][4] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
	size_t i;

	for (i = 0; i < sizeof(none) / sizeof(*none); i++)
		check_currency(none[i], 0);
	for (i = 0; i < sizeof(three) / sizeof(*three); i++)
		check_currency(three[i], 3);
	check_currency("AED", 2);
	check_currency("EUR", 2);
	check_currency("GBP", 2);
	check_currency("MGA", 2);
	check_currency("USD", 2);
	check_currency("ZWG", 2);
	check_currency("CLF", 4);
	check_currency("UYW", 4);
}

/* Finds all 165, and each by its own code: the table is sorted. */
TEST(currencies_are_all_found)
{
	char code[4] = "AAA";
	int found = 0, decimals[5] = {0};

	for (code[0] = 'A'; code[0] <= 'Z'; code[0]++)
		for (code[1] = 'A'; code[1] <= 'Z'; code[1]++)
			for (code[2] = 'A'; code[2] <= 'Z'; code[2]++) {
				const struct souk_currency *currency;

				currency = souk_currency_find(souk_text_of(code));
				if (!currency)
					continue;
				found++;
				decimals[currency->exponent]++;
				CHECK_TEXT(souk_text_of(currency->code), code);
			}
	CHECK_INT(found, 165);
	CHECK_INT(decimals[0], 17);
	CHECK_INT(decimals[2], 139);
	CHECK_INT(decimals[3], 7);
	CHECK_INT(decimals[4], 2);
}

TEST(what_is_no_active_currency_is_not_found)
{
	static const char *const wrong[] = {"", "G", "GB", "GBPX", "gbp", "Gbp", " GBP", "GBP ",
					    "XAU", "XAG", "XDR", "XTS", "XXX", "DEM", "HRK",
					    "BGN", "ZWL", "AAA", "ZZZ", "GB\xc2", "\xff\xff\xff"};
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		CHECK(souk_currency_find(souk_text_of(wrong[i])) == NULL);
	CHECK(souk_currency_find((struct souk_text){NULL, 0}) == NULL);
	CHECK(souk_currency_find(SOUK_TEXT("GB\0")) == NULL);
}

TEST(decimals_are_read_and_written)
{
	check_parse("0", "0");
	check_parse("-0", "0");
	check_parse("-0.00", "0");
	check_parse("7", "7");
	check_parse("-7", "-7");
	check_parse("17.5", "17.5");
	check_parse("17.50", "17.5");
	check_parse("0017.0500", "17.05");
	check_parse("100", "100");
	check_parse("100.0", "100");
	check_parse("1.10", "1.1");
	check_parse("-0.001", "-0.001");
	check_parse("2.686425", "2.686425");
	check_parse("0.000000000001", "0.000000000001");
	check_parse("999999999999999999", "999999999999999999");
	check_parse("-999999999999999999", "-999999999999999999");
	check_parse("999999.999999999999", "999999.999999999999");
	check_parse("000000000000000000000000000000000000001", "1");
	check_parse("1.000000000000000000000000000000000000", "1");
	check_parse("1.250000000000000000000000000000000000", "1.25");
	check_parse("0.000000000000000000000000000000000000", "0");
}

TEST(what_is_no_decimal_is_refused)
{
	static const char *const wrong[] = {
		"", "-", "+1", "--1", ".", ".5", "5.", "-.5", "-5.", "1.2.3", "1..2", "1e3", "1E3",
		"1.5e", " 1", "1 ", "1,5", "1.5-", "0x10", "NaN", "Infinity", "1_000", "\xd9\xa1",
		"1.-5", "1/2", "1:2",
		/* nineteen digits */
		"1000000000000000000", "-1000000000000000000", "9223372036854775807",
		"1234567.890123456789", "999999999999999999.9",
		/* thirteen decimals */
		"0.0000000000001", "1.0000000000001",
		"99999999999999999999999999999999999999999999",
	};
	struct souk_decimal result;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		check_parse(wrong[i], "-");
	CHECK(!souk_decimal_parse((struct souk_text){NULL, 0}, &result));
	CHECK(!souk_decimal_parse(SOUK_TEXT("1\0"), &result));
}

TEST(decimals_have_the_smallest_scale)
{
	struct souk_decimal a = decimal("2.5500"), b = decimal("12000.000"), sum;

	CHECK_INT(a.digits, 255);
	CHECK_INT(a.scale, 2);
	CHECK_INT(b.digits, 12000);
	CHECK_INT(b.scale, 0);
	CHECK(souk_decimal_add(a, decimal("0.45"), &sum));
	CHECK_INT(sum.digits, 3);
	CHECK_INT(sum.scale, 0);
	check_printed((struct souk_decimal){1750, 2}, "17.5");
	check_printed((struct souk_decimal){0, 12}, "0");
	check_printed((struct souk_decimal){INT64_MIN, 0}, "-9223372036854775808");
	check_printed((struct souk_decimal){INT64_MIN, 12}, "-9223372.036854775808");
	check_printed((struct souk_decimal){INT64_MAX, 12}, "9223372.036854775807");
	check_printed((struct souk_decimal){-1, 12}, "-0.000000000001");
}

TEST(decimals_are_compared_by_value)
{
	static const char *const rising[] = {"-999999999999999999", "-1.5", "-1.4999999", "-0.1",
					     "-0.000000000001", "0", "0.000000000001", "0.09",
					     "0.1", "1", "1.000000000001", "2", "10",
					     "999999999999999999"};
	const int count = sizeof(rising) / sizeof(*rising);
	int i, k;

	for (i = 0; i < count; i++)
		for (k = 0; k < count; k++) {
			int order = souk_decimal_compare(decimal(rising[i]), decimal(rising[k]));

			CHECK_INT((order > 0) - (order < 0), (i > k) - (i < k));
		}
	CHECK_INT(souk_decimal_compare((struct souk_decimal){1750, 2},
				       (struct souk_decimal){175, 1}), 0);
	CHECK(souk_decimal_compare((struct souk_decimal){INT64_MAX, 0},
				   (struct souk_decimal){INT64_MAX, 12}) > 0);
	CHECK(souk_decimal_compare((struct souk_decimal){INT64_MIN, 0},
				   (struct souk_decimal){INT64_MIN, 12}) < 0);
}

static void check_sum(struct souk_decimal a, struct souk_decimal b, const char *expected)
{
	struct souk_decimal sum = a;

	CHECK(souk_decimal_add(sum, b, &sum));
	check_printed(sum, expected);
}

TEST(decimals_are_added)
{
	struct souk_decimal most = {INT64_MAX, 0}, least = {INT64_MIN, 0}, sum = {42, 1};

	check_sum(decimal("0.1"), decimal("0.2"), "0.3");
	check_sum(decimal("17.5"), decimal("2.5"), "20");
	check_sum(decimal("-1"), decimal("0.000000000001"), "-0.999999999999");
	check_sum(most, decimal("0"), "9223372036854775807");
	check_sum(most, decimal("-0"), "9223372036854775807");
	check_sum(most, least, "-1");
	/* Both are too fine for each other until their sum is a whole number. */
	check_sum((struct souk_decimal){9223372036854775805, 0},
		  (struct souk_decimal){2000000000000, 12}, "9223372036854775807");
	CHECK(!souk_decimal_add(most, decimal("1"), &sum));
	CHECK(!souk_decimal_add(least, decimal("-1"), &sum));
	CHECK(!souk_decimal_add(most, decimal("0.1"), &sum));
	CHECK(sum.digits == 42 && sum.scale == 1);
}

TEST(decimal_multiply)
{
	struct souk_decimal p;

	CHECK(souk_decimal_multiply(decimal("105"), decimal("7.5"), &p));
	CHECK(p.digits == 7875 && p.scale == 1);
	CHECK(souk_decimal_multiply(decimal("-0.000001"), decimal("0.5"), &p));
	CHECK(p.digits == -5 && p.scale == 7);
	CHECK(souk_decimal_multiply(decimal("0.000002"), decimal("0.5"), &p));
	CHECK(p.digits == 1 && p.scale == 6);
	CHECK(!souk_decimal_multiply(decimal("0.0000001"), decimal("0.0000001"), &p));
	CHECK(!souk_decimal_multiply(decimal("99999999999"), decimal("99999999999"), &p));
}

static int64_t converted(int64_t amount, const char *to, const char *from, int shift,
	enum souk_rounding mode)
{
	int64_t result = INT64_MIN;

	return souk_money_convert(amount, decimal(to), decimal(from), shift, mode, &result) ? result
											    : INT64_MIN;
}

TEST(money_convert)
{
	CHECK_INT(converted(10000, "1.1684", "1", 0, SOUK_HALF_UP), 11684);
	CHECK_INT(converted(10000, "186.75", "1", -2, SOUK_HALF_UP), 18675);
	CHECK_INT(converted(18675, "1", "186.75", 2, SOUK_HALF_UP), 10000);
	CHECK_INT(converted(10000, "1.1684", "0.87058", 0, SOUK_HALF_UP), 13421);
	CHECK_INT(converted(1, "0.5", "1", 0, SOUK_HALF_UP), 1);
	CHECK_INT(converted(-1, "0.5", "1", 0, SOUK_HALF_UP), -1);
	CHECK_INT(converted(1, "0.5", "1", 0, SOUK_HALF_EVEN), 0);
	CHECK_INT(converted(3, "0.5", "1", 0, SOUK_HALF_EVEN), 2);
	CHECK_INT(converted(INT64_MAX, "1", "1", 0, SOUK_HALF_UP), INT64_MAX);
	CHECK_INT(converted(INT64_MAX, "1.1", "1", 0, SOUK_HALF_UP), INT64_MIN);
	CHECK_INT(converted(INT64_MAX, "999999.999999999999", "999999.999999999999", 4, SOUK_HALF_UP), INT64_MIN);
	CHECK_INT(converted(1, "0", "1", 0, SOUK_HALF_UP), INT64_MIN);
	CHECK_INT(converted(1, "1", "0", 0, SOUK_HALF_UP), INT64_MIN);
	CHECK_INT(converted(1, "1", "-1", 0, SOUK_HALF_UP), INT64_MIN);
}

static void check_minor(const char *major, int exponent, const char *expected)
{
	struct souk_decimal minor = {0, 0};

	CHECK(souk_minor_from_major(decimal(major), exponent, &minor));
	check_printed(minor, expected);
}

TEST(major_units_become_minor_units)
{
	struct souk_decimal minor = {42, 1};

	check_minor("2.55", 2, "255");
	check_minor("2.5", 2, "250");
	check_minor("2", 2, "200");
	check_minor("0.001", 2, "0.1");
	check_minor("-0.001", 2, "-0.1");
	/* In doubles .57 * 100 is 56.99999999999999. */
	check_minor("0.57", 2, "57");
	check_minor("2.686425", 2, "268.6425");
	check_minor("1234", 0, "1234");
	check_minor("1.5", 0, "1.5");
	check_minor("1.234", 3, "1234");
	check_minor("1.2345", 3, "1234.5");
	check_minor("1.2345", 4, "12345");
	check_minor("0", 4, "0");
	check_minor("92233720368547758", 2, "9223372036854775800");
	CHECK(!souk_minor_from_major(decimal("92233720368547759"), 2, &minor));
	CHECK(!souk_minor_from_major(decimal("-92233720368547759"), 2, &minor));
	CHECK(!souk_minor_from_major(decimal("999999999999999999"), 2, &minor));
	CHECK(!souk_minor_from_major((struct souk_decimal){INT64_MIN, 0}, 4, &minor));
	CHECK(minor.digits == 42 && minor.scale == 1);
	CHECK(souk_minor_from_major((struct souk_decimal){INT64_MIN, 2}, 2, &minor));
	CHECK(minor.digits == INT64_MIN && minor.scale == 0);
}

TEST(amounts_are_written_in_major_units)
{
	check_major(1234, "GBP", "12.34");
	check_major(1230, "GBP", "12.30");
	check_major(100, "GBP", "1.00");
	check_major(99, "GBP", "0.99");
	check_major(5, "GBP", "0.05");
	check_major(0, "GBP", "0.00");
	check_major(-5, "GBP", "-0.05");
	check_major(-1234, "GBP", "-12.34");
	check_major(1234, "JPY", "1234");
	check_major(0, "JPY", "0");
	check_major(-7, "JPY", "-7");
	check_major(1234, "KWD", "1.234");
	check_major(1, "KWD", "0.001");
	check_major(12340, "KWD", "12.340");
	check_major(1, "CLF", "0.0001");
	check_major(INT64_MAX, "GBP", "92233720368547758.07");
	check_major(INT64_MIN, "GBP", "-92233720368547758.08");
	check_major(INT64_MIN, "JPY", "-9223372036854775808");
	check_major(INT64_MIN, "KWD", "-9223372036854775.808");
}

TEST(sums_and_products_are_checked)
{
	int64_t result = 42;

	CHECK(!souk_money_add(INT64_MAX, 1, &result));
	CHECK(!souk_money_add(INT64_MIN, -1, &result));
	CHECK(!souk_money_sub(INT64_MIN, 1, &result));
	CHECK(!souk_money_sub(0, INT64_MIN, &result));
	CHECK(!souk_money_mul(INT64_MIN, -1, &result));
	CHECK(!souk_money_mul(INT64_MAX, 2, &result));
	CHECK(!souk_money_mul(INT64_C(1) << 32, INT64_C(1) << 31, &result));
	CHECK_INT(result, 42);
	CHECK(souk_money_add(INT64_MAX, -1, &result));
	CHECK_INT(result, INT64_MAX - 1);
	CHECK(souk_money_add(INT64_MAX, INT64_MIN, &result));
	CHECK_INT(result, -1);
	CHECK(souk_money_sub(-1, INT64_MIN, &result));
	CHECK_INT(result, INT64_MAX);
	CHECK(souk_money_mul(-(INT64_C(1) << 32), INT64_C(1) << 31, &result));
	CHECK_INT(result, INT64_MIN);
}

TEST(rounding_modes_have_names)
{
	CHECK_TEXT(souk_text_of(souk_rounding_names[SOUK_HALF_UP]), "half-up");
	CHECK_TEXT(souk_text_of(souk_rounding_names[SOUK_HALF_EVEN]), "half-even");
	CHECK(souk_rounding_names[2] == NULL);
}

TEST(a_line_is_rounded_once)
{
	CHECK_INT(line("255", 6, SOUK_HALF_UP), 1530);
	/* Rounding the unit first would give 2690 and 0. */
	CHECK_INT(line("268.6425", 10, SOUK_HALF_UP), 2686);
	CHECK_INT(line("0.1", 100, SOUK_HALF_UP), 10);
	CHECK_INT(line("57", 100, SOUK_HALF_UP), 5700);
	CHECK_INT(line("268.6425", 1, SOUK_HALF_UP), 269);
	CHECK_INT(line("0.1", 4, SOUK_HALF_UP), 0);
	CHECK_INT(line("0", 1000000000, SOUK_HALF_UP), 0);
	CHECK_INT(line("12.5", 0, SOUK_HALF_UP), 0);
}

TEST(ties_go_where_the_mode_says)
{
	static const struct {
		const char *unit;
		int64_t up, even;
	} ties[] = {
		{"0.5", 1, 0},   {"1.5", 2, 2},   {"2.5", 3, 2},   {"3.5", 4, 4},
		{"-0.5", -1, 0}, {"-1.5", -2, -2}, {"-2.5", -3, -2}, {"-3.5", -4, -4},
		{"0.49", 0, 0},  {"0.51", 1, 1},  {"-0.49", 0, 0}, {"-0.51", -1, -1},
		{"2.500000000001", 3, 3}, {"2.499999999999", 2, 2},
		{"-2.500000000001", -3, -3}, {"-2.499999999999", -2, -2},
	};
	size_t i;

	for (i = 0; i < sizeof(ties) / sizeof(*ties); i++) {
		CHECK_INT(line(ties[i].unit, 1, SOUK_HALF_UP), ties[i].up);
		CHECK_INT(line(ties[i].unit, 1, SOUK_HALF_EVEN), ties[i].even);
		CHECK_INT(line(ties[i].unit, -1, SOUK_HALF_UP), -ties[i].up);
		CHECK_INT(line(ties[i].unit, -1, SOUK_HALF_EVEN), -ties[i].even);
	}
}

TEST(a_line_that_does_not_fit_is_refused)
{
	const struct souk_decimal most = {INT64_MAX, 0}, least = {INT64_MIN, 0};
	const struct souk_decimal tenth = {INT64_MAX, 1};
	int64_t amount = 42;

	CHECK(!souk_money_line(most, 2, SOUK_HALF_UP, &amount));
	CHECK(!souk_money_line(least, -1, SOUK_HALF_UP, &amount));
	CHECK(!souk_money_line(most, INT64_MAX, SOUK_HALF_UP, &amount));
	CHECK(!souk_money_line(least, INT64_MIN, SOUK_HALF_UP, &amount));
	CHECK(!souk_money_line(least, INT64_MAX, SOUK_HALF_UP, &amount));
	CHECK(!souk_money_line(tenth, 11, SOUK_HALF_UP, &amount));
	CHECK_INT(amount, 42);
	CHECK(souk_money_line(most, 1, SOUK_HALF_UP, &amount));
	CHECK_INT(amount, INT64_MAX);
	CHECK(souk_money_line(least, 1, SOUK_HALF_EVEN, &amount));
	CHECK_INT(amount, INT64_MIN);
	CHECK(souk_money_line(most, -1, SOUK_HALF_EVEN, &amount));
	CHECK_INT(amount, -INT64_MAX);
	CHECK(souk_money_line(tenth, 10, SOUK_HALF_UP, &amount));
	CHECK_INT(amount, INT64_MAX);
}

/* Only rounding takes it over the border: 9223372036854775807.5 is refused. */
TEST(a_line_that_rounds_over_the_border_is_refused)
{
	const struct souk_decimal unit = {INT64_C(6148914691236517205), 1};
	int64_t amount = 42;

	CHECK(!souk_money_line(unit, 15, SOUK_HALF_UP, &amount));
	CHECK(!souk_money_line(unit, 15, SOUK_HALF_EVEN, &amount));
	CHECK_INT(amount, 42);
	CHECK(souk_money_line(unit, -15, SOUK_HALF_UP, &amount));
	CHECK_INT(amount, INT64_MIN);
	amount = 42;
	CHECK(souk_money_line(unit, -15, SOUK_HALF_EVEN, &amount));
	CHECK_INT(amount, INT64_MIN);
}

TEST(tax_is_added_to_net_amounts)
{
	CHECK_INT(exclusive(10000, "17.5", SOUK_HALF_UP), 1750);
	CHECK_INT(exclusive(1530, "17.5", SOUK_HALF_UP), 268);
	CHECK_INT(exclusive(1530, "20", SOUK_HALF_UP), 306);
	CHECK_INT(exclusive(-1530, "17.5", SOUK_HALF_UP), -268);
	/* 2.5 and 7.5 */
	CHECK_INT(exclusive(50, "5", SOUK_HALF_UP), 3);
	CHECK_INT(exclusive(50, "5", SOUK_HALF_EVEN), 2);
	CHECK_INT(exclusive(-50, "5", SOUK_HALF_UP), -3);
	CHECK_INT(exclusive(-50, "5", SOUK_HALF_EVEN), -2);
	CHECK_INT(exclusive(150, "5", SOUK_HALF_EVEN), 8);
	CHECK_INT(exclusive(1234, "0", SOUK_HALF_UP), 0);
	CHECK_INT(exclusive(1000000, "0.0001", SOUK_HALF_UP), 1);
	/* 8.875 percent, as New York has it. */
	CHECK_INT(exclusive(9999, "8.875", SOUK_HALF_UP), 887);
	CHECK_INT(exclusive(INT64_MAX, "100", SOUK_HALF_UP), INT64_MAX);
	CHECK_INT(exclusive(INT64_MIN, "100", SOUK_HALF_UP), INT64_MIN);
	CHECK_INT(exclusive(INT64_MAX, "100.1", SOUK_HALF_UP), REFUSED);
	CHECK_INT(exclusive(INT64_MIN, "101", SOUK_HALF_UP), REFUSED);
	CHECK_INT(exclusive(100, "-1", SOUK_HALF_UP), REFUSED);
	CHECK_INT(exclusive(100, "-0.000001", SOUK_HALF_UP), REFUSED);
}

/* Three lines of 0.99 at 17.5 percent: 17.325 each. */
TEST(tax_per_line_and_per_order_differ)
{
	CHECK_INT(3 * exclusive(99, "17.5", SOUK_HALF_UP), 51);
	CHECK_INT(exclusive(3 * 99, "17.5", SOUK_HALF_UP), 52);
}

TEST(tax_is_found_in_gross_amounts)
{
	CHECK_INT(inclusive(12000, "20", SOUK_HALF_UP), 2000);
	CHECK_INT(inclusive(11750, "17.5", SOUK_HALF_UP), 1750);
	CHECK_INT(inclusive(1000, "20", SOUK_HALF_UP), 167);
	CHECK_INT(inclusive(1000, "19", SOUK_HALF_UP), 160);
	CHECK_INT(inclusive(-1000, "20", SOUK_HALF_UP), -167);
	CHECK_INT(inclusive(999, "5.5", SOUK_HALF_UP), 52);
	/* A rate of 100: half of it. */
	CHECK_INT(inclusive(5, "100", SOUK_HALF_UP), 3);
	CHECK_INT(inclusive(5, "100", SOUK_HALF_EVEN), 2);
	CHECK_INT(inclusive(-5, "100", SOUK_HALF_UP), -3);
	CHECK_INT(inclusive(-5, "100", SOUK_HALF_EVEN), -2);
	CHECK_INT(inclusive(1000, "0", SOUK_HALF_UP), 0);
	CHECK_INT(inclusive(INT64_MAX, "999999999999999999", SOUK_HALF_UP),
		  INT64_C(9223372036854774885));
	CHECK_INT(inclusive(INT64_MIN, "100", SOUK_HALF_UP), INT64_MIN / 2);
	CHECK_INT(inclusive(1000, "-20", SOUK_HALF_UP), REFUSED);
	CHECK_INT(inclusive(1000, "-100", SOUK_HALF_UP), REFUSED);
}

TEST(a_percentage_may_be_negative)
{
	int64_t part = 42;

	CHECK(souk_money_percent(1999, decimal("-10"), SOUK_HALF_UP, &part));
	CHECK_INT(part, -200);
	CHECK(souk_money_percent(1999, decimal("33.3"), SOUK_HALF_EVEN, &part));
	CHECK_INT(part, 666);
}

static wide magnitude(wide value)
{
	return value < 0 ? -value : value;
}

/* Whether `result` is the integer that numerator / denominator rounds to, by
 * the definition: none is nearer, and of two that are as near, the mode's. */
static bool is_rounded(wide numerator, wide denominator, enum souk_rounding mode, wide result)
{
	wide off = 2 * (numerator - result * denominator);

	if (magnitude(off) != denominator)
		return magnitude(off) < denominator;
	return mode == SOUK_HALF_EVEN ? result % 2 == 0 : (off < 0) == (numerator > 0);
}

/* If it was refused, then the least integer that does not fit is not too far. */
static void check_rounded(bool fits, wide numerator, wide denominator, enum souk_rounding mode,
			  int64_t result)
{
	wide beyond = (wide)INT64_MAX + 1;

	if (fits)
		CHECK(is_rounded(numerator, denominator, mode, result));
	else if (numerator > 0)
		CHECK(is_rounded(numerator, denominator, mode, beyond) ||
		      numerator / denominator >= beyond);
	else
		CHECK(is_rounded(numerator, denominator, mode, -beyond - 1) ||
		      -numerator / denominator >= beyond + 1);
}

TEST(rounding_is_what_its_definition_says)
{
	int round, refused = 0;

	for (round = 0; round < ROUNDS; round++) {
		enum souk_rounding mode = round % 2 ? SOUK_HALF_UP : SOUK_HALF_EVEN;
		struct souk_decimal number = {unit_random_amount(), (int)(unit_random() % 13)};
		int64_t amount = unit_random_amount(), result = 0;
		wide product = (wide)number.digits * amount, power = 1;
		int i;
		bool fits;

		for (i = 0; i < number.scale; i++)
			power *= 10;
		fits = souk_money_line(number, amount, mode, &result);
		check_rounded(fits, product, power, mode, result);
		refused += !fits;

		fits = souk_money_percent(amount, number, mode, &result);
		check_rounded(fits, product, 100 * power, mode, result);

		fits = souk_money_tax_exclusive(amount, number, mode, &result);
		if (number.digits < 0)
			CHECK(!fits);
		else
			check_rounded(fits, product, 100 * power, mode, result);

		/* The tax of what is gross is a part of it, so it always fits. */
		fits = souk_money_tax_inclusive(amount, number, mode, &result);
		CHECK(fits == (number.digits >= 0));
		if (fits)
			check_rounded(fits, product, 100 * power + number.digits, mode, result);
	}
	CHECK(refused > 0 && refused < ROUNDS);
}

/* Ties are rare among random numbers, so that these are made of them. */
TEST(ties_are_what_their_definition_says)
{
	int round;

	for (round = 0; round < ROUNDS; round++) {
		enum souk_rounding mode = round % 2 ? SOUK_HALF_UP : SOUK_HALF_EVEN;
		int64_t whole = unit_random_amount() / 16, result = 0;

		CHECK(souk_money_line((struct souk_decimal){10 * whole + 5, 1}, 1, mode, &result));
		CHECK(is_rounded(10 * (wide)whole + 5, 10, mode, result));
		CHECK(souk_money_tax_inclusive(2 * whole + 1, decimal("100"), mode, &result));
		CHECK(is_rounded(2 * (wide)whole + 1, 2, mode, result));
	}
}

TEST(decimals_survive_being_written_and_read)
{
	int round;

	for (round = 0; round < ROUNDS; round++) {
		struct souk_decimal number = {unit_random_amount() / 16, (int)(unit_random() % 13)};
		struct souk_decimal again = {0, 0};
		struct souk_buffer b = {0};

		souk_add_decimal_number(&b, number);
		CHECK(souk_decimal_parse(unit_text(&b), &again));
		CHECK_INT(souk_decimal_compare(number, again), 0);
		CHECK(again.scale == 0 || again.digits % 10 != 0);
		souk_buffer_free(&b);
	}
}

#define SHARES_MAX 1000

static void check_spread(int64_t amount, size_t count, const int64_t *weights,
			 const int64_t *expected)
{
	int64_t shares[SHARES_MAX];
	size_t i;

	CHECK(souk_money_spread(amount, weights, count, shares));
	for (i = 0; i < count; i++)
		CHECK_INT(shares[i], expected[i]);
}

#define WEIGHTS(...) ((const int64_t[]){__VA_ARGS__})

TEST(spreads_by_largest_remainder)
{
	check_spread(100, 3, WEIGHTS(1, 1, 1), WEIGHTS(34, 33, 33));
	check_spread(-100, 3, WEIGHTS(1, 1, 1), WEIGHTS(-34, -33, -33));
	check_spread(101, 3, WEIGHTS(1, 1, 1), WEIGHTS(34, 34, 33));
	/* 1.43, 2.86, 5.71 */
	check_spread(10, 3, WEIGHTS(1, 2, 4), WEIGHTS(1, 3, 6));
	/* 0.6, 0.3, 0.1 */
	check_spread(1, 3, WEIGHTS(6, 3, 1), WEIGHTS(1, 0, 0));
	check_spread(1, 3, WEIGHTS(1, 3, 6), WEIGHTS(0, 0, 1));
	check_spread(-1, 3, WEIGHTS(1, 3, 6), WEIGHTS(0, 0, -1));
	/* A weight of nothing gets nothing, even when all others are rounded up. */
	check_spread(5, 4, WEIGHTS(0, 1, 1, 0), WEIGHTS(0, 3, 2, 0));
	check_spread(0, 3, WEIGHTS(5, 0, 7), WEIGHTS(0, 0, 0));
	check_spread(7, 1, WEIGHTS(3), WEIGHTS(7));
	/* The tie is not of the largest remainders: 3.2, 3.2, 0.6 */
	check_spread(7, 3, WEIGHTS(16, 16, 3), WEIGHTS(3, 3, 1));
	/* More of the amount than there are weights to tell apart. */
	check_spread(INT64_MAX, 2, WEIGHTS(1, 1), WEIGHTS(INT64_MAX / 2 + 1, INT64_MAX / 2));
	check_spread(INT64_MIN, 2, WEIGHTS(0, INT64_MAX), WEIGHTS(0, INT64_MIN));
	check_spread(INT64_MIN, 2, WEIGHTS(1, 1), WEIGHTS(INT64_MIN / 2, INT64_MIN / 2));
}

TEST(spreads_evenly_if_nothing_weighs)
{
	check_spread(10, 4, WEIGHTS(0, 0, 0, 0), WEIGHTS(3, 3, 2, 2));
	check_spread(-10, 4, WEIGHTS(0, 0, 0, 0), WEIGHTS(-3, -3, -2, -2));
	check_spread(INT64_MIN, 1, WEIGHTS(0), WEIGHTS(INT64_MIN));
}

TEST(a_spread_that_cannot_be_is_refused)
{
	int64_t shares[3] = {42, 42, 42};

	CHECK(!souk_money_spread(1, NULL, 0, NULL));
	CHECK(souk_money_spread(0, NULL, 0, NULL));
	CHECK(!souk_money_spread(1, WEIGHTS(1, -1, 1), 3, shares));
	CHECK(!souk_money_spread(1, WEIGHTS(INT64_MIN, 1, 1), 3, shares));
	CHECK(!souk_money_spread(1, WEIGHTS(INT64_MAX, 0, 1), 3, shares));
	CHECK(shares[0] == 42 && shares[1] == 42 && shares[2] == 42);
	check_spread(1, 3, WEIGHTS(INT64_MAX - 1, 0, 1), WEIGHTS(1, 0, 0));
}

/* The method as it is told: round all down, then give one each to the largest
 * remainder that is left until nothing is. */
static void spread_reference(int64_t amount, const int64_t *weights, size_t count, wide *shares)
{
	static wide remainders[SHARES_MAX];
	wide total = 0, left = magnitude(amount);
	bool even;
	size_t i;

	for (i = 0; i < count; i++)
		total += weights[i];
	even = total == 0;
	if (even)
		total = (wide)count;
	for (i = 0; i < count; i++) {
		wide product = magnitude(amount) * (even ? 1 : weights[i]);

		shares[i] = product / total;
		remainders[i] = product - shares[i] * total;
		left -= shares[i];
	}
	for (; left > 0; left--) {
		size_t best = 0;

		for (i = 1; i < count; i++)
			if (remainders[i] > remainders[best])
				best = i;
		remainders[best] = -1;
		shares[best]++;
	}
	if (amount < 0)
		for (i = 0; i < count; i++)
			shares[i] = -shares[i];
}

static void check_random_spread(size_t count, int weights_shift)
{
	static int64_t weights[SHARES_MAX], shares[SHARES_MAX];
	static wide reference[SHARES_MAX];
	int64_t amount = unit_random_amount();
	wide sum = 0;
	size_t i;

	for (i = 0; i < count; i++)
		weights[i] = (int64_t)(unit_random() >> weights_shift);
	CHECK(souk_money_spread(amount, weights, count, shares));
	spread_reference(amount, weights, count, reference);
	for (i = 0; i < count; i++) {
		sum += shares[i];
		CHECK(shares[i] == reference[i]);
	}
	CHECK(sum == amount);
}

TEST(a_spread_is_what_its_definition_says)
{
	int round;

	/* Shifts of 11 to 64, less one: weights from any that can be summed to
	 * nothing but 0 and 1. Few shares and many. */
	for (round = 0; round < ROUNDS; round++)
		check_random_spread(1 + unit_random() % 12, 11 + (int)(unit_random() % 53));
	for (round = 0; round < 50; round++)
		check_random_spread(1 + unit_random() % SHARES_MAX, 11 + (int)(unit_random() % 53));
}
