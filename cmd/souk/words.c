/* SPDX-License-Identifier: ISC */
/* The words of a pipeline file, as the shell reads them (POSIX, Shell Command
 * Language, 2.2 and 2.6), as far as quotes and plain variables go. Whatever would
 * mean more to the shell is refused, so that the file means the same to both. */
#include <stdlib.h>

#include "words.h"

bool parser_fail(struct parser *p, const char *at, const char *what, const char *allowed)
{
	unsigned line = 1;
	const char *begin = p->start;

	for (const char *c = p->start; c < at; c++)
		if (*c == '\n') {
			line++;
			begin = c + 1;
		}
	p->pipeline->fault.len = 0;
	souk_add_format(&p->pipeline->fault, "%.*s:%u:%u: %s: %s", SOUK_ARG(p->path), line,
		(unsigned)(at - begin) + 1, what, allowed);
	return false;
}

char *copy_text(struct souk_arena *arena, const char *at, size_t len)
{
	char *copy = souk_arena_alloc(arena, len + 1);

	if (len)
		memcpy(copy, at, len);
	copy[len] = 0;
	return copy;
}

static void add_word(struct parser *p, char *word)
{
	if (p->word_count == p->word_cap) {
		p->word_cap = p->word_cap ? 2 * p->word_cap : 16;
		p->words = realloc(p->words, p->word_cap * sizeof(*p->words));
		if (!p->words)
			souk_die("out of memory");
	}
	p->words[p->word_count++] = word;
}

static void end_word(struct parser *p)
{
	if (!p->open)
		return;
	p->open = false;
	add_word(p, copy_text(&p->pipeline->arena, p->word.at, p->word.len));
	p->word.len = 0;
}

static void add(struct parser *p, const char *at, size_t len)
{
	p->open = true;
	souk_add(&p->word, at, len);
}

static bool next_is(const struct parser *p, const char *string)
{
	size_t len = strlen(string);

	return (size_t)(p->end - p->at) >= len && memcmp(p->at, string, len) == 0;
}

size_t parser_name_length(const char *at, const char *end)
{
	const char *c = at;

	while (c < end && (*c == '_' || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			   (c > at && *c >= '0' && *c <= '9')))
		c++;
	return (size_t)(c - at);
}

/* The value outside quotes becomes words where it has blanks. */
static bool add_split(struct parser *p, const char *at, const char *value, size_t len)
{
	if (memchr(value, '*', len) || memchr(value, '?', len) || memchr(value, '[', len))
		return parser_fail(p, at, "the value holds a pattern of file names",
			"write it within double quotes");
	for (size_t i = 0; i < len; i++)
		if (value[i] == ' ' || value[i] == '\t' || value[i] == '\n')
			end_word(p);
		else
			add(p, value + i, 1);
	return true;
}

/* At a '$'. */
static bool expand(struct parser *p, bool quoted)
{
	const char *at = p->at, *value;
	bool braces;
	size_t len;
	char *name;

	if (next_is(p, "${0%/*}")) {
		const char *slash = memrchr(p->path.at, '/', p->path.len);
		struct souk_text folder = {
			slash ? p->path.at : ".", slash ? (size_t)(slash - p->path.at) : 1};

		p->at += 7;
		if (quoted)
			add(p, folder.at, folder.len);
		return quoted || add_split(p, at, folder.at, folder.len);
	}
	braces = next_is(p, "${");
	p->at += braces ? 2 : 1;
	len = parser_name_length(p->at, p->end);
	if (!len || (braces && (p->at + len == p->end || p->at[len] != '}')))
		return parser_fail(p, at, "this $ means too much",
			"allowed are $NAME, ${NAME}, \"$@\" and ${0%/*}, the pipeline file's "
			"folder; "
			"'$' in single quotes is a dollar sign");
	name = copy_text(&p->pipeline->arena, p->at, len);
	p->at += len + (braces ? 1 : 0);
	value = getenv(name);
	value = value ? value : "";
	if (quoted)
		add(p, value, strlen(value));
	return quoted || add_split(p, at, value, strlen(value));
}

/* At a double quote. */
static bool double_quoted(struct parser *p)
{
	const char *open = p->at++;

	add(p, "", 0);
	while (p->at < p->end && *p->at != '"') {
		if (*p->at == '`')
			return parser_fail(p, p->at, "no command substitution in a pipeline file",
				"put \\ before the `");
		if (*p->at == '$') {
			if (!expand(p, true))
				return false;
			continue;
		}
		if (*p->at == '\\' && p->at + 1 < p->end && strchr("$`\"\\\n", p->at[1])) {
			p->at++;
			if (*p->at == '\n') {
				p->at++;
				continue;
			}
		}
		add(p, p->at++, 1);
	}
	if (p->at == p->end)
		return parser_fail(p, open, "this quote is not closed", "a second \" ends it");
	p->at++;
	return true;
}

/* "$@": the operands that came with the pipeline file, each a word. */
static bool all_operands(struct parser *p)
{
	const char *after = p->at + 4;

	if (p->open || (after < p->end && !ends_word(*after)))
		return parser_fail(p, p->at, "\"$@\" within a word", "it must stand alone");
	p->at = after;
	for (size_t i = 0; i < p->arg_count; i++)
		add_word(p, copy_text(&p->pipeline->arena, p->args[i], strlen(p->args[i])));
	return true;
}

static bool refuse_character(struct parser *p)
{
	static const char one[] = "a pipeline file holds one pipeline: commands joined by |";
	static const char quote[] = "put it in quotes if the command is to get it";
	static const struct {
		const char *characters, *what, *allowed;
	} refused[] = {
		{";", "no ; here", one},
		{"&", "no & here", one},
		{"()", "no subshell in a pipeline file", one},
		{"<>", "no redirection in a pipeline file",
			"its input and output are those of souk run"},
		{"`", "no command substitution in a pipeline file", quote},
		{"*?[", "no pattern of file names in a pipeline file", quote},
		{"{}", "no { or } outside quotes", quote},
		{"~", "no ~ at the beginning of a word", "write $HOME, or put it in quotes"},
		{"\r", "a carriage return", "lines of a pipeline file end with LF only"},
	};
	size_t i = 0;

	while (!strchr(refused[i].characters, *p->at))
		i++;
	return parser_fail(p, p->at, refused[i].what, refused[i].allowed);
}

bool parser_word(struct parser *p)
{
	const char *close;

	while (p->at < p->end && !ends_word(*p->at)) {
		switch (*p->at) {
		case '\\':
			if (++p->at == p->end)
				return parser_fail(p, p->at - 1, "a \\ with nothing after it",
					"two of them are one");
			if (*p->at != '\n')
				add(p, p->at, 1);
			p->at++;
			continue;
		case '\'':
			close = memchr(p->at + 1, '\'', (size_t)(p->end - p->at) - 1);
			if (!close)
				return parser_fail(
					p, p->at, "this quote is not closed", "a second ' ends it");
			add(p, p->at + 1, (size_t)(close - p->at) - 1);
			p->at = close + 1;
			continue;
		case '"':
			if (!(next_is(p, "\"$@\"") ? all_operands(p) : double_quoted(p)))
				return false;
			continue;
		case '$':
			if (!expand(p, false))
				return false;
			continue;
		}
		if (strchr(";&<>()`*?[{}\r", *p->at) || (*p->at == '~' && !p->open))
			return refuse_character(p);
		add(p, p->at++, 1);
	}
	end_word(p);
	return true;
}
