/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "rows.h"
#include "sandbox.h"

/* Of bad rows so many are named on stderr, the rest counted. */
enum { BAD_ROWS_NAMED = 10 };

struct csv_reading {
	const char *columns, *delimiter, *id;
	bool line, sparse;
	int encoding;
	struct csv_rows rows;
	struct csv_fields names;
	struct csv_fields labels;    /* of each column, what comes before its value */
	struct souk_writer writer;
	uint64_t row, bad;
};

static const struct souk_option options[] = {
	{'c', "columns", "NAMES", SOUK_OPTION_TEXT, offsetof(struct csv_reading, columns),
		.help = "the file has no header row; its columns are a,b,c"},
	{'d', "delimiter", "CHARACTER", SOUK_OPTION_TEXT, offsetof(struct csv_reading, delimiter),
		.help = "what is between fields: one ASCII character, or tab; default a comma"},
	{0, "encoding", "NAME", SOUK_OPTION_CHOICE, offsetof(struct csv_reading, encoding),
		.help = "of the file; utf-16 needs a byte order mark", .choices = csv_encodings},
	{0, "id", "PREFIX", SOUK_OPTION_TEXT, offsetof(struct csv_reading, id),
		.help = "add a first member id: PREFIX and the number of the row"},
	{0, "line", NULL, SOUK_OPTION_FLAG, offsetof(struct csv_reading, line),
		.help = "add a member line: that on which the row begins"},
	{0, "sparse", NULL, SOUK_OPTION_FLAG, offsetof(struct csv_reading, sparse),
		.help = "leave out what is empty: fields, and rows without any other"},
	{0},
};

/* Names that a record can't have for its data, with why. */
static void refuse_reserved(struct csv_reading *csv, const char *where)
{
	for (size_t i = 0; i < csv->names.count; i++) {
		struct souk_text name = csv_field(&csv->names, i);

		if (souk_text_is(name, "error") || souk_text_is(name, "wait"))
			souk_die_usage("%s: column %zu is named %.*s, which marks a record as "
				"failed or waiting: name it otherwise", where, i + 1,
				SOUK_ARG(name));
		if (csv->id && souk_text_is(name, "id"))
			souk_die_usage("%s: column %zu is named id, so --id can't add one",
				where, i + 1);
		if (csv->line && souk_text_is(name, "line"))
			souk_die_usage("%s: column %zu is named line, so --line can't add one",
				where, i + 1);
	}
}

static void take_header(struct csv_reading *csv, const struct csv_row *row)
{
	char where[64];

	snprintf(where, sizeof(where), "the header in line %" PRIu64, row->raw.number);
	if (row->code)
		souk_die_usage("%s: %s", where, row->fault);
	csv->names.limit = row->fields->limit;
	for (size_t i = 0; i < row->fields->count; i++) {
		struct souk_text name = csv_field(row->fields, i < csv->names.limit ? i : 0);

		souk_add(&csv->names.bytes, name.at, name.len);
		csv_fields_end(&csv->names);
	}
	csv_columns_check(&csv->names, where);
	refuse_reserved(csv, where);
}

/* What stays the same in each record is written once. */
static void make_labels(struct csv_reading *csv)
{
	struct souk_buffer *bytes = &csv->labels.bytes;

	csv->labels.limit = csv->rows.fields.limit = csv->names.count;
	for (size_t i = 0; i < csv->names.count; i++) {
		souk_add_char(bytes, ',');
		souk_add_quoted(bytes, csv_field(&csv->names, i));
		souk_add_char(bytes, ':');
		csv_fields_end(&csv->labels);
	}
}

static void write_bad(struct csv_reading *csv, const struct csv_row *row, const char *code,
	const char *message)
{
	struct souk_buffer *out = &csv->writer.buffer;
	int rejects = csv->rows.lines.rejects;

	if (!row->raw.too_long &&
	    (!souk_reject(rejects, row->raw.at, row->raw.len) || !souk_reject(rejects, "\n", 1)))
		souk_die_errno("cannot write the rejects file");
	souk_add_bad_line(out, "csv", code, message, &row->raw);
	out->len -= strlen("}}\n"); /* it goes on */
	souk_put_int(out, "row", (int64_t)csv->row);
	souk_add_string(out, "}}");
	souk_writer_line_end(&csv->writer);
	if (csv->bad++ < BAD_ROWS_NAMED)
		souk_warn("line %" PRIu64 ": %s", row->raw.number, message);
}

