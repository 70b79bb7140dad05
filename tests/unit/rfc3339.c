/* SPDX-License-Identifier: ISC */
#include "rfc3339.h"

#include "unit.h"

#define UNTOUCHED 42

static void check_time(const char *text, int64_t expected)
{
	int64_t seconds = UNTOUCHED;

	CHECK(souk_time_parse(souk_text_of(text), &seconds));
	CHECK_INT(seconds, expected);
}

static void check_written(int64_t seconds, const char *expected)
{
	struct souk_buffer b = {0};

	souk_add_time(&b, seconds);
	CHECK_TEXT(unit_text(&b), expected);
	souk_buffer_free(&b);
}

/* What is written of what was read; "-" if it was refused. */
static void check_normal(const char *text, const char *expected)
{
	struct souk_buffer b = {0};
	int64_t seconds = UNTOUCHED;

	if (souk_time_parse(souk_text_of(text), &seconds)) {
		souk_add_time(&b, seconds);
	} else {
		souk_add_string(&b, "-");
		CHECK_INT(seconds, UNTOUCHED);
	}
	CHECK_TEXT(unit_text(&b), expected);
	souk_buffer_free(&b);
}

TEST(known_times_are_read)
{
	check_time("1970-01-01T00:00:00Z", 0);
	check_time("1970-01-01", 0);
	check_time("1969-12-31T23:59:59Z", -1);
	check_time("2000-02-29T12:00:00Z", 951825600);
	check_time("2010-12-01T08:26:00Z", 1291191960);
	check_time("2010-12-01", 1291161600);
	check_time("2038-01-19T03:14:08Z", INT64_C(2147483648));
	check_time("0001-01-01T00:00:00Z", SOUK_TIME_FIRST);
	check_time("0001-01-01", SOUK_TIME_FIRST);
	check_time("9999-12-31T23:59:59Z", SOUK_TIME_LAST);
	/* The examples of RFC 3339, section 5.8. */
	check_time("1985-04-12T23:20:50.52Z", 482196050);
	check_time("1996-12-19T16:39:57-08:00", 851042397);
	check_time("1990-12-31T23:59:60Z", 662688000);
	check_time("1990-12-31T15:59:60-08:00", 662688000);
	check_time("1937-01-01T12:00:27.87+00:20", -1041337173);
}

TEST(times_are_written_in_utc)
{
	check_written(0, "1970-01-01T00:00:00Z");
	check_written(-1, "1969-12-31T23:59:59Z");
	check_written(1291191960, "2010-12-01T08:26:00Z");
	check_written(SOUK_TIME_FIRST, "0001-01-01T00:00:00Z");
	check_written(SOUK_TIME_LAST, "9999-12-31T23:59:59Z");
	check_normal("2010-12-01t08:26:00z", "2010-12-01T08:26:00Z");
	check_normal("2010-12-01T08:26:00+00:00", "2010-12-01T08:26:00Z");
	check_normal("2010-12-01T08:26:00-00:00", "2010-12-01T08:26:00Z");
	check_normal("2011-01-01T00:30:00+01:00", "2010-12-31T23:30:00Z");
	check_normal("2012-02-28T23:30:00-01:15", "2012-02-29T00:45:00Z");
	check_normal("2010-12-01T08:26:00+23:59", "2010-11-30T08:27:00Z");
	check_normal("2010-12-01", "2010-12-01T00:00:00Z");
}

TEST(times_out_of_range_are_written_as_the_nearest)
{
	check_written(SOUK_TIME_FIRST - 1, "0001-01-01T00:00:00Z");
	check_written(SOUK_NO_TIME, "0001-01-01T00:00:00Z");
	check_written(SOUK_TIME_LAST + 1, "9999-12-31T23:59:59Z");
	check_written(INT64_MAX, "9999-12-31T23:59:59Z");
}

TEST(fractions_are_dropped)
{
	check_normal("2010-12-01T08:26:00.9Z", "2010-12-01T08:26:00Z");
	check_normal("2010-12-01T08:26:00.999999999999999999999+01:00", "2010-12-01T07:26:00Z");
	check_normal("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z");
	check_normal("9999-12-31T23:59:59.9Z", "9999-12-31T23:59:59Z");
}

TEST(leap_seconds_are_the_second_after)
{
	check_normal("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z");
	check_normal("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00Z");
	check_normal("2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00Z");
	check_normal("1960-06-30T23:59:60Z", "1960-07-01T00:00:00Z");
	check_normal("2016-12-30T23:59:60Z", "-");
	check_normal("2016-12-31T22:59:60Z", "-");
	check_normal("2016-12-01T08:25:60Z", "-");
	check_normal("2016-12-31T23:58:60Z", "-");
	check_normal("2016-12-31T23:59:60+01:00", "-");
	check_normal("2016-12-31T23:59:61Z", "-");
	check_normal("9999-12-31T23:59:60Z", "-");
}

TEST(days_must_exist)
{
	check_normal("2000-02-29", "2000-02-29T00:00:00Z");
	check_normal("2012-02-29", "2012-02-29T00:00:00Z");
	check_normal("1900-02-29", "-");
	check_normal("2100-02-29", "-");
	check_normal("2011-02-29", "-");
	check_normal("2012-02-30", "-");
	check_normal("2010-04-31", "-");
	check_normal("2010-06-31", "-");
	check_normal("2010-09-31", "-");
	check_normal("2010-11-31", "-");
	check_normal("2010-12-32", "-");
	check_normal("2010-12-00", "-");
	check_normal("2010-00-01", "-");
	check_normal("2010-13-01", "-");
	check_normal("0000-01-01", "-");
	check_normal("0000-12-31T23:59:59-01:00", "-");
}

