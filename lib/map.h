/* SPDX-License-Identifier: ISC */
/*
 * map.h: running a verb that makes new records from records: a map, a fold. It
 * reads, batches and ends as a filter does (batch.h), but what a record becomes
 * is the verb's business: nothing, one record, or many.
 */
#ifndef SOUK_MAP_H
#define SOUK_MAP_H

#include "batch.h"

struct souk_map {
	struct souk_stage *stage;
	const char *const *reads; /* as in struct souk_interest */
	/* Each appends what it makes, whole lines, to map->out. A record lives until
	 * the function returns. */
	void (*record)(struct souk_map *map, struct souk_record *r);
	/* A line that is no record goes on as an error record by itself; this only
	 * tells of it. May be NULL. */
	void (*bad_line)(struct souk_map *map, const struct souk_input_line *line);
	/* After the last record. May be NULL. */
	void (*end)(struct souk_map *map);
	/* The rest is souk_map_run()'s. */
	struct souk_record r;
	struct souk_buffer out;
	int out_fd, rejects;
	uint64_t offset;          /* of the record's line */
	uint64_t bad, failed;
};

/* Runs it over a stream until that ends; returns the exit state. */
int souk_map_run(struct souk_map *map, int in, int out);

/* Writes the record, which souk_refuse() or its like refused, with its error. */
void souk_map_refused(struct souk_map *map, struct souk_record *r);

/* Counts a record that failed here, and says so on stderr with -v. `error` is
 * the error object, its brace closed or not. */
void souk_map_failed(struct souk_map *map, uint64_t line, struct souk_text error);

/* Writes out what there is if it is much: for a record that becomes many. */
void souk_map_relieve(struct souk_map *map);

#endif
