/* SPDX-License-Identifier: ISC */
/*
 * lines.h: the lines of a CSV file, kept from the first of a row on.
 *
 * souk_input (batch.h) is not for this: within quotes blank lines and CRs count.
 */
#ifndef SOUK_CSV_LINES_H
#define SOUK_CSV_LINES_H

#include "encoding.h"
#include "souk.h"

enum csv_line { CSV_LINE, CSV_LINE_NONE, CSV_LINE_TOO_LONG };

struct csv_lines {
	struct csv_source source;
	struct souk_writer *writer;  /* flushed before the input would block */
	size_t max_record;
	int rejects;                 /* where a line goes that is too long to be kept, or -1 */
	struct souk_buffer input;    /* what was read; the rest are positions in it */
	size_t start;                /* where the row begins */
	size_t next;                 /* where the line begins that is looked for next */
	uint64_t number, offset;     /* of the line at start, in the file; number from 1 */
	struct souk_buffer head;     /* the beginning of a line that is too long */
};

/* Finds the line at lines->next; *len counts its line end. It is too long if the
 * row would be with it. There is none at the end of the input (source.ended) or
 * after SIGTERM. What was read may move: only positions relative to start hold. */
enum csv_line csv_lines_find(struct csv_lines *lines, size_t *len);

/* At the first line, *len bytes long: takes a byte order mark away, and ends the
 * program if it is that of another encoding. */
void csv_lines_take_mark(struct csv_lines *lines, size_t *len);

/* Describes the `len` bytes from start on, which are `count` lines, without their
 * line end, and moves on behind them. */
void csv_lines_take(struct csv_lines *lines, size_t len, size_t count,
	struct souk_input_line *raw);

/* Lets the line at start go by, which is too long to be kept. False: SIGTERM came
 * before its end. */
bool csv_lines_skip(struct csv_lines *lines, struct souk_input_line *raw);

/* How many bytes are left of a line without its line end. */
size_t csv_without_line_end(const char *line, size_t len);

#endif
