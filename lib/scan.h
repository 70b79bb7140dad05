/* SPDX-License-Identifier: ISC */
/*
 * scan.h: finding where the parts of a JSON value end. Nothing here runs past the line
 * end; strings are looked through sixteen bytes at a time where the machine can, eight
 * elsewhere, and so up to SOUK_RECORD_PAD bytes past what is looked for are read.
 */
#ifndef SOUK_SCAN_H
#define SOUK_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) && !defined(SOUK_SCAN_PORTABLE)
#include <emmintrin.h>

/* The first byte from `at` on that is a quote, a backslash, a control character
 * or not ASCII. */
static inline const char *souk_scan_plain(const char *at)
{
	const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), last = _mm_set1_epi8(0x1f);

	for (;; at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
		__m128i stop = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
		unsigned mask;

		/* The sign bit of a byte that is not ASCII counts by itself in the mask. */
		stop = _mm_or_si128(stop, _mm_cmpeq_epi8(_mm_min_epu8(bytes, last), bytes));
		mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(stop, bytes));
		if (mask)
			return at + __builtin_ctz(mask);
	}
}
#else
static inline const char *souk_scan_plain(const char *at)
{
	const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;

	for (;; at += 8) {
		uint64_t bytes, quote, backslash;

		memcpy(&bytes, at, 8);
		quote = bytes ^ ones * '"';
		backslash = bytes ^ ones * '\\';
		/* A high bit where a byte is zero, below 0x20, or high itself; borrows can
		 * only set bits above the first hit, so the byte loop decides. */
		if (((quote - ones) | (backslash - ones) | (bytes - ones * 0x20) | bytes) & highs)
			break;
	}
	while ((unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80 && *at != '"' && *at != '\\')
		at++;
	return at;
}
#endif

/* How many bytes from `at` to `end` are not ASCII in a row. */
static inline size_t souk_scan_high(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && (unsigned char)*at >= 0x80)
		at++;
	return (size_t)(at - start);
}

static inline const char *souk_scan_digits(const char *at)
{
	while (*at >= '0' && *at <= '9')
		at++;
	return at;
}

/* The byte after the number at `at`; or sets *fault and gives the byte that is wrong. */
static inline const char *souk_scan_number(const char *at, const char **fault)
{
	const char *start;

	at += *at == '-';
	start = at;
	at = *at == '0' ? at + 1 : souk_scan_digits(at);
	if (at == start) {
		*fault = "a number wants a digit here";
		return at;
	}
	if (*at == '.') {
		start = ++at;
		at = souk_scan_digits(at);
		if (at == start) {
			*fault = "a number wants a digit after its point";
			return at;
		}
	}
	if (*at == 'e' || *at == 'E') {
		at++;
		at += *at == '+' || *at == '-';
		start = at;
		at = souk_scan_digits(at);
		if (at == start)
			*fault = "a number wants a digit in its exponent";
	}
	return at;
}

/* The same for one of the three words. */
static inline const char *souk_scan_word(const char *at, const char **fault)
{
	const char *word = *at == 't' ? "true" : *at == 'f' ? "false" : "null";

	for (; *word; word++, at++)
		if (*at != *word) {
			*fault = "a value is expected here";
			break;
		}
	return at;
}

#endif
