/* SPDX-License-Identifier: ISC */
/* report.c: what a check says when a rule is broken. */
#include "conform.h"

/* Of long bytes so many are shown from the beginning and from the end, where what
 * a filter writes stands. */
#define SHOWN_HEAD 100
#define SHOWN_TAIL 150

static void add_detail(struct conform *c, const char *format, va_list args)
{
	souk_add_string(&c->details, "        ");
	souk_add_vformat(&c->details, format, args);
	souk_add_char(&c->details, '\n');
}

void conform_broken(struct conform *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_detail(c, format, args);
	va_end(args);
	c->broken = true;
}

void conform_skip(struct conform *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_detail(c, format, args);
	va_end(args);
	c->skipped = true;
}

/* Adds bytes, what can't be printed as \xHH: no JSON text holds that. */
static void add_shown(struct souk_buffer *b, struct souk_text bytes)
{
	size_t at = 0;

	while (at < bytes.len) {
		size_t end = at + souk_utf8_valid(bytes.at + at, bytes.len - at);

		for (; at < end; at++) {
			unsigned char byte = (unsigned char)bytes.at[at];

			if (byte < ' ' || byte == 0x7f)
				souk_add_format(b, "\\x%02x", byte);
			else
				souk_add_char(b, (char)byte);
		}
		if (at < bytes.len)
			souk_add_format(b, "\\x%02x", (unsigned char)bytes.at[at++]);
	}
}

void conform_show(struct conform *c, const char *label, struct souk_text bytes)
{
	size_t left_out = bytes.len > SHOWN_HEAD + SHOWN_TAIL ? bytes.len - SHOWN_HEAD - SHOWN_TAIL : 0;

	souk_add_format(&c->details, "        %-7s ", label);
	if (left_out == 0) {
		add_shown(&c->details, bytes);
	} else {
		add_shown(&c->details, (struct souk_text){bytes.at, SHOWN_HEAD});
		souk_add_format(&c->details, " ... %zu bytes ... ", left_out);
		add_shown(&c->details, (struct souk_text){bytes.at + bytes.len - SHOWN_TAIL, SHOWN_TAIL});
	}
	souk_add_char(&c->details, '\n');
}

bool conform_expect_exit(struct conform *c, const struct conform_run *r, int state,
	const char *after)
{
	struct souk_buffer end = {0};

	if (conform_exited(r, state))
		return true;
	conform_add_end(c, &end, r);
	conform_broken(c, "%s: %.*s instead of exit %d", after, SOUK_ARG(end), state);
	if (r->errors.len > 0)
		conform_show(c, "stderr", (struct souk_text){r->errors.at, r->errors.len});
	souk_buffer_free(&end);
	return false;
}
