/* SPDX-License-Identifier: ISC */
/* unit.h: a unit test is one C file that includes this once and holds functions
 *
 *	TEST(adds_two_numbers)
 *	{
 *		CHECK_INT(1 + 1, 2);
 *	}
 *
 * which run in the order they are written. The program prints TAP and exits 1
 * if a check failed. A failed check does not end its test. Tests of properties
 * draw from unit_random(); to repeat a run, set UNIT_SEED to the seed it printed. */
#ifndef SOUK_UNIT_H
#define SOUK_UNIT_H

#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* So that a property which fails for all its cases can still be read. */
#define UNIT_MESSAGES_MAX 20

struct unit_test {
	const char *name;
	void (*run)(void);
	struct unit_test *next;
};

static struct unit_test *unit_first, **unit_last = &unit_first;
static int unit_failures;
static uint64_t unit_state;

/* Functions that are constructors run before main(), in their order in the file. */
#define TEST(test)                                                              \
	static void test(void);                                                 \
	__attribute__((constructor)) static void unit_register_##test(void)     \
	{                                                                       \
		static struct unit_test entry = {#test, test, NULL};            \
                                                                                \
		*unit_last = &entry;                                            \
		unit_last = &entry.next;                                        \
	}                                                                       \
	static void test(void)

/* Counts a failure; whether there is room left to say more about it. */
static inline bool unit_fail(const char *file, int line)
{
	if (++unit_failures > UNIT_MESSAGES_MAX)
		return false;
	printf("# %s:%d: ", file, line);
	return true;
}

static inline void unit_check(bool holds, const char *what, const char *file, int line)
{
	if (!holds && unit_fail(file, line))
		printf("%s does not hold\n", what);
}

static inline void unit_check_int(int64_t actual, int64_t expected, const char *what,
				  const char *file, int line)
{
	if (actual != expected && unit_fail(file, line))
		printf("%s is %" PRId64 ", not %" PRId64 "\n", what, actual, expected);
}

static inline void unit_check_text(struct souk_text actual, const char *expected,
				   const char *what, const char *file, int line)
{
	if (!souk_text_is(actual, expected) && unit_fail(file, line))
		printf("%s is \"%.*s\", not \"%s\"\n", what, SOUK_ARG(actual), expected);
}

#define CHECK(condition) unit_check(condition, #condition, __FILE__, __LINE__)
/* The integers are compared as int64_t. */
#define CHECK_INT(actual, expected) \
	unit_check_int(actual, expected, #actual, __FILE__, __LINE__)
/* A struct souk_text and a string. */
#define CHECK_TEXT(actual, expected) \
	unit_check_text(actual, expected, #actual, __FILE__, __LINE__)

/* What a buffer holds, until it changes. */
static inline struct souk_text unit_text(const struct souk_buffer *b)
{
	return (struct souk_text){b->at, b->len};
}

/* The next of a sequence of numbers that look random (SplitMix64). */
static inline uint64_t unit_random(void)
{
	uint64_t mixed = unit_state += 0x9e3779b97f4a7c15;

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
	return mixed ^ mixed >> 31;
}

/* Of every magnitude alike, and often at a border: what overflows is found. */
static inline int64_t unit_random_amount(void)
{
	static const int64_t borders[] = {0, 1, -1, 2, -2, INT64_MAX, INT64_MIN};
	uint64_t choice = unit_random();

	if (choice % 16 == 0)
		return borders[choice / 16 % (sizeof(borders) / sizeof(*borders))];
	return (int64_t)unit_random() >> (choice / 16 % 64);
}

int main(void)
{
	const char *given = getenv("UNIT_SEED");
	uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	const struct unit_test *test;
	int count = 0, failed = 0;

	/* So that a crash does not take with it what was said before. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("# UNIT_SEED=%" PRIu64 "\n", seed);
	for (test = unit_first; test; test = test->next) {
		unit_failures = 0;
		unit_state = seed;
		test->run();
		count++;
		failed += unit_failures > 0;
		printf("%sok %d - %s\n", unit_failures > 0 ? "not " : "", count, test->name);
	}
	printf("1..%d\n", count);
	return failed > 0 || fflush(stdout) != 0 || ferror(stdout);
}

#endif
