/* SPDX-License-Identifier: ISC */
/* Lines that are too long to be kept. */
#include "long_line.h"

void souk_long_line_begin(struct souk_long_line *l, uint64_t offset)
{
	l->len = 0;
	l->offset = offset;
	l->head.len = 0;
	crypto_hash_sha256_init(&l->hash);
}

void souk_long_line_pass(struct souk_long_line *l, const char *at, size_t len)
{
	size_t room = SOUK_QUOTED_BYTES - l->head.len;

	if (!len)
		return;
	souk_add(&l->head, at, len < room ? len : room);
	if (l->len)
		crypto_hash_sha256_update(&l->hash, (unsigned char *)&l->last, 1);
	crypto_hash_sha256_update(&l->hash, (const unsigned char *)at, len - 1);
	l->last = at[len - 1];
	l->len += len;
}

void souk_long_line_end(struct souk_long_line *l, uint64_t number, struct souk_input_line *line)
{
	if (l->last == '\r')
		l->len--;
	else
		crypto_hash_sha256_update(&l->hash, (unsigned char *)&l->last, 1);
	*line = (struct souk_input_line){.at = l->head.at, .len = l->len, .number = number,
		.offset = l->offset, .too_long = true};
	crypto_hash_sha256_final(&l->hash, line->sha256);
}
