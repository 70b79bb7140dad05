/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "columns.h"
#include "sandbox.h"

/* Of bad lines so many are named on stderr, the rest counted. */
enum { BAD_LINES_NAMED = 10 };

struct csv_writing {
	const char *columns_option, *delimiter_option;
	bool crlf, no_header, bom, safe;
	char delimiter;
	struct csv_fields names;
	struct csv_columns columns;  /* empty until they are known */
	struct souk_record record;
	struct souk_writer writer;
	struct souk_buffer bad_record;
	int rejects;
	uint64_t bad, unfit;         /* lines: no records; with a member without column */
};

static const struct souk_option options[] = {
	{'c', "columns", "NAMES", SOUK_OPTION_TEXT, offsetof(struct csv_writing, columns_option),
		.help = "a,b.c,d: which members to write; those of the first record if not given"},
	{'d', "delimiter", "CHARACTER", SOUK_OPTION_TEXT,
		offsetof(struct csv_writing, delimiter_option),
		.help = "what to put between fields: one ASCII character, or tab; default a comma"},
	{0, "crlf", NULL, SOUK_OPTION_FLAG, offsetof(struct csv_writing, crlf),
		.help = "end lines with CR LF"},
	{0, "no-header", NULL, SOUK_OPTION_FLAG, offsetof(struct csv_writing, no_header),
		.help = "write no header row"},
	{0, "bom", NULL, SOUK_OPTION_FLAG, offsetof(struct csv_writing, bom),
		.help = "begin with a byte order mark, by which Excel knows UTF-8"},
	{0, "safe", NULL, SOUK_OPTION_FLAG, offsetof(struct csv_writing, safe),
		.help = "put ' before text that a spreadsheet would take for a formula"},
	{0},
};

static const char *const reads[] = {"*", NULL};

/* Quotes where it has to (RFC 4180), and where a reader would see something else:
 * a blank line, a byte order mark. */
static void put_field(struct csv_writing *csv, struct souk_text text, bool first)
{
	struct souk_buffer *out = &csv->writer.buffer;
	bool quote = text.len == 0 ? csv->names.count == 1 : first && text.at[0] == '\xef';

	if (!first)
		souk_add_char(out, csv->delimiter);
	for (size_t i = 0; i < text.len && !quote; i++)
		quote = text.at[i] == csv->delimiter || text.at[i] == '"' || text.at[i] == '\n' ||
			text.at[i] == '\r';
	if (quote)
		out->len += csv_write(souk_buffer_room(out, 2 * text.len + 2), 2 * text.len + 2,
			text.at, text.len);
	else
		souk_add(out, text.at, text.len);
}

static void put_text(struct csv_writing *csv, struct souk_text text, bool first)
{
	struct souk_buffer prefixed = {0};

	if (!csv->safe || text.len == 0 || !memchr("=+-@\t\r", text.at[0], 6)) {
		put_field(csv, text, first);
		return;
	}
	souk_add_char(&prefixed, '\'');
	souk_add(&prefixed, text.at, text.len);
	put_field(csv, (struct souk_text){prefixed.at, prefixed.len}, first);
	souk_buffer_free(&prefixed);
}

static void end_row(struct csv_writing *csv)
{
	if (csv->crlf)
		souk_add_char(&csv->writer.buffer, '\r');
	souk_writer_line_end(&csv->writer);
}

/* Once the columns are known. */
static void begin(struct csv_writing *csv)
{
	csv_columns_open(&csv->columns, &csv->names, csv->columns_option != NULL);
	if (csv->bom)
		souk_add_string(&csv->writer.buffer, "\xef\xbb\xbf");
	if (csv->no_header)
		return;
	for (size_t i = 0; i < csv->names.count; i++)
		put_text(csv, csv_field(&csv->names, i), i == 0);
	end_row(csv);
}

/* NULL, or what is wrong with the record; then nothing is written. */
static const char *put_row(struct csv_writing *csv)
{
	struct souk_record *r = &csv->record;
	size_t start = csv->writer.buffer.len;
	struct souk_text text, unfit = {0};
	const char *fault = csv_columns_fill(&csv->columns, r, &unfit);

	for (size_t i = 0; i < csv->names.count && !fault; i++) {
		const struct souk_node *value = csv->columns.at[i].value;

		if (!value || value->type == SOUK_NULL)
			put_field(csv, SOUK_TEXT(""), i == 0);
		else if (value->type != SOUK_STRING)
			put_field(csv, souk_raw(r, value), i == 0);
		else if (souk_decode(r, value, &text))
			put_text(csv, text, i == 0);
		else
			fault = "a text has half of a surrogate pair, which is no character";
	}
	if (fault) {
		csv->writer.buffer.len = start;
		return fault;
	}
	end_row(csv);
	/* With --columns the choice is the caller's. */
	if (unfit.at && !csv->columns_option && csv->unfit++ == 0)
		souk_warn("line %" PRIu64 ": \"%.*s\" is not in the first record, has no column "
			"and is not written (see --columns)", r->number, SOUK_ARG(unfit));
	return NULL;
}

