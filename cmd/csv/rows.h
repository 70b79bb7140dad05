/* SPDX-License-Identifier: ISC */
/*
 * rows.h: the rows of a CSV file, one by one, the bad ones too.
 *
 * libcsv takes the fields apart; what is here finds where rows begin and end, so
 * that a bad row can be shown as it is and the reading goes on behind it.
 *
 * A bad row ends with the line on which its faulty field began. So a quote that
 * is never closed, which to a parser swallows all that follows, costs the rows
 * up to its own line end and no more.
 */
#ifndef SOUK_CSV_ROWS_H
#define SOUK_CSV_ROWS_H

#include "csv.h"
#include "lines.h"

struct csv_rows {
	struct csv_lines lines;
	struct csv_parser parser;
	struct csv_fields fields;
	char ended_by;               /* the line end after the row's last field, or 0 */
	bool stray_cr;
	char fault[160];
};

/* A row; what it points to lives until the next. */
struct csv_row {
	const struct csv_fields *fields;
	struct souk_input_line raw;  /* its bytes, and the line and offset where it begins */
	const char *code;            /* what is wrong with it, an error code; NULL for a good one */
	const char *fault;           /* the same in words */
};

void csv_rows_open(struct csv_rows *rows, int fd, enum csv_encoding encoding, char delimiter,
	size_t max_record, int rejects, struct souk_writer *writer);
void csv_rows_close(struct csv_rows *rows);

/* Gives the next row, good or bad. Blank lines are skipped, but counted as lines.
 * False at the end of the input or after SIGTERM. */
bool csv_rows_next(struct csv_rows *rows, struct csv_row *row);

#endif
