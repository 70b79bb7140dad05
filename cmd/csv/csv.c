/* SPDX-License-Identifier: ISC */
#include "csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

const struct souk_function csv_function = {
	.name = "csv",
	.summary = "turn CSV into NDJSON and back",
};

void csv_fields_end(struct csv_fields *fields)
{
	if (fields->count == fields->cap && fields->count < fields->limit) {
		fields->cap = fields->cap ? fields->cap * 2 : 64;
		fields->ends = realloc(fields->ends, fields->cap * sizeof(*fields->ends));
		if (!fields->ends)
			souk_die("out of memory");
	}
	if (fields->count < fields->limit)
		fields->ends[fields->count] = fields->bytes.len;
	fields->count++;
}

void csv_fields_clear(struct csv_fields *fields)
{
	fields->bytes.len = 0;
	fields->count = 0;
}

void csv_fields_free(struct csv_fields *fields)
{
	souk_buffer_free(&fields->bytes);
	free(fields->ends);
	*fields = (struct csv_fields){0};
}

struct souk_text csv_field(const struct csv_fields *fields, size_t index)
{
	size_t from = index ? fields->ends[index - 1] : 0;

	if (fields->ends[index] == from)
		return SOUK_TEXT("");
	return (struct souk_text){fields->bytes.at + from, fields->ends[index] - from};
}

static int never_space(unsigned char c)
{
	(void)c;
	return 0;
}

void csv_parser_open(struct csv_parser *parser, char delimiter)
{
	csv_init(parser, CSV_STRICT | CSV_REPALL_NL);
	csv_set_delim(parser, (unsigned char)delimiter);
	csv_set_space_func(parser, never_space);
	csv_set_blk_size(parser, 1 << 16);
}

char csv_delimiter(const char *option)
{
	if (!option)
		return ',';
	if (strcmp(option, "tab") == 0)
		return '\t';
	if (strlen(option) != 1 || strchr("\"\r\n", option[0]) || (option[0] & 0x80))
		souk_die_usage("--delimiter %s: one ASCII character but for quote and "
			"line end, or tab", option);
	return option[0];
}

static void column_field(void *at, size_t len, void *data)
{
	struct csv_fields *columns = data;

	souk_add(&columns->bytes, at, len);
	csv_fields_end(columns);
}

void csv_columns_parse(struct csv_fields *columns, const char *option)
{
	struct csv_parser parser;
	size_t len = strlen(option);

	csv_parser_open(&parser, ',');
	csv_set_opts(&parser, CSV_STRICT | CSV_STRICT_FINI);
	columns->limit = CSV_MAX_COLUMNS;
	if (csv_parse(&parser, option, len, column_field, NULL, columns) != len ||
	    csv_fini(&parser, column_field, NULL, columns) != 0)
		souk_die_usage("--columns: names with commas between them, quoted as in CSV");
	if (souk_utf8_valid(option, len) != len)
		souk_die_usage("--columns: the names are not UTF-8");
	csv_columns_check(columns, "--columns");
	csv_free(&parser);
}

/* A column's name and where it stands. */
struct named {
	struct souk_text name;
	size_t index;
};

static int by_name(const void *left, const void *right)
{
	const struct named *a = left, *b = right;
	size_t len = a->name.len < b->name.len ? a->name.len : b->name.len;
	int order = memcmp(a->name.at, b->name.at, len);

	if (order == 0)
		order = (a->name.len > b->name.len) - (a->name.len < b->name.len);
	return order ? order : (a->index > b->index) - (a->index < b->index);
}

void csv_columns_check(const struct csv_fields *columns, const char *where)
{
	struct named *sorted;

	if (columns->count == 0)
		souk_die_usage("%s: it names no column", where);
	if (columns->count > columns->limit)
		souk_die_usage("%s: %zu columns, and %zu are allowed", where, columns->count,
			columns->limit);
	sorted = calloc(columns->count, sizeof(*sorted));
	if (!sorted)
		souk_die("out of memory");
	for (size_t i = 0; i < columns->count; i++) {
		sorted[i] = (struct named){csv_field(columns, i), i};
		if (sorted[i].name.len == 0)
			souk_die_usage("%s: column %zu has no name", where, i + 1);
	}
	qsort(sorted, columns->count, sizeof(*sorted), by_name);
	for (size_t i = 1; i < columns->count; i++)
		if (souk_text_equal(sorted[i - 1].name, sorted[i].name))
			souk_die_usage("%s: columns %zu and %zu are both named \"%.*s\"", where,
				sorted[i - 1].index + 1, sorted[i].index + 1,
				SOUK_ARG(sorted[i].name));
	free(sorted);
}

int csv_open_operand(int operand_count, char **operands)
{
	int fd;

	if (operand_count > 1)
		souk_die_usage("one FILE at most, but there is also %s", operands[1]);
	if (operand_count == 0 || strcmp(operands[0], "-") == 0)
		return STDIN_FILENO;
	fd = open(operands[0], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		souk_die_errno("%s", operands[0]);
	return fd;
}
