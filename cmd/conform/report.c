/* SPDX-License-Identifier: ISC */
/* report.c: what a check says when a rule is broken. */
#include "conform.h"

/* Of long bytes this much is shown. */
#define SHOWN 300

void conform_broken(struct conform *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	souk_add_string(&c->details, "        ");
	souk_add_vformat(&c->details, format, args);
	souk_add_char(&c->details, '\n');
	va_end(args);
	c->broken = true;
}

void conform_skip(struct conform *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	souk_add_string(&c->details, "        ");
	souk_add_vformat(&c->details, format, args);
	souk_add_char(&c->details, '\n');
	va_end(args);
	c->skipped = true;
}

void conform_show(struct conform *c, const char *label, struct souk_text bytes)
{
	size_t shown = bytes.len > SHOWN ? SHOWN : bytes.len, at = 0;

	souk_add_format(&c->details, "        %-7s ", label);
	while (at < shown) {
		size_t plain = souk_utf8_valid(bytes.at + at, shown - at);
		size_t end = at + plain;

		for (; at < end; at++) {
			unsigned char byte = (unsigned char)bytes.at[at];

			if (byte < ' ' || byte == 0x7f)
				souk_add_format(&c->details, "\\x%02x", byte);
			else
				souk_add_char(&c->details, (char)byte);
		}
		if (at < shown)
			souk_add_format(&c->details, "\\x%02x", (unsigned char)bytes.at[at++]);
	}
	if (bytes.len > shown)
		souk_add_format(&c->details, " ... (%zu bytes)", bytes.len);
	souk_add_char(&c->details, '\n');
}

bool conform_expect_exit(struct conform *c, const struct conform_run *r, int state, const char *after)
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
