/* SPDX-License-Identifier: ISC */
/* Which stages are services, and where: the file of --services. */
#include <errno.h>
#include <stdlib.h>

#include "souk.h"

enum { MAX_FILE = 1 << 20, MAX_WORDS = 80 };

/* A line: the words of a stage, then where it is, then options of souk-call. */
struct service {
	const char *path;    /* of the file */
	unsigned number;     /* of the line */
	const char **words;
	size_t count, stage; /* words in all, words of the stage */
	const char *title;   /* those of the stage */
};

struct services {
	struct service *at;
	size_t count;
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

static struct service parse_line(struct pipeline *p, const char *path, unsigned number, struct souk_text text)
{
	const char *at = text.at, *end = text.at + text.len, *words[MAX_WORDS];
	struct service line = {.path = path, .number = number};
	struct souk_buffer title = {0};

	while (at < end) {
		size_t len = 0;

		while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
			at++;
		while (at + len < end && at[len] != ' ' && at[len] != '\t' && at[len] != '\r')
			len++;
		if (!len || *at == '#')
			break;
		if (line.count == MAX_WORDS)
			souk_die_usage("%s:%u: more than %d words", path, number, MAX_WORDS);
		words[line.count++] = copy_text(&p->arena, at, len);
		at += len;
	}
	while (line.stage < line.count && !is_address(words[line.stage]))
		line.stage++;
	if (line.count && (!line.stage || line.stage == line.count))
		souk_die_usage("%s:%u: must be a stage and where it is: souk-stock reserve HOST:PORT", path, number);
	line.words = souk_arena_alloc(&p->arena, (line.count + 1) * sizeof(*line.words));
	memcpy(line.words, words, line.count * sizeof(*words));
	line.words[line.count] = NULL;
	for (size_t i = 0; i < line.stage; i++)
		souk_add_format(&title, "%s%s", i ? " " : "", words[i]);
	line.title = copy_text(&p->arena, title.at, title.len);
	souk_buffer_free(&title);
	return line;
}

/* The word that would be the verb; options are none. */
static const char *verb_of(size_t count, const char *const *words)
{
	return count > 1 && *words[1] != '-' ? words[1] : "";
}

/* A name that is mistyped would be in no pipeline, and its stage run here unnoticed. */
static void check_is_filter(struct pipeline *p, const struct service *line)
{
	const char *verb = verb_of(line->stage, line->words);
	struct stage named = {.argc = line->stage, .argv = (char **)line->words};
	const struct declared *found;
	struct declared *verbs;

	if (built_in_filter((int)named.argc, named.argv))
		return;
	verbs = read_declarations(&p->arena, *line->words);
	if (!verbs)
		souk_die_usage("%s:%u: %s: no command that declares itself, neither built in nor on PATH", line->path,
			line->number, *line->words);
	found = declared_verb(verbs, &named);
	if (!found || strcmp(found->verb, verb))
		souk_die_usage("%s:%u: %s: %s has no such verb", line->path, line->number, line->title, *line->words);
	if (strcmp(found->kind, "filter"))
		souk_die_usage("%s:%u: %s: is no filter, and can't be a service", line->path, line->number, line->title);
}

/* Also one of a stage that this pipeline has not must be right. */
static void add_line(struct pipeline *p, struct services *all, struct service line)
{
	for (size_t i = 0; i < all->count; i++)
		if (!strcmp(all->at[i].title, line.title))
			souk_die_usage("%s:%u: %s has a line already: all its addresses stand in one", line.path, line.number,
				line.title);
	check_is_filter(p, &line);
	all->at = realloc(all->at, (all->count + 1) * sizeof(*all->at));
	if (!all->at)
		souk_die("out of memory");
	all->at[all->count++] = line;
}

static struct services parse(struct pipeline *p, const char *path)
{
	struct souk_text text = read_services(p, path);
	struct services all = {0};
	unsigned number = 0;