TEST(years_end_in_utc)
{
	check_normal("0001-01-01T00:00:00+00:01", "-");
	check_normal("0001-01-01T00:01:00+00:01", "0001-01-01T00:00:00Z");
	check_normal("9999-12-31T23:59:59-00:01", "-");
	check_normal("9999-12-31T23:58:59-00:01", "9999-12-31T23:59:59Z");
}

TEST(what_is_no_time_is_refused)
{
	static const char *const wrong[] = {
		"", "-", "2010", "2010-12", "2010-12-1", "2010-12-01T", "2010-12-01Z",
		"2010-12-01T08", "2010-12-01T08:26", "2010-12-01T08:26Z", "2010-12-01T08:26:00",
		"2010-12-01 08:26:00Z", "2010-12-01T08:26:00.Z", "2010-12-01T08:26:00,5Z",
		"2010-12-01T08:26:00.5", "2010-12-01T24:00:00Z", "2010-12-01T08:60:00Z",
		"2010-12-01T08:26:00+24:00", "2010-12-01T08:26:00+01:60", "2010-12-01T08:26:00+0100",
		"2010-12-01T08:26:00+01", "2010-12-01T08:26:00+", "2010-12-01T08:26:00+01:00Z",
		"2010-12-01T08:26:00ZZ", "2010-12-01T08:26:00Z ", " 2010-12-01", "2010-12-01 ",
		"2010/12/01", "20101201", "20101201T082600Z", "+2010-12-01", "-2010-12-01",
		"12010-12-01", "10-12-01", "2010-1-01", "2010-12-01T8:26:00Z", "2010-12-01T08:26:0Z",
		"2010-12-01T-8:26:00Z", "2010-W48-3", "2010-335", "1291191960", "now",
		"2010-12-01T08:26:00\342\210\22201:00",
	};
	int64_t seconds;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		check_normal(wrong[i], "-");
	CHECK(!souk_time_parse((struct souk_text){NULL, 0}, &seconds));
	CHECK(!souk_time_parse(SOUK_TEXT("2010-12-01\0"), &seconds));
	CHECK(!souk_time_parse(SOUK_TEXT("2010-12-01T08:26:00\0"), &seconds));
}

/* Steps through all days there are, with a calendar of its own. */
TEST(every_day_is_the_day_after_the_one_before)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t seconds = SOUK_TIME_FIRST, parsed;
	struct souk_buffer b = {0};
	int year, month, day;

	for (year = 1; year <= 9999; year++)
		for (month = 1; month <= 12; month++) {
			bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
			int days = month == 2 && leap ? 29 : lengths[month - 1];

			for (day = 1; day <= days; day++) {
				char expected[64];

				snprintf(expected, sizeof(expected), "%04d-%02d-%02dT23:59:59Z",
					 year, month, day);
				b.len = 0;
				souk_add_time(&b, seconds + 86399);
				CHECK_TEXT(unit_text(&b), expected);
				parsed = UNTOUCHED;
				CHECK(souk_time_parse((struct souk_text){b.at, 10}, &parsed));
				CHECK_INT(parsed, seconds);
				seconds += 86400;
			}
		}
	CHECK_INT(seconds, SOUK_TIME_LAST + 1);
	souk_buffer_free(&b);
}

/* gmtime(3) is the reference. */
TEST(random_times_are_as_the_system_has_them)
{
	const uint64_t range = (uint64_t)(SOUK_TIME_LAST - SOUK_TIME_FIRST) + 1;
	int round;

	for (round = 0; round < 20000; round++) {
		int64_t seconds = SOUK_TIME_FIRST + (int64_t)(unit_random() % range);
		int64_t parsed = UNTOUCHED;
		time_t system = (time_t)seconds;
		struct souk_buffer b = {0};
		char expected[64];
		struct tm tm;

		CHECK(gmtime_r(&system, &tm) != NULL);
		snprintf(expected, sizeof(expected), "%04d-%02d-%02dT%02d:%02d:%02dZ",
			 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
			 tm.tm_sec);
		souk_add_time(&b, seconds);
		CHECK_TEXT(unit_text(&b), expected);
		CHECK(souk_time_parse(unit_text(&b), &parsed));
		CHECK_INT(parsed, seconds);
		souk_buffer_free(&b);
	}
}

static void check_span(const char *text, int64_t expected)
{
	int64_t seconds = UNTOUCHED;

	CHECK(souk_span_parse(souk_text_of(text), &seconds));
	CHECK_INT(seconds, expected);
}

TEST(spans_are_read)
{
	check_span("0", 0);
	check_span("45", 45);
	check_span("30s", 30);
	check_span("15m", 900);
	check_span("2h", 7200);
	check_span("7d", 604800);
	check_span("007d", 604800);
	check_span("9223372036854775807", INT64_MAX);
	check_span("9223372036854775807s", INT64_MAX);
	check_span("153722867280912930m", INT64_C(9223372036854775800));
	check_span("2562047788015215h", INT64_C(9223372036854774000));
	check_span("106751991167300d", INT64_C(9223372036854720000));
}

TEST(what_is_no_span_is_refused)
{
	static const char *const wrong[] = {
		"", "s", "-1", "+1", " 1", "1 ", "1.5h", "1h30m", "1S", "1w", "1y", "1ms", "1dd", "d1",
		"9223372036854775808", "99999999999999999999", "153722867280912931m",
		"2562047788015216h", "106751991167301d",
	};
	int64_t seconds = UNTOUCHED;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		CHECK(!souk_span_parse(souk_text_of(wrong[i]), &seconds));
	CHECK(!souk_span_parse((struct souk_text){NULL, 0}, &seconds));
	CHECK(!souk_span_parse(SOUK_TEXT("1\0"), &seconds));
	CHECK_INT(seconds, UNTOUCHED);
}
