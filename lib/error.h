/* SPDX-License-Identifier: ISC */
/* error.h: how a program ends, and how it says why. */
#ifndef SOUK_ERROR_H
#define SOUK_ERROR_H

#include "text.h"

/* Exit states, the same for every command (souk-filter(7)). */
enum {
	SOUK_EXIT_OK = 0,      /* the stream was processed */
	SOUK_EXIT_BAD = 1,     /* lines were bad records, or with -e records failed here */
	SOUK_EXIT_USAGE = 2,   /* the caller asked for something that makes no sense */
	SOUK_EXIT_SYSTEM = 3,  /* the system failed: I/O, memory, database */
};

/* The name that messages begin with, `souk-tax`; set once by main(). */
extern const char *souk_program;

/* Writes "souk-tax: " and the message to stderr, as one write(). Messages are
 * lower case, without a full stop; control characters become '?'. */
void souk_warn(const char *format, ...) SOUK_PRINTF(1, 2);

/* As souk_warn(), then ends the program. souk_die_usage() adds a pointer to
 * --help and exits 2; souk_die() exits 3; souk_die_errno() adds ": " and what
 * errno says. */
_Noreturn void souk_die_usage(const char *format, ...) SOUK_PRINTF(1, 2);
_Noreturn void souk_die(const char *format, ...) SOUK_PRINTF(1, 2);
_Noreturn void souk_die_errno(const char *format, ...) SOUK_PRINTF(1, 2);

/* Writes all of it; false and errno if that failed. A closed pipe ends the
 * program by SIGPIPE like any filter. */
bool souk_write_all(int fd, const void *bytes, size_t len);

#endif
