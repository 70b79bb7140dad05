/* SPDX-License-Identifier: ISC */
#include "rows.h"

#include <inttypes.h>
#include <stdio.h>

static void on_field(void *at, size_t len, void *data)
{
	struct csv_rows *rows = data;

	rows->stray_cr |= rows->ended_by != 0;
	if (rows->fields.count < rows->fields.limit)
		csv_source_decode(&rows->lines.source, (struct souk_text){at, len},
			&rows->fields.bytes);
	csv_fields_end(&rows->fields);
}

/* Called for each CR and LF outside quotes. */
static void on_line_end(int c, void *data)
{
	struct csv_rows *rows = data;

	if (!rows->ended_by ? rows->fields.count > 0 : rows->ended_by == '\r' && c == '\n')
		rows->ended_by = (char)c;
	else
		rows->stray_cr = true;
}

void csv_rows_open(struct csv_rows *rows, int fd, enum csv_encoding encoding, char delimiter,
	size_t max_record, int rejects, struct souk_writer *writer)
{
	*rows = (struct csv_rows){.lines = {
		.source = {.fd = fd, .encoding = encoding}, .writer = writer,
		.max_record = max_record, .rejects = rejects, .number = 1,
	}};
	rows->fields.limit = CSV_MAX_COLUMNS;
	csv_parser_open(&rows->parser, delimiter);
	souk_buffer_room(&rows->lines.input, 1); /* so that positions in it are always defined */
	souk_widen_pipe(fd);
}

void csv_rows_close(struct csv_rows *rows)
{
	csv_free(&rows->parser);
	csv_fields_free(&rows->fields);
	souk_buffer_free(&rows->lines.input);
	souk_buffer_free(&rows->lines.head);
}

/* Parses the line at rows->lines.next. False, and the fault, if it breaks the rules. */
static bool parse_line(struct csv_rows *rows, size_t len)
{
	const char *line = rows->lines.input.at + rows->lines.next;
	size_t done = csv_parse(&rows->parser, line, len, on_field, on_line_end, rows);

	if (done < len && csv_error(&rows->parser) != CSV_EPARSE)
		souk_die("out of memory");
	if (done < len)
		snprintf(rows->fault, sizeof(rows->fault), "%s (byte %zu of the row)",
			line[done] == '"' ? "a quote in a field that does not begin with one" :
			"text between a closing quote and the delimiter",
			rows->lines.next - rows->lines.start + done + 1);
	else if (line[len - 1] != '\n') /* the last line needs no line end */
		csv_parse(&rows->parser, "\n", 1, on_field, on_line_end, rows);
	/* After a CR that ended the row a quote may have hidden the LF. */
	rows->stray_cr |= rows->ended_by == '\r';
	if (done == len && rows->stray_cr)
		snprintf(rows->fault, sizeof(rows->fault),
			"a carriage return that is neither quoted nor before a line feed");
	return done == len && !rows->stray_cr;
}

/* Ends the row after `len` bytes and `lines` lines, and describes it. */
static bool give(struct csv_rows *rows, struct csv_row *row, size_t len, size_t lines,
	const char *code)
{
	csv_lines_take(&rows->lines, len, lines, &row->raw);
	row->fields = &rows->fields;
	row->code = code;
	row->fault = code ? rows->fault : NULL;
	return true;
}

static bool give_good(struct csv_rows *rows, struct csv_row *row, size_t lines)
{
	const struct csv_lines *in = &rows->lines;
	struct souk_text raw = {in->input.at + in->start, in->next - in->start};
	size_t valid = csv_source_valid(&in->source, raw);

	if (valid == raw.len)
		return give(rows, row, raw.len, lines, NULL);
	snprintf(rows->fault, sizeof(rows->fault), "not %s (byte %zu of the row, 0x%02x)",
		csv_encodings[in->source.encoding], valid + 1, (unsigned char)raw.at[valid]);
	return give(rows, row, raw.len, lines, "bad_encoding");
}

static bool give_too_long(struct csv_rows *rows, struct csv_row *row)
{
	snprintf(rows->fault, sizeof(rows->fault), "the row is longer than %zu bytes",
		rows->lines.max_record);
	row->fields = &rows->fields;
	row->code = "too_long";
	row->fault = rows->fault;
	return csv_lines_skip(&rows->lines, &row->raw);
}

bool csv_rows_next(struct csv_rows *rows, struct csv_row *row)
{
	size_t len = 0, lines = 0, field_len = 0, field_lines = 0;
	enum csv_line found;

	for (;;) {
		found = csv_lines_find(&rows->lines, &len);
		if (found != CSV_LINE_NONE && rows->lines.offset == 0)
			csv_lines_take_mark(&rows->lines, &len);
		if (found != CSV_LINE ||
		    csv_without_line_end(rows->lines.input.at + rows->lines.start, len))
			break;
		give(rows, row, len, 1, NULL);
	}
	if (found != CSV_LINE)
		return found == CSV_LINE_TOO_LONG && give_too_long(rows, row);
	csv_fini(&rows->parser, NULL, NULL, NULL); /* a bad row leaves it in the middle */
	csv_fields_clear(&rows->fields);
	rows->ended_by = 0;
	rows->stray_cr = false;
	do {
		size_t fields_before = rows->fields.count;
		bool is_good = parse_line(rows, len);

		rows->lines.next += len;
		/* How far the row goes with the line on which the open field began. */
		if (lines++ == 0 || rows->fields.count != fields_before) {
			field_len = rows->lines.next - rows->lines.start;
			field_lines = lines;
		}
		if (!is_good)
			return give(rows, row, field_len, field_lines, "bad_csv");
		if (rows->ended_by)
			return give_good(rows, row, lines);
		found = csv_lines_find(&rows->lines, &len);
	} while (found == CSV_LINE);
	if (found == CSV_LINE_NONE && !rows->lines.source.ended)
		return false;
	snprintf(rows->fault, sizeof(rows->fault), "the quote opened in line %" PRIu64
		" is not closed within %s", rows->lines.number + field_lines - 1,
		found == CSV_LINE_NONE ? "the input" : "the longest row allowed (--max-record)");
	return give(rows, row, field_len, field_lines, "bad_csv");
}
