/* SPDX-License-Identifier: ISC */
/*
 * value.h: records as libjq's values, and back.
 *
 * libjq holds numbers as doubles. A number that a double can't hold exactly goes
 * in as a stand-in: a string of its own spelling between two characters that no
 * text has. A stand-in that comes out again is written as the number it was.
 */
#ifndef MAP_VALUE_H
#define MAP_VALUE_H

#include <jv.h>

#include "record.h"

/* jq writes "<skipped: too deep>" for what is nested deeper. */
#define MAP_MAX_DEPTH 256

/* The characters around a stand-in, U+FDD0 and U+FDD1: no characters, never to be
 * exchanged (Unicode, section 23.7). */
#define MAP_OPEN "\xef\xb7\x90"
#define MAP_CLOSE "\xef\xb7\x91"
enum { MAP_MARK = sizeof(MAP_OPEN) - 1 };

static inline bool map_has_mark(struct souk_text text)
{
	return memmem(text.at, text.len, MAP_OPEN, MAP_MARK) ||
		memmem(text.at, text.len, MAP_CLOSE, MAP_MARK);
}

/* The record as a value, which the caller frees. False: the record holds what jq
 * can't, and was refused. *stand_ins says whether there are any. */
bool map_value_read(struct souk_record *r, jv *value, bool *stand_ins);

/* Appends a value, which it consumes, as JSON. NULL, or what in it JSON can't say. */
const char *map_value_write(struct souk_buffer *out, jv value, bool stand_ins);

/* Appends a message to `out` with each stand-in as the number that it is. */
void map_add_message(struct souk_buffer *out, struct souk_text message);

#endif
