/* SPDX-License-Identifier: ISC */
/* text.h: borrowed text, growable buffers, and writing JSON into them. */
#ifndef SOUK_TEXT_H
#define SOUK_TEXT_H

#include <locale.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SOUK_PRINTF(string, first) __attribute__((format(printf, string, first)))

/* Bytes that somebody else owns; not NUL-terminated. Empty text has len 0. */
struct souk_text {
	const char *at;
	size_t len;
};

#define SOUK_TEXT(literal) ((struct souk_text){(literal), sizeof(literal) - 1})

static inline struct souk_text souk_text_of(const char *string)
{
	return (struct souk_text){string, strlen(string)};
}

/* `b` is the one whose length may be known when compiling: then no function is called. */
static inline bool souk_text_equal(struct souk_text a, struct souk_text b)
{
	return a.len == b.len && (b.len == 0 || memcmp(a.at, b.at, b.len) == 0);
}

static inline bool souk_text_is(struct souk_text text, const char *string)
{
	return souk_text_equal(text, souk_text_of(string));
}

/* For printf("%.*s", SOUK_ARG(text)): at most 200 bytes, so that no message
 * grows with its input. */
#define SOUK_ARG(text) (int)((text).len > 200 ? 200 : (text).len), (text).at

/* A growable buffer. A zeroed one is empty and ready; its owner frees it with
 * souk_buffer_free(). Running out of memory ends the program with exit 3. */
struct souk_buffer {
	char *at;
	size_t len, cap;
};

void souk_buffer_grow(struct souk_buffer *b, size_t more);
void souk_buffer_free(struct souk_buffer *b);

/* Makes room for `more` bytes beyond len and returns where they go. */
static inline char *souk_buffer_room(struct souk_buffer *b, size_t more)
{
	if (b->cap - b->len < more)
		souk_buffer_grow(b, more);
	return b->at + b->len;
}

static inline void souk_add(struct souk_buffer *b, const void *bytes, size_t len)
{
	if (len == 0)
		return;
	memcpy(souk_buffer_room(b, len), bytes, len);
	b->len += len;
}

static inline void souk_add_char(struct souk_buffer *b, char c)
{
	*souk_buffer_room(b, 1) = c;
	b->len++;
}

static inline void souk_add_string(struct souk_buffer *b, const char *string)
{
	souk_add(b, string, strlen(string));
}

void souk_add_decimal(struct souk_buffer *b, int64_t value);
void souk_add_format(struct souk_buffer *b, const char *format, ...) SOUK_PRINTF(2, 3);
void souk_add_vformat(struct souk_buffer *b, const char *format, va_list args);

/* Appends `text` as a JSON string with its quotes. Control characters, quote
 * and backslash are escaped. Bytes that are not UTF-8 become U+FFFD, so that
 * whatever comes in, what goes out is JSON. */
void souk_add_quoted(struct souk_buffer *b, struct souk_text text);

/* Standard base64 with padding (RFC 4648, section 4). */
void souk_add_base64(struct souk_buffer *b, const void *bytes, size_t len);

/* Writers of JSON. Each places the comma that is needed by looking at the byte
 * before it, so that members and elements are just written one after another.
 * `name` is a plain member name that needs no escape, or NULL in an array. */
void souk_put_open(struct souk_buffer *b, const char *name, char bracket);
void souk_put_close(struct souk_buffer *b, char bracket);
void souk_put_name(struct souk_buffer *b, const char *name);
void souk_put_int(struct souk_buffer *b, const char *name, int64_t value);
void souk_put_bool(struct souk_buffer *b, const char *name, bool value);
void souk_put_text(struct souk_buffer *b, const char *name, struct souk_text text);
void souk_put_string(struct souk_buffer *b, const char *name, const char *string);
/* A text only where there is any. */
static inline void souk_put_some(struct souk_buffer *b, const char *name, struct souk_text text)
{
	if (text.len)
		souk_put_text(b, name, text);
}
/* `json` is a complete JSON value, taken as it is. */
void souk_put_raw(struct souk_buffer *b, const char *name, struct souk_text json);

/* How many bytes of `bytes` are well-formed UTF-8 (RFC 3629: no surrogates, no
 * overlong forms, at most U+10FFFF); len if all of them are. */
size_t souk_utf8_valid(const void *bytes, size_t len);

/* Whether the two names are the same word but for a slip: at most two letters
 * added, left out, changed or swapped. For "did you mean". */
bool souk_text_similar(struct souk_text a, struct souk_text b);

/* What the C library knows of the characters of all scripts; 0 where it lacks that. The first
 * call reads it from files: a verb that needs it calls it in `open`, as in its sandbox
 * nothing can be opened. */
locale_t souk_unicode(void);

#endif
