/* SPDX-License-Identifier: ISC */
/* check.h: the static check of a pipeline. */
#ifndef SOUK_CHECK_H
#define SOUK_CHECK_H

#include "souk.h"

/* A stage and what is known of it. */
struct checked {
	const struct stage *stage;
	struct declared *verbs; /* all of its command; NULL if it declares nothing */
	struct declared *verb;  /* the one that it runs, or NULL */
	size_t first_arg;       /* in argv, after the verb */
	const char *writes;     /* or NULL */
};

struct check {
	/* Options. */
	bool verbose;
	const char *given;      /* members that the input has already */
	const char *services;   /* the file of them, or NULL */
	/* What is found. */
	struct souk_arena arena;
	struct souk_buffer out;
	struct checked *stages;
	size_t count, errors, warnings;
};

void check_error(struct check *c, size_t stage, const char *format, ...) SOUK_PRINTF(3, 4);
void check_warning(struct check *c, size_t stage, const char *format, ...) SOUK_PRINTF(3, 4);

/* Each says what is wrong with stage `i`: its verb and arguments, the members it
 * reads, its place among those with effects. */
void check_arguments(struct check *c, size_t i);
void check_members(struct check *c, size_t i);
void check_order(struct check *c, size_t i);

#endif
