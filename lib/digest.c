/* SPDX-License-Identifier: ISC */
#include "digest.h"

void souk_digest_begin(struct souk_digest *d)
{
	d->values.len = 0;
}

void souk_digest_text(struct souk_digest *d, struct souk_text text)
{
	uint64_t len = text.len;

	souk_add(&d->values, &len, sizeof(len));
	souk_add(&d->values, text.at, text.len);
}

void souk_digest_int(struct souk_digest *d, int64_t value)
{
	souk_add(&d->values, &value, sizeof(value));
}

void souk_digest_end(struct souk_digest *d, unsigned char digest[SOUK_DIGEST_BYTES])
{
	crypto_generichash(digest, SOUK_DIGEST_BYTES, (const unsigned char *)d->values.at, d->values.len, NULL, 0);
}