/* The members of the first record are the columns. */
static void take_columns(struct csv_writing *csv)
{
	struct souk_record *r = &csv->record;
	struct souk_text name;
	char where[64];

	snprintf(where, sizeof(where), "the record in line %" PRIu64, r->number);
	if (r->error_member && r->top_count == 1)
		souk_die_usage("%s holds only an error, so it can't name the columns: "
			"use --columns", where);
	csv->names.limit = CSV_MAX_COLUMNS;
	for (const struct souk_node *n = souk_first(r, &r->nodes[0]); n;
	     n = souk_next(r, &r->nodes[0], n)) {
		if (!souk_decode(r, n, &name))
			souk_die_usage("%s has half of a surrogate pair in a name", where);
		souk_add(&csv->names.bytes, name.at, name.len);
		csv_fields_end(&csv->names);
	}
	csv_columns_check(&csv->names, where);
	begin(csv);
}

/* A line that is no record: its row is made of the error record that a filter
 * would have written, so that a column error.code says it. */
static void put_bad(struct csv_writing *csv, const struct souk_input_line *line, const char *code,
	const char *fault)
{
	struct souk_buffer *bad = &csv->bad_record;

	if (!line->too_long &&
	    (!souk_reject(csv->rejects, line->at, line->len) || !souk_reject(csv->rejects, "\n", 1)))
		souk_die_errno("cannot write the rejects file");
	if (csv->bad++ < BAD_LINES_NAMED)
		souk_warn("line %" PRIu64 ": %s", line->number, fault);
	bad->len = 0;
	souk_add_bad_line(bad, "csv", code, fault, line);
	memset(souk_buffer_room(bad, SOUK_RECORD_PAD), 0, SOUK_RECORD_PAD);
	souk_record_parse(&csv->record, bad->at, bad->len - 1);
	csv->record.number = line->number;
	if (!csv->columns.count)
		take_columns(csv);
	put_row(csv);
}

static void put_line(struct csv_writing *csv, const struct souk_input_line *line,
	int64_t max_record)
{
	struct souk_record *r = &csv->record;
	const char *fault;
	char message[200];

	if (line->too_long) {
		snprintf(message, sizeof(message), "the line is longer than %" PRId64 " bytes",
			max_record);
		put_bad(csv, line, "too_long", message);
		return;
	}
	if (!souk_record_parse(r, line->at, line->len)) {
		snprintf(message, sizeof(message), "%s (byte %" PRIu32 " of the line)", r->fault,
			r->fault_at + 1);
		put_bad(csv, line, r->fault_code, message);
		return;
	}
	r->number = line->number;
	if (!csv->columns.count)
		take_columns(csv);
	fault = put_row(csv);
	if (fault)
		put_bad(csv, line, "bad_record", fault);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct csv_writing *csv = stage->state;
	const struct souk_input_line *lines;
	struct souk_input *input;
	size_t count;

	csv->delimiter = csv_delimiter(csv->delimiter_option);
	csv->writer.fd = STDOUT_FILENO;
	if (csv->columns_option) {
		csv_columns_parse(&csv->names, csv->columns_option);
		begin(csv);
	}
	csv->rejects = souk_rejects_open(stage->rejects);
	input = souk_input_open(csv_open_operand(operand_count, operands),
		(size_t)stage->max_record, csv->rejects);
	souk_record_init(&csv->record, csv_function.name, &(struct souk_interest){.reads = reads});
	souk_catch_term();
	souk_widen_pipe(STDOUT_FILENO);
	souk_sandbox_enter(&stage, 1);
	while ((count = souk_input_next(input, &lines, SOUK_BATCH_IDLE_NS))) {
		for (size_t i = 0; i < count; i++)
			put_line(csv, &lines[i], stage->max_record);
		souk_writer_flush(&csv->writer);
	}
	souk_writer_flush(&csv->writer);
	if (csv->bad > BAD_LINES_NAMED)
		souk_warn("%" PRIu64 " lines in all were no records", csv->bad);
	if (csv->unfit > 1)
		souk_warn("%" PRIu64 " records in all have members without a column", csv->unfit);
	souk_input_close(input);
	souk_record_free(&csv->record);
	csv_columns_close(&csv->columns);
	csv_fields_free(&csv->names);
	souk_buffer_free(&csv->writer.buffer);
	souk_buffer_free(&csv->bad_record);
	return csv->bad || csv->unfit ? SOUK_EXIT_BAD : SOUK_EXIT_OK;
}

SOUK_VERB(csv_write_verb) = {
	.function = &csv_function,
	.name = "write",
	.summary = "turn records into the rows of a CSV file",
	.operands = "[FILE]",
	.kind = SOUK_MAP,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct csv_writing),
	.run = run,
};
