/* SPDX-License-Identifier: ISC */
/*
 * scan.h: finding where the parts of a JSON value end. Nothing here runs past the line
 * end; strings are looked through 32 bytes at a time where the machine can, eight
 * elsewhere, and so up to SOUK_RECORD_PAD bytes past what is looked for are read.
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

/* The bytes that were looked at last. Strings are short: one look finds the ends of several,
 * and none has to wait for the one before it. */
struct souk_window {
	const char *at;
	uint64_t stops; /* a bit for each byte that does not stand for itself in a string */
};

#if defined(__SSE2__) && !defined(SOUK_SCAN_PORTABLE)
#include <emmintrin.h>

enum { SOUK_WINDOW = 32 };

/* A bit for each of the sixteen bytes that is a quote, a backslash, a control character or
 * not ASCII. */
static inline uint64_t souk_scan_stops(const char *at)
{
	__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
	__m128i stop = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
		_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));

	/* Compared as signed numbers, what is not ASCII is below all that is. */
	stop = _mm_or_si128(stop, _mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')));
	return (unsigned)_mm_movemask_epi8(stop);
}

static inline void souk_scan_window(struct souk_window *w, const char *at)
{
	w->at = at;
	w->stops = souk_scan_stops(at) | souk_scan_stops(at + 16) << 16;
}

/* The first byte from `at` on that does not stand for itself in a string. */
static inline const char *souk_scan_plain(struct souk_window *w, const char *at)
{
	size_t offset = (size_t)(at - w->at);

	if (offset < SOUK_WINDOW) {
		uint64_t left = w->stops >> offset;

		if (left)
			return at + __builtin_ctzll(left);
		at = w->at + SOUK_WINDOW;
	}
	for (;; at += SOUK_WINDOW) {
		souk_scan_window(w, at);
		if (w->stops)
			return at + __builtin_ctzll(w->stops);
	}
}
#else
static inline void souk_scan_window(struct souk_window *w, const char *at)
{
	w->at = at;
}

static inline const char *souk_scan_plain(struct souk_window *w, const char *at)
{
	(void)w;
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
