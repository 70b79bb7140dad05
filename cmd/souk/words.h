/* SPDX-License-Identifier: ISC */
/* words.h: the words of a pipeline file, for its parser. */
#ifndef SOUK_WORDS_H
#define SOUK_WORDS_H

#include "souk.h"

struct parser {
	struct pipeline *pipeline;
	struct souk_text path;    /* of the file */
	const char *start, *at, *end;
	char **args;              /* "$@" */
	size_t arg_count;
	char **words;             /* of the command that is read */
	size_t word_count, word_cap;
	struct souk_buffer word;
	bool open;                /* a word is begun: "" is one too */
};

/* Notes where and why the text is no pipeline file; false. */
bool parser_fail(struct parser *p, const char *at, const char *what, const char *allowed);

/* Reads what begins here up to a blank, a newline or |, and appends the words
 * that it becomes: none for an empty $NAME, many for "$@". */
bool parser_word(struct parser *p);

/* How long the NAME is that begins at `at`. */
size_t parser_name_length(const char *at, const char *end);

static inline bool ends_word(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '|';
}

#endif
