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

/* Whether this machine can do it. */
bool souk_can_pass(void);

/* The byte after the value at `at`, where its name's quote and a colon stand right before
 * it. NULL if that can't be told this way: the value is wrong, or has what the blocks are
 * not made for: white space, escapes, nesting deeper than 62.
 * Reads up to 62 bytes from the line end on. */
const char *souk_pass(const char *at);

#endif
