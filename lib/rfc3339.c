/* SPDX-License-Identifier: ISC */
#include "rfc3339.h"

#define DAY 86400
/* Of 1970-01-01 in days since 0001-01-01. */
#define EPOCH 719162

/* Days before each month, in common years and in leap years. */
static const int days_before[2][13] = {
	{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365},
	{0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366},
};

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

struct date {
	int year, month, day;
};

/* Days since 1970-01-01 of a date that exists, year >= 1. */
static int64_t days_of(struct date date)
{
	int past = date.year - 1;

	return (int64_t)past * 365 + past / 4 - past / 100 + past / 400 +
	       days_before[is_leap(date.year)][date.month - 1] + date.day - 1 - EPOCH;
}

static int at_most(int value, int limit)
{
	return value < limit ? value : limit;
}

/* The inverse; years 1 to 9999. */
static struct date date_of(int64_t days)
{
	int left = (int)(days + EPOCH);
	int era, century, four, one, month = 0;
	struct date date;
	bool leap;

	era = left / 146097;
	left %= 146097;
	/* The last century of an era, and the last year of four, have one day more. */
	century = at_most(left / 36524, 3);
	left -= century * 36524;
	four = left / 1461;
	left %= 1461;
	one = at_most(left / 365, 3);
	left -= one * 365;

	date.year = 400 * era + 100 * century + 4 * four + one + 1;
	leap = is_leap(date.year);
	while (days_before[leap][month + 1] <= left)
		month++;
	date.month = month + 1;
	date.day = left - days_before[leap][month] + 1;
	return date;
}

/* Takes exactly `count` digits from the front. */
static bool take_number(struct souk_text *text, size_t count, int *number)
{
	size_t i;

	if (text->len < count)
		return false;
	*number = 0;
	for (i = 0; i < count; i++) {
		if (text->at[i] < '0' || text->at[i] > '9')
			return false;
		*number = 10 * *number + (text->at[i] - '0');
	}
	text->at += count;
	text->len -= count;
	return true;
}

/* Takes one of the bytes of `set` from the front; 0 if there is none of them. */
static char take_one_of(struct souk_text *text, const char *set)
{
	if (text->len == 0 || text->at[0] == '\0' || !strchr(set, text->at[0]))
		return '\0';
	text->len--;
	return *text->at++;
}

static bool take_date(struct souk_text *text, int64_t *days)
{
	struct date date;
	const int *before;

	if (!take_number(text, 4, &date.year) || !take_one_of(text, "-") ||
	    !take_number(text, 2, &date.month) || !take_one_of(text, "-") ||
	    !take_number(text, 2, &date.day))
		return false;
	if (date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1)
		return false;
	before = days_before[is_leap(date.year)];
	if (date.day > before[date.month] - before[date.month - 1])
		return false;
	*days = days_of(date);
	return true;
}

/* Takes "hh:mm". */
static bool take_hour_minute(struct souk_text *text, int *seconds)
{
	int hour, minute;

	if (!take_number(text, 2, &hour) || !take_one_of(text, ":") ||
	    !take_number(text, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*seconds = 3600 * hour + 60 * minute;
	return true;
}

/* Takes ".5", if it is there. */
static bool take_fraction(struct souk_text *text)
{
	int digit;

	if (!take_one_of(text, "."))
		return true;
	if (!take_number(text, 1, &digit))
		return false;
	while (take_number(text, 1, &digit))
		;
	return true;
}

bool souk_time_parse(struct souk_text text, int64_t *seconds)
{
	int64_t days, time;
	int in_day = 0, second = 0, offset = 0;

	if (!take_date(&text, &days))
		return false;
	if (text.len > 0) {
		char sign;

		if (!take_one_of(&text, "Tt") || !take_hour_minute(&text, &in_day) ||
		    !take_one_of(&text, ":") || !take_number(&text, 2, &second) ||
		    second > 60 || !take_fraction(&text))
			return false;
		sign = take_one_of(&text, "Zz+-");
		if (sign == '\0')
			return false;
		if ((sign == '+' || sign == '-') && !take_hour_minute(&text, &offset))
			return false;
		if (sign == '-')
			offset = -offset;
		if (text.len > 0)
			return false;
	}
	time = days * DAY + in_day + second - offset;
	/* Last, because the range makes it safe to ask for the date of `time`. */
	if (time < SOUK_TIME_FIRST || time > SOUK_TIME_LAST)
		return false;
	if (second == 60 && (time % DAY != 0 || date_of(time / DAY).day != 1))
		return false;
	*seconds = time;
	return true;
}

/* Writes `count` digits. */
static char *put_number(char *at, int number, int count)
{
	int i;

	for (i = count - 1; i >= 0; i--) {
		at[i] = (char)('0' + number % 10);
		number /= 10;
	}
	return at + count;
}

void souk_add_time(struct souk_buffer *b, int64_t seconds)
{
	struct date date;
	int64_t days;
	int in_day;
	char *at;

	if (seconds < SOUK_TIME_FIRST)
		seconds = SOUK_TIME_FIRST;
	if (seconds > SOUK_TIME_LAST)
		seconds = SOUK_TIME_LAST;
	/* Counted from year 1, so that the division does not round upwards. */
	seconds -= SOUK_TIME_FIRST;
	days = seconds / DAY;
	in_day = (int)(seconds % DAY);
	date = date_of(days - EPOCH);

	at = souk_buffer_room(b, sizeof("0000-00-00T00:00:00Z") - 1);
	at = put_number(at, date.year, 4);
	*at++ = '-';
	at = put_number(at, date.month, 2);
	*at++ = '-';
	at = put_number(at, date.day, 2);
	*at++ = 'T';
	at = put_number(at, in_day / 3600, 2);
	*at++ = ':';
	at = put_number(at, in_day / 60 % 60, 2);
	*at++ = ':';
	at = put_number(at, in_day % 60, 2);
	*at++ = 'Z';
	b->len = (size_t)(at - b->at);
}

void souk_put_time(struct souk_buffer *b, const char *name, int64_t seconds)
{
	souk_put_name(b, name);
	souk_add_char(b, '"');
	souk_add_time(b, seconds);
	souk_add_char(b, '"');
}

bool souk_span_parse(struct souk_text text, int64_t *seconds)
{
	int64_t span = 0, unit = 1;
	int digit;

	if (!take_number(&text, 1, &digit))
		return false;
	do {
		if (__builtin_mul_overflow(span, 10, &span) ||
		    __builtin_add_overflow(span, digit, &span))
			return false;
	} while (take_number(&text, 1, &digit));
	switch (take_one_of(&text, "smhd")) {
	case 'm':
		unit = 60;
		break;
	case 'h':
		unit = 3600;
		break;
	case 'd':
		unit = DAY;
		break;
	default:
		break;
	}
	if (text.len > 0 || __builtin_mul_overflow(span, unit, &span))
		return false;
	*seconds = span;
	return true;
}
