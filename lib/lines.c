/* SPDX-License-Identifier: ISC */
#include "lines.h"

#include <fcntl.h>
#include <unistd.h>

#include "batch.h"
#include "error.h"

/* Names a bad line, as long as they are few. */
static void bad_line(struct souk_lines *l, const char *path, uint64_t number, struct souk_text message)
{
	bool named = path && strcmp(path, "-");

	if (l->bad++ < SOUK_BAD_LINES_NAMED)
		souk_warn("%s%sline %llu: %.*s", named ? path : "", named ? ": " : "",
			(unsigned long long)number, SOUK_ARG(message));
}

/* The message within an error object that is not yet closed: its last member. */
static struct souk_text message_of(const struct souk_record *r)
{
	static const char before[] = "\"message\":\"";
	const char *at = memmem(r->error.at, r->error.len, before, sizeof(before) - 1);

	at += sizeof(before) - 1;
	return (struct souk_text){at, (size_t)(r->error.at + r->error.len - at - 1)};
}

static void read_line(struct souk_lines *l, const char *path, const struct souk_input_line *line)
{
	struct souk_record *r = l->record;
	char fault[SOUK_FAULT_BYTES];

	if (!line->too_long && souk_record_parse(r, line->at, line->len)) {
		if (!l->take(l->context))
			bad_line(l, path, line->number, message_of(r));
	} else if (!l->records_only) {
		souk_line_fault(line, r, (int64_t)l->max_record, fault);
		bad_line(l, path, line->number, souk_text_of(fault));
	}
}

void souk_lines_read(struct souk_lines *l, const char *path)
{
	int fd = path && strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	const struct souk_input_line *lines;
	struct souk_input *input;
	size_t count;

	if (fd < 0)
		souk_die_errno("cannot open %s", path);
	input = souk_input_open(fd, l->max_record, -1);
	while ((count = souk_input_next(input, &lines, 0)))
		for (size_t i = 0; i < count; i++)
			read_line(l, path, &lines[i]);
	souk_input_close(input);
	if (fd != STDIN_FILENO)
		close(fd);
}
