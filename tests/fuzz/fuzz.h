/* SPDX-License-Identifier: ISC */
/*
 * fuzz.h: a fuzzer is one C file that includes this once and defines
 *
 *	fuzz_seeds[]                     inputs to begin with
 *	fuzz_words[]                     what else may stand in one
 *	void fuzz_one(bytes, len)        one input; FUZZ_CHECK() what has to hold
 *
 * As a plain program it runs inputs that it makes from these by chance:
 *
 *	build/tests/fuzz/NAME [-n COUNT] [-s SEED] [FILE...]
 *
 * or the files it is given. Compiled with -DSOUK_LIBFUZZER it is libFuzzer's, which
 * is guided by what it reaches in the sources that it is compiled with:
 *
 *	make fuzz
 *	clang -D_GNU_SOURCE -DSOUK_LIBFUZZER -fsanitize=fuzzer,address,undefined -g -Ilib \
 *		tests/fuzz/record.c lib/record.c lib/value.c build/libsouk.a -lsodium
 */
#ifndef SOUK_FUZZ_H
#define SOUK_FUZZ_H

#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

extern const char *const fuzz_seeds[];
extern const char *const fuzz_words[];
static void fuzz_one(const char *bytes, size_t len);

static struct souk_buffer fuzz_input;
static uint64_t fuzz_seed, fuzz_case;

/* Says what does not hold for which input, and how to see it again. */
#define FUZZ_CHECK(condition) \
	do { \
		if (!(condition)) \
			fuzz_fail(#condition, __LINE__); \
	} while (0)

_Noreturn static inline void fuzz_fail(const char *what, int line)
{
	fprintf(stderr, "line %d: does not hold: %s\nfor case %" PRIu64 " of seed %" PRIu64 ", %zu bytes: ", line,
		what, fuzz_case, fuzz_seed, fuzz_input.len);
	for (size_t i = 0; i < fuzz_input.len; i++) {
		unsigned char c = (unsigned char)fuzz_input.at[i];

		fprintf(stderr, c >= ' ' && c < 0x7f && c != '\\' ? "%c" : "\\x%02x", c);
	}
	fputc('\n', stderr);
	abort();
}

static inline void fuzz_run(const char *bytes, size_t len)
{
	fuzz_input.len = 0;
	souk_add(&fuzz_input, bytes, len);
	fuzz_one(bytes, len);
}

#ifdef SOUK_LIBFUZZER
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	fuzz_run((const char *)bytes, len);
	return 0;
}
#else
/* SplitMix64. */
static inline uint64_t fuzz_random(void)
{
	static uint64_t state;
	uint64_t mixed;

	if (!state)
		state = fuzz_seed;
	mixed = state += 0x9e3779b97f4a7c15;
	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
	return mixed ^ mixed >> 31;
}

static inline size_t fuzz_below(size_t limit)
{
	return limit ? fuzz_random() % limit : 0;
}

static inline const char *fuzz_pick(const char *const *texts)
{
	size_t count = 0;

	while (texts[count])
		count++;
	return texts[fuzz_below(count)];
}

/* Puts `len` bytes in place of `gone` bytes at `at`. */
static inline void fuzz_replace(struct souk_buffer *b, size_t at, size_t gone, const char *bytes, size_t len)
{
	struct souk_buffer rest = {0};

	souk_add(&rest, b->at + at + gone, b->len - at - gone);
	b->len = at;
	souk_add(b, bytes, len);
	souk_add(b, rest.at, rest.len);
	souk_buffer_free(&rest);
}

static inline void fuzz_mutate(struct souk_buffer *b)
{
	const char *text = fuzz_pick(fuzz_words), *other = fuzz_pick(fuzz_seeds);
	size_t at = fuzz_below(b->len + 1), most = b->len - at, len = fuzz_below(most < 24 ? most + 1 : 24), from;
	char byte = (char)fuzz_random();

	switch (fuzz_random() % 7) {
	case 0:
		fuzz_replace(b, at, 0, text, strlen(text));
		break;
	case 1:
		fuzz_replace(b, at, len, text, strlen(text));
		break;
	case 2:
		fuzz_replace(b, at, len, "", 0);
		break;
	case 3:
		fuzz_replace(b, at, most > 0, &byte, 1);
		break;
	case 4: /* once more what stands there */
		text = strndup(b->at + at, len);
		if (!text)
			abort();
		from = fuzz_below(b->len + 1);
		fuzz_replace(b, from, 0, text, strlen(text));
		free((char *)text);
		break;
	case 5: /* the end of another one */
		from = fuzz_below(strlen(other));
		fuzz_replace(b, at, most, other + from, strlen(other + from));
		break;
	default:
		if (most)
			b->at[at] ^= (char)(1 << fuzz_random() % 8);
	}
}

static inline void fuzz_run_file(const char *path)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "rb") : stdin;
	struct souk_buffer bytes = {0};
	size_t got;

	if (!file) {
		perror(path);
		exit(1);
	}
	do {
		got = fread(souk_buffer_room(&bytes, 65536), 1, 65536, file);
		bytes.len += got;
	} while (got);
	if (file != stdin)
		fclose(file);
	fuzz_run(bytes.at, bytes.len);
	souk_buffer_free(&bytes);
}

int main(int argc, char **argv)
{
	uint64_t count = 50000;
	struct souk_buffer bytes = {0};
	int i = 1;

	fuzz_seed = (uint64_t)time(NULL);
	for (; i + 1 < argc && argv[i][0] == '-' && argv[i][1]; i += 2) {
		uint64_t number = strtoull(argv[i + 1], NULL, 10);

		if (!strcmp(argv[i], "-n"))
			count = number;
		else if (!strcmp(argv[i], "-s"))
			fuzz_seed = number;
	}
	if (i < argc) {
		for (; i < argc; i++)
			fuzz_run_file(argv[i]);
	} else {
		printf("seed %" PRIu64 "\n", fuzz_seed);
		fflush(stdout);
		for (fuzz_case = 0; fuzz_case < count; fuzz_case++) {
			const char *seed = fuzz_pick(fuzz_seeds);

			bytes.len = 0;
			souk_add(&bytes, seed, strlen(seed));
			for (size_t n = fuzz_below(6); n; n--)
				fuzz_mutate(&bytes);
			fuzz_run(bytes.at, bytes.len);
		}
		printf("%" PRIu64 " inputs\n", count);
	}
	souk_buffer_free(&bytes);
	souk_buffer_free(&fuzz_input);
	return fflush(stdout) != 0;
}
#endif

#endif
