/* SPDX-License-Identifier: ISC */
/* long_line.h: a line longer than the longest record, while it goes by in pieces: only its
 * beginning is kept, the rest is hashed and let go. */
#ifndef SOUK_LONG_LINE_H
#define SOUK_LONG_LINE_H

#include <sodium.h>

#include "batch.h"

struct souk_long_line {
	uint64_t len, offset;
	crypto_hash_sha256_state hash;
	char last;               /* its last byte, held back as it may be the CR */
	struct souk_buffer head; /* its beginning, SOUK_QUOTED_BYTES at most; the owner frees it */
};

/* `offset` is that of its first byte in the stream. */
void souk_long_line_begin(struct souk_long_line *l, uint64_t offset);
void souk_long_line_pass(struct souk_long_line *l, const char *at, size_t len);
/* Gives it as the line of that number; what that points to lives until the next begin. */
void souk_long_line_end(struct souk_long_line *l, uint64_t number, struct souk_input_line *line);

#endif
