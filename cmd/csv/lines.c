/* SPDX-License-Identifier: ISC */
#include "lines.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>

static const char byte_order_mark[] = "\xef\xbb\xbf";

/* Waits for input; what is ready to go out goes first if none comes soon. False:
 * SIGTERM, which is blocked but here. */
static bool wait_readable(struct csv_lines *lines)
{
	struct pollfd poll = {.fd = lines->source.fd, .events = POLLIN};
	struct timespec idle = {.tv_nsec = SOUK_BATCH_IDLE_NS};
	bool pending = lines->writer->buffer.len > 0;
	sigset_t mask;
	int ready;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	sigdelset(&mask, SIGTERM);
	while (!souk_terminated()) {
		ready = ppoll(&poll, 1, pending ? &idle : NULL, &mask);
		if (ready > 0)
			return true;
		if (ready < 0 && errno != EINTR)
			souk_die_errno("cannot wait for input");
		if (ready == 0)
			souk_writer_flush(lines->writer);
		pending = lines->writer->buffer.len > 0;
	}
	return false;
}

static bool fill(struct csv_lines *lines)
{
	struct souk_buffer *input = &lines->input;

	if (lines->source.ended || !wait_readable(lines))
		return false;
	if (lines->start) {
		memmove(input->at, input->at + lines->start, input->len - lines->start);
		input->len -= lines->start;
		lines->next -= lines->start;
		lines->start = 0;
	}
	return csv_source_read(&lines->source, input);
}

size_t csv_without_line_end(const char *line, size_t len)
{
	len -= len && line[len - 1] == '\n';
	return len - (len && line[len - 1] == '\r');
}

enum csv_line csv_lines_find(struct csv_lines *lines, size_t *len)
{
	size_t seen = 0, have, content;
	const char *at, *end;

	for (;;) {
		at = lines->input.at + lines->next;
		have = lines->input.len - lines->next;
		end = have > seen ? memchr(at + seen, '\n', have - seen) : NULL;
		if (end)
			break;
		seen = have;
		/* The line's CR may be the byte after the longest row. */
		if (lines->next - lines->start + have > lines->max_record + 1)
			return CSV_LINE_TOO_LONG;
		if (!fill(lines))
			break;
	}
	if (!end && (have == 0 || !lines->source.ended))
		return CSV_LINE_NONE;
	*len = end ? (size_t)(end - at) + 1 : have;
	content = csv_without_line_end(lines->input.at + lines->next, *len);
	content += lines->next - lines->start;
	return content > lines->max_record ? CSV_LINE_TOO_LONG : CSV_LINE;
}

void csv_lines_take_mark(struct csv_lines *lines, size_t *len)
{
	const char *at = lines->input.at + lines->start;
	size_t have = lines->input.len - lines->start;

	if (have >= 2 && lines->source.encoding == CSV_UTF_8 &&
	    (memcmp(at, "\xff\xfe", 2) == 0 || memcmp(at, "\xfe\xff", 2) == 0))
		souk_die_usage("the input begins with the byte order mark of UTF-16: "
			"say --encoding utf-16");
	if (have < 3 || memcmp(at, byte_order_mark, 3) != 0)
		return;
	if (lines->source.encoding == CSV_LATIN_1 || lines->source.encoding == CSV_WINDOWS_1252)
		souk_die_usage("the input begins with the byte order mark of UTF-8: "
			"leave out --encoding %s", csv_encodings[lines->source.encoding]);
	lines->offset += csv_source_span(&lines->source, (struct souk_text){at, 3});
	lines->start += 3;
	lines->next += 3;
	*len -= 3;
}

void csv_lines_take(struct csv_lines *lines, size_t len, size_t count, struct souk_input_line *raw)
{
	struct souk_text whole = {lines->input.at + lines->start, len};

	*raw = (struct souk_input_line){.at = whole.at, .len = csv_without_line_end(whole.at, len),
		.number = lines->number, .offset = lines->offset};
	lines->offset += csv_source_span(&lines->source, whole);
	lines->number += count;
	lines->start += len;
	lines->next = lines->start;
}

/* A part of a line that is too long: it is hashed and let go. */
static void pass(struct csv_lines *lines, struct souk_input_line *raw,
	crypto_hash_sha256_state *hash, char *last, struct souk_text part)
{
	size_t room = SOUK_QUOTED_BYTES - lines->head.len;

	if (!part.len)
		return;
	if (!souk_reject(lines->rejects, part.at, part.len))
		souk_die_errno("cannot write the rejects file");
	souk_add(&lines->head, part.at, part.len < room ? part.len : room);
	/* The last byte is held back: it may be the CR of the line end. */
	if (raw->len)
		crypto_hash_sha256_update(hash, (unsigned char *)last, 1);
	crypto_hash_sha256_update(hash, (const unsigned char *)part.at, part.len - 1);
	*last = part.at[part.len - 1];
	raw->len += part.len;
}

bool csv_lines_skip(struct csv_lines *lines, struct souk_input_line *raw)
{
	crypto_hash_sha256_state hash;
	struct souk_text part;
	const char *end;
	char last = 0;

	*raw = (struct souk_input_line){.number = lines->number++, .offset = lines->offset,
		.too_long = true};
	crypto_hash_sha256_init(&hash);
	lines->head.len = 0;
	do {
		part.at = lines->input.at + lines->start;
		part.len = lines->input.len - lines->start;
		end = memchr(part.at, '\n', part.len);
		if (end)
			part.len = (size_t)(end - part.at);
		pass(lines, raw, &hash, &last, part);
		part.len += end != NULL;
		lines->offset += csv_source_span(&lines->source, part);
		lines->start += part.len;
		lines->next = lines->start;
	} while (!end && fill(lines));
	if (!end && !lines->source.ended)
		return false;
	if (!souk_reject(lines->rejects, "\n", 1))
		souk_die_errno("cannot write the rejects file");
	if (last == '\r')
		raw->len--;
	else
		crypto_hash_sha256_update(&hash, (unsigned char *)&last, 1);
	crypto_hash_sha256_final(&hash, raw->sha256);
	raw->at = lines->head.at;
	return true;
}
