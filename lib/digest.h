/* SPDX-License-Identifier: ISC */
/*
 * digest.h: digests, by libsodium.
 *
 * souk_digest is what idempotence compares: BLAKE2b-128 over the decoded values
 * a stage acts on (contract, rule 5). Each value is framed by its length, so
 * that no two lists of values look alike.
 */
#ifndef SOUK_DIGEST_H
#define SOUK_DIGEST_H

#include <sodium.h>
#include "text.h"

#define SOUK_DIGEST_BYTES 16

/* Collects the values and hashes them in one go; the buffer is reused. */
struct souk_digest {
	struct souk_buffer values;
};

void souk_digest_begin(struct souk_digest *d);
void souk_digest_text(struct souk_digest *d, struct souk_text text);
void souk_digest_int(struct souk_digest *d, int64_t value);
void souk_digest_end(struct souk_digest *d, unsigned char digest[SOUK_DIGEST_BYTES]);

/* Whether a digest that was stored is this one. */
static inline bool souk_digest_is(struct souk_text stored, const unsigned char digest[SOUK_DIGEST_BYTES])
{
	return souk_text_equal(stored, (struct souk_text){(const char *)digest, SOUK_DIGEST_BYTES});
}

#endif
