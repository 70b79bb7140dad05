/* SPDX-License-Identifier: ISC */
/* Which stages are services, and where: the file of --services. */
#include <errno.h>
#include <stdlib.h>

#include "souk.h"

enum { MAX_FILE = 1 << 20, MAX_WORDS = 80 };

struct service_line {
	const char *words[MAX_WORDS];
	size_t count, stage; /* words in all, words of the stage */
	unsigned number;
};

static struct souk_text read_services(struct pipeline *p, const char *path)
{
	struct souk_buffer text = {0};
	char *kept;

	if (!read_file(&text, path, MAX_FILE))
		souk_die_usage("--services %s: %s", path, strerror(errno));
	if (text.len >= MAX_FILE)
		souk_die_usage("--services %s: longer than %d bytes", path, MAX_FILE);
	kept = copy_text(&p->arena, text.at, text.len);
	souk_buffer_free(&text);
	return (struct souk_text){kept, strlen(kept)};
}

/* An address has a colon or a slash; the words before the first one are the stage. */
static bool is_address(const char *word)
{
	return strpbrk(word, ":/") != NULL;
}

static void parse_line(struct pipeline *p, const char *path, struct souk_text text, struct service_line *line)
{
	const char *at = text.at, *end = text.at + text.len;

	line->count = line->stage = 0;
	while (at < end) {
		size_t len = 0;

		while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
			at++;
		while (at + len < end && at[len] != ' ' && at[len] != '\t' && at[len] != '\r')
			len++;
		if (!len || *at == '#')
			break;
		if (line->count == MAX_WORDS)
			souk_die_usage("%s:%u: more than %d words", path, line->number, MAX_WORDS);
		line->words[line->count++] = copy_text(&p->arena, at, len);
		at += len;
	}
	while (line->stage < line->count && !is_address(line->words[line->stage]))
		line->stage++;
	if (line->count && (!line->stage || line->stage == line->count))
		souk_die_usage("%s:%u: must be a stage and where it is: souk-stock reserve HOST:PORT", path, line->number);
}

/* Whether that is the command and the verb of the stage; what stands behind them are options. */
static bool is_stage(const struct stage *s, const struct service_line *line)
{
	if (s->argc < line->stage || strcmp(base_name(s->argv[0]), line->words[0]))
		return false;
	for (size_t i = 1; i < line->stage; i++)
		if (strcmp(s->argv[i], line->words[i]))
			return false;
	/* "souk-stock" alone is not "souk-stock reserve". */
	return s->argc == line->stage || s->argv[line->stage][0] == '-';
}

static void send_to(struct pipeline *p, struct stage *s, const char *path, const struct service_line *line)
{
	size_t words = 0, addresses = line->count - line->stage;
	struct souk_buffer text = {0};

	if (s->argc > line->stage)
		souk_die_usage("%s:%u: %s is a service (%s:%u), which is given no options here: %s", s->file, s->line,
			s->title, path, line->number, s->argv[line->stage]);
	for (size_t i = 0; i < line->stage; i++)
		souk_add_format(&text, "%s%s", i ? " " : "", line->words[i]);
	s->argv = souk_arena_alloc(&p->arena, (addresses + 4) * sizeof(*s->argv));
	s->argv[words++] = copy_text(&p->arena, "souk-call", 9);
	s->argv[words++] = copy_text(&p->arena, "--stage", 7);
	s->argv[words++] = copy_text(&p->arena, text.at, text.len);
	for (size_t i = line->stage; i < line->count; i++)
		s->argv[words++] = copy_text(&p->arena, line->words[i], strlen(line->words[i]));
	s->argv[words] = NULL;
	s->argc = words;
	text.len = 0;
	souk_add_format(&text, "%s/souk-call", own_folder());
	s->command = copy_text(&p->arena, text.at, text.len);
	text.len = 0;
	souk_add_format(&text, "%s at %s%s", s->title, line->words[line->stage], addresses > 1 ? " ..." : "");
	s->title = copy_text(&p->arena, text.at, text.len);
	souk_buffer_free(&text);
}

/* Notes the stage of a line; a second line of the same one would be for nothing. */
static void note_stage(struct souk_buffer *noted, const char *path, const struct service_line *line)
{
	size_t from = noted->len, len;

	souk_add_char(noted, '\n');
	for (size_t i = 0; i < line->stage; i++)
		souk_add_format(noted, "%s%s", i ? " " : "", line->words[i]);
	souk_add_char(noted, '\n');
	len = noted->len - from;
	if (memmem(noted->at, from, noted->at + from, len))
		souk_die_usage("%s:%u: %.*s has a line already: all its addresses stand in one", path, line->number,
			(int)len - 2, noted->at + from + 1);
}

void pipeline_send_to_services(struct pipeline *p, const char *path)
{
	struct souk_text text = read_services(p, path);
	struct souk_buffer noted = {0};
	struct service_line line = {.number = 0};
	size_t sent = 0;

	while (text.len) {
		const char *end = memchr(text.at, '\n', text.len);
		size_t len = end ? (size_t)(end - text.at) : text.len;

		line.number++;
		parse_line(p, path, (struct souk_text){text.at, len}, &line);
		if (line.count)
			note_stage(&noted, path, &line);
		for (size_t i = 0; line.count && i < p->count; i++)
			if (is_stage(&p->stages[i], &line)) {
				send_to(p, &p->stages[i], path, &line);
				sent++;
			}
		text.at += len + (end != NULL);
		text.len -= len + (end != NULL);
	}
	souk_buffer_free(&noted);
	if (!sent)
		souk_die_usage("--services %s: no stage of the pipeline is named there", path);
}