	while (text.len) {
		const char *end = memchr(text.at, '\n', text.len);
		size_t len = end ? (size_t)(end - text.at) : text.len;
		struct service line = parse_line(p, path, ++number, (struct souk_text){text.at, len});

		if (line.count)
			add_line(p, &all, line);
		text.at += len + (end != NULL);
		text.len -= len + (end != NULL);
	}
	return all;
}

static bool same_words(const struct stage *s, const struct service *line)
{
	if (s->argc != line->stage || strcmp(base_name(s->argv[0]), base_name(line->words[0])))
		return false;
	for (size_t i = 1; i < s->argc; i++)
		if (strcmp(s->argv[i], line->words[i]))
			return false;
	return true;
}

static bool same_verb(const struct stage *s, const struct service *line)
{
	return !strcmp(base_name(s->argv[0]), base_name(line->words[0])) &&
		!strcmp(verb_of(s->argc, (const char *const *)s->argv), verb_of(line->stage, line->words));
}

_Noreturn static void refuse_options(const struct stage *s, const struct service *line)
{
	struct souk_buffer words = {0};

	for (size_t i = 0; i < s->argc; i++)
		souk_add_format(&words, "%s%s", i ? " " : "", i ? s->argv[i] : base_name(s->argv[i]));
	souk_die_usage("%s:%u: %.*s is no service: %s:%u names %s, whose options are others; name it in a line of its own, "
		"and start it so", s->file, s->line, (int)words.len, words.at, line->path, line->number, line->title);
}

/* The line of a stage, with the very options it has here: a service has those it was
 * started with. NULL: it is not a service. */
static const struct service *line_of(const struct services *all, const struct stage *s)
{
	const struct service *other = NULL;

	for (size_t i = 0; i < all->count; i++) {
		if (same_words(s, &all->at[i]))
			return &all->at[i];
		if (!other && same_verb(s, &all->at[i]))
			other = &all->at[i];
	}
	if (other)
		refuse_options(s, other);
	return NULL;
}

static void send_to(struct pipeline *p, struct stage *s, const struct service *line)
{
	size_t words = 0, addresses = line->count - line->stage;
	struct souk_buffer text = {0};

	s->argv = souk_arena_alloc(&p->arena, (addresses + 4) * sizeof(*s->argv));
	s->argv[words++] = copy_text(&p->arena, "souk-call", 9);
	s->argv[words++] = copy_text(&p->arena, "--stage", 7);
	s->argv[words++] = copy_text(&p->arena, line->title, strlen(line->title));
	for (size_t i = line->stage; i < line->count; i++)
		s->argv[words++] = copy_text(&p->arena, line->words[i], strlen(line->words[i]));
	s->argv[words] = NULL;
	s->argc = words;
	souk_add_format(&text, "%s/souk-call", own_folder());
	s->command = copy_text(&p->arena, text.at, text.len);
	text.len = 0;
	souk_add_format(&text, "%s at %s%s", s->title, line->words[line->stage], addresses > 1 ? " ..." : "");
	s->title = copy_text(&p->arena, text.at, text.len);
	souk_buffer_free(&text);
}

void pipeline_find_services(struct pipeline *p, const char *path, struct souk_buffer *list)
{
	struct services all = parse(p, path);
	size_t sent = 0;

	for (size_t i = 0; i < p->count; i++) {
		struct stage *s = &p->stages[i];
		const struct service *line = line_of(&all, s);

		sent += line != NULL;
		if (!list) {
			if (line)
				send_to(p, s, line);
			continue;
		}
		souk_add_format(list, "%3zu %-28s %s", i + 1, line ? line->title : s->title, line ? "at" : "here");
		for (size_t word = line ? line->stage : 0; line && word < line->count; word++)
			souk_add_format(list, " %s", line->words[word]);
		souk_add_char(list, '\n');
	}
	free(all.at);
	if (!sent)
		souk_die_usage("--services %s: no stage of the pipeline is named there", path);
}
