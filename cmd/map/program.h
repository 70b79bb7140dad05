/* SPDX-License-Identifier: ISC */
/* program.h: a jq program, compiled once and run over values. */
#ifndef MAP_PROGRAM_H
#define MAP_PROGRAM_H

#include <jq.h>

#include "verb.h"

/* A program is shorter than this, in bytes. */
enum { MAP_MOST_SOURCE = 1 << 20 };

/* Appends the text of the file `path`, or of the one of that name among the maps:
 * in $SOUK_MAPS, else in those that came with the program. Too long a file is
 * read in part, to MAP_MOST_SOURCE or more. Dies if there is none. */
void map_source_read(const char *path, struct souk_buffer *text);

struct map_program {
	/* Two builds of the program. `exact` is for values with stand-ins (value.h): there
	 * what jq would do to a string is refused or done as for a number. It is slower,
	 * rarely needed, and compiled when it is. */
	jq_state *plain, *exact;
	const char *source_name;         /* the file, or NULL: given as an operand */
	struct souk_buffer source;       /* what people wrote, NUL-terminated */
	jv arguments;                    /* variables: --arg, and what the prelude uses */
	struct souk_buffer compile_error;
	int prelude_lines;
	uint64_t line;                   /* of the record in work, for debug */
};

/* Compiles the program in the file `path`, or else `text`; `arguments` are the
 * NAME=VALUE of --arg. Ends the program with exit 2 if it can't. The environment
 * is cleared: nothing of it may get into records. */
void map_program_open(struct map_program *p, const char *path, const char *text,
	const struct souk_strings *arguments, int64_t fixed_now);
void map_program_close(struct map_program *p);

/* Starts it on a value, which is consumed. map_program_next() then gives one result
 * after another, for the caller to free. False: there is none left, or it failed;
 * then `error` holds why, not empty. */
void map_program_start(struct map_program *p, jv value, bool stand_ins, uint64_t line);
bool map_program_next(struct map_program *p, bool stand_ins, jv *result, struct souk_buffer *error);

#endif
