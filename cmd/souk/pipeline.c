/* SPDX-License-Identifier: ISC */
/* A pipeline file: a shell script that is one pipeline of simple commands. */
#include <stdlib.h>

#include "words.h"

static const char one[] = "a pipeline file holds one pipeline: commands joined by |";

bool is_pipeline_text(struct souk_text text)
{
	const char *end = memchr(text.at, '\n', text.len), *run;
	size_t len = end ? (size_t)(end - text.at) : text.len;

	while (len && (text.at[len - 1] == ' ' || text.at[len - 1] == '\t'))
		len--;
	if (len < 11 || memcmp(text.at, "#!", 2) != 0)
		return false;
	run = text.at + len - 8;
	return memcmp(run, "souk run", 8) == 0 && (run[-1] == ' ' || run[-1] == '/');
}

/* Skips blanks and joined lines; with `lines` also comments and line ends. */
static void skip(struct parser *p, bool lines)
{
	while (p->at < p->end) {
		if (*p->at == ' ' || *p->at == '\t' || (lines && *p->at == '\n'))
			p->at++;
		else if (*p->at == '\\' && p->at + 1 < p->end && p->at[1] == '\n')
			p->at += 2;
		else if (*p->at == '#')
			while (p->at < p->end && *p->at != '\n')
				p->at++;
		else
			return;
	}
}

/* Words that are no commands to the shell where a command is due. */
static bool is_reserved(struct souk_text word)
{
	static const char *const reserved[] = {"!", "case", "do", "done", "elif", "else", "esac",
		"fi", "for", "function", "if", "in", "select", "then", "time", "until", "while"};

	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
		if (souk_text_is(word, reserved[i]))
			return true;
	return false;
}

static bool check_first_word(struct parser *p)
{
	const char *end = p->at;
	size_t name = parser_name_length(p->at, p->end);

	while (end < p->end && !ends_word(*end))
		end++;
	if (is_reserved((struct souk_text){p->at, (size_t)(end - p->at)}))
		return parser_fail(p, p->at, "a word of the shell's own language", one);
	if (name && p->at + name < end && p->at[name] == '=')
		return parser_fail(p, p->at, "no assignment in a pipeline file",
			"set variables where it is started, or use env(1)");
	return true;
}

struct stage *add_stage(struct pipeline *p)
{
	if (p->count == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 16;
		p->stages = realloc(p->stages, p->cap * sizeof(*p->stages));
		if (!p->stages)
			souk_die("out of memory");
	}
	return &p->stages[p->count++];
}

static bool command(struct parser *p)
{
	struct pipeline *all = p->pipeline;
	struct stage *stage;
	const char *at = p->at;

	p->word_count = 0;
	if (!check_first_word(p))
		return false;
	while (p->at < p->end && *p->at != '\n' && *p->at != '|') {
		if (!parser_word(p))
			return false;
		skip(p, false);
	}
	if (!p->word_count)
		return parser_fail(
			p, at, "no command here", "a command and its arguments stand between |");
	stage = add_stage(all);
	*stage = (struct stage){.argc = p->word_count, .line = 1,
		.file = copy_text(&all->arena, p->path.at, p->path.len)};
	for (const char *c = p->start; c < at; c++)
		stage->line += *c == '\n';
	stage->argv = souk_arena_alloc(&all->arena, (p->word_count + 1) * sizeof(*stage->argv));
	memcpy(stage->argv, p->words, p->word_count * sizeof(*stage->argv));
	stage->argv[p->word_count] = NULL;
	return true;
}

static bool parse(struct parser *p)
{
	const char *nul = memchr(p->start, 0, (size_t)(p->end - p->start));

	if (!is_pipeline_text((struct souk_text){p->start, (size_t)(p->end - p->start)}))
		return parser_fail(p, p->start, "this is no pipeline file",
			"its first line must be #!/usr/bin/env -S souk run");
	if (nul)
		return parser_fail(p, nul, "a NUL byte", "a pipeline file is text");
	for (skip(p, true);; skip(p, true)) {
		if (!command(p))
			return false;
		if (p->at == p->end || *p->at == '\n')
			break;
		p->at++;
		if (p->at < p->end && *p->at == '|')
			return parser_fail(p, p->at - 1, "no || here", one);
	}
	skip(p, true);
	if (p->at < p->end)
		return parser_fail(p, p->at, "a second pipeline begins here",
			"a file holds one, and goes on in the next line after | or \\");
	return true;
}

bool pipeline_parse(struct pipeline *pipeline, const char *path, struct souk_text text, char **args,
	size_t arg_count)
{
	struct parser p = {.pipeline = pipeline,
		.path = souk_text_of(path),
		.start = text.at,
		.at = text.at,
		.end = text.at + text.len,
		.args = args,
		.arg_count = arg_count};
	bool good = parse(&p);

	souk_buffer_free(&p.word);
	free(p.words);
	return good;
}
