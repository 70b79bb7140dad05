/* SPDX-License-Identifier: ISC */
/* lines.h: reading files of records that must all be understood, such as exports. */
#ifndef SOUK_LINES_H
#define SOUK_LINES_H

#include "record.h"

struct souk_lines {
	struct souk_record *record;  /* initialised; holds the line while `take` runs */
	bool (*take)(void *context); /* false: the record is refused */
	void *context;
	size_t max_record;           /* the longest line taken */
	bool records_only;           /* pass over what is no record at all */
	uint64_t bad;                /* lines that were not taken so far, in all files */
};

/* Gives each line of the file to `take`; path "-" or NULL is the standard input. Lines
 * that can't be taken are named on stderr, the first few, and counted. Dies if the file
 * can't be read. */
void souk_lines_read(struct souk_lines *lines, const char *path);

#endif
