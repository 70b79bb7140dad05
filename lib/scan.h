/* SPDX-License-Identifier: ISC */
/*
 * scan.h: finding the end of the plain part of a JSON string, sixteen bytes at a
 * time where the machine can, eight elsewhere. Both read up to SOUK_RECORD_PAD
 * bytes past what they look for.
 */
#ifndef SOUK_SCAN_H
#define SOUK_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Whether none of eight bytes is a quote, a backslash, a control character or not ASCII.
 * Borrows only set bits above a hit, so that there are no false ones below the first. */
static inline bool souk_is_plain8(const void *at)
{
	const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
	uint64_t bytes, quote, backslash;

	memcpy(&bytes, at, 8);
	quote = bytes ^ ones * '"';
	backslash = bytes ^ ones * '\\';
	return !(((quote - ones) | (backslash - ones) | (bytes - ones * 0x20) | bytes) & highs);
}

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
	while (souk_is_plain8(at))
		at += 8;
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

#endif
