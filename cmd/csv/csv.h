/* SPDX-License-Identifier: ISC */
/* csv.h: what reading and writing CSV share. */
#ifndef SOUK_CSV_H
#define SOUK_CSV_H

#include <csv.h>

#include "souk.h"

extern const struct souk_function csv_function;

/* As many as a spreadsheet has. */
#define CSV_MAX_COLUMNS 16384

/* The fields of a row, one after another in one buffer. A zeroed one is empty
 * and ready. Fields beyond `limit` are counted but not kept. */
struct csv_fields {
	struct souk_buffer bytes;
	size_t *ends;            /* where each kept field ends in bytes */
	size_t cap;              /* of ends */
	size_t count, limit;
};

void csv_fields_end(struct csv_fields *fields); /* what was added to bytes is a field */
void csv_fields_clear(struct csv_fields *fields);
void csv_fields_free(struct csv_fields *fields);
struct souk_text csv_field(const struct csv_fields *fields, size_t index);

/* A strict parser that keeps each field to the byte: libcsv trims spaces by default. */
void csv_parser_open(struct csv_parser *parser, char delimiter);

/* The value of --delimiter, a comma if it was not given; ends the program if it is none. */
char csv_delimiter(const char *option);

/* The names in the value of --columns, itself a row of CSV with commas. Ends the
 * program if it is none, or if a name is empty or there twice. */
void csv_columns_parse(struct csv_fields *columns, const char *option);

/* Ends the program if a name is empty or there twice; `where` begins the message. */
void csv_columns_check(const struct csv_fields *columns, const char *where);

/* Opens the one operand, or standard input where it is "-" or not given. */
int csv_open_operand(int operand_count, char **operands);

#endif