static void write_row(struct csv_reading *csv, const struct csv_row *row, size_t max_record)
{
	struct souk_buffer *out = &csv->writer.buffer;
	size_t start = out->len, count = csv->names.count;
	char message[160];
	bool empty = true;

	csv->row++;
	if (row->code) {
		write_bad(csv, row, row->code, row->fault);
		return;
	}
	if (row->fields->count != count) {
		snprintf(message, sizeof(message), "the row has %zu field%s, there %s %zu column%s",
			row->fields->count, row->fields->count == 1 ? "" : "s",
			count == 1 ? "is" : "are", count, count == 1 ? "" : "s");
		write_bad(csv, row, "ragged_row", message);
		return;
	}
	if (csv->id) {
		souk_add_string(out, ",\"id\":");
		snprintf(message, sizeof(message), "%s%" PRIu64, csv->id, csv->row);
		souk_add_quoted(out, souk_text_of(message));
	}
	if (csv->line) {
		souk_add_string(out, ",\"line\":");
		souk_add_decimal(out, (int64_t)row->raw.number);
	}
	for (size_t i = 0; i < count; i++) {
		struct souk_text label = csv_field(&csv->labels, i), value = csv_field(row->fields, i);

		if (csv->sparse && !value.len)
			continue;
		empty = false;
		souk_add(out, label.at, label.len);
		souk_add_quoted(out, value);
	}
	if (empty) {
		out->len = start;
		return;
	}
	souk_add_char(out, '}');
	out->at[start] = '{'; /* in place of the first comma */
	if (out->len - start <= max_record) {
		souk_writer_line_end(&csv->writer);
		return;
	}
	out->len = start;
	snprintf(message, sizeof(message), "the row as a record is longer than %zu bytes",
		max_record);
	write_bad(csv, row, "too_long", message);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct csv_reading *csv = stage->state;
	char delimiter = csv_delimiter(csv->delimiter);
	struct csv_row row;

	if (csv->id && strlen(csv->id) > 100)
		souk_die_usage("--id: at most 100 bytes");
	if (csv->columns) {
		csv_columns_parse(&csv->names, csv->columns);
		refuse_reserved(csv, "--columns");
	}
	csv->writer.fd = STDOUT_FILENO;
	csv_rows_open(&csv->rows, csv_open_operand(operand_count, operands),
		(enum csv_encoding)csv->encoding, delimiter, (size_t)stage->max_record,
		souk_rejects_open(stage->rejects), &csv->writer);
	souk_catch_term();
	souk_widen_pipe(STDOUT_FILENO);
	souk_sandbox_enter(&stage, 1);
	if (!csv->columns && csv_rows_next(&csv->rows, &row))
		take_header(csv, &row);
	make_labels(csv);
	while (csv_rows_next(&csv->rows, &row))
		write_row(csv, &row, (size_t)stage->max_record);
	souk_writer_flush(&csv->writer);
	if (csv->bad > BAD_ROWS_NAMED)
		souk_warn("%" PRIu64 " rows in all were bad", csv->bad);
	csv_rows_close(&csv->rows);
	csv_fields_free(&csv->names);
	csv_fields_free(&csv->labels);
	souk_buffer_free(&csv->writer.buffer);
	return csv->bad ? SOUK_EXIT_BAD : SOUK_EXIT_OK;
}

SOUK_VERB(csv_read) = {
	.function = &csv_function,
	.summary = "turn the rows of a CSV file into records",
	.operands = "[FILE]",
	.kind = SOUK_MAP,
	.options = options,
	.state_size = sizeof(struct csv_reading),
	.run = run,
};
