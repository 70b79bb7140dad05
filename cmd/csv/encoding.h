/* SPDX-License-Identifier: ISC */
/*
 * encoding.h: bytes of a file, as something a CSV parser can take apart.
 *
 * CSV needs only ASCII to be itself. UTF-8 and the single-byte encodings are
 * parsed as they are, so that what is said of a row (its bytes, its offset) is
 * true of the file; their fields are decoded afterwards. UTF-16 becomes UTF-8 as
 * it is read, and what is no UTF-16 becomes bytes that are no UTF-8.
 *
 * Not by iconv(3): it loads its tables from files, which a small container does
 * not have, and it does not say how to go on after a lone surrogate.
 */
#ifndef SOUK_CSV_ENCODING_H
#define SOUK_CSV_ENCODING_H

#include "text.h"

enum csv_encoding {
	CSV_UTF_8, CSV_LATIN_1, CSV_WINDOWS_1252, CSV_UTF_16LE, CSV_UTF_16BE, CSV_UTF_16,
};
extern const char *const csv_encodings[]; /* their names, NULL-terminated */

struct csv_source {
	int fd;
	enum csv_encoding encoding; /* CSV_UTF_16 until its byte order mark was seen */
	bool ended;
	unsigned char carry[4];     /* UTF-16 that waits for its other half */
	size_t carry_len;
};

/* Reads what is there, blocking if nothing is, and appends it to `out`. False at
 * the end of the input; ends the program on an error. */
bool csv_source_read(struct csv_source *source, struct souk_buffer *out);

/* How many bytes of the file `text`, as csv_source_read() gave it, was. */
size_t csv_source_span(const struct csv_source *source, struct souk_text text);

/* How many bytes of `text` are of the encoding; text.len if all of them are. */
size_t csv_source_valid(const struct csv_source *source, struct souk_text text);

/* Appends `text` as UTF-8; bytes that are not of the encoding are left out. */
void csv_source_decode(const struct csv_source *source, struct souk_text text,
	struct souk_buffer *out);

#endif
