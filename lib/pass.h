/* SPDX-License-Identifier: ISC */
/*
 * pass.h: checking an object or array that nobody looks into, by blocks of 64 bytes
 * instead of token by token. Only where the machine has AVX2: with narrower registers
 * the parser is as fast.
 */
#ifndef SOUK_PASS_H
#define SOUK_PASS_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__x86_64__) && !defined(SOUK_SCAN_PORTABLE)
#define SOUK_HAS_PASS 1

/* The byte after the value at `at`, which follows its name's quote and a colon. NULL if
 * that can't be told this way: the value is wrong, or has what the blocks are not made
 * for: white space, escapes, letters that are not ASCII, nesting deeper than 62. Reads
 * up to 62 bytes from the line end on. */
const char *souk_pass_avx2(const char *at);

static inline const char *souk_pass(const char *at)
{
	return at[-1] == ':' && at[-2] == '"' && __builtin_cpu_supports("avx2") ? souk_pass_avx2(at) : NULL;
}
#else
static inline const char *souk_pass(const char *at)
{
	(void)at;
	return NULL;
}
#endif

#endif
