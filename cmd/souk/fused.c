/* SPDX-License-Identifier: ISC */
/* Which stages of a pipeline can share a process, and who shares which. */
#include <stdlib.h>

#include "souk.h"

const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const struct souk_verb *built_in_filter(int argc, char **argv)
{
	const char *name = argc ? base_name(argv[0]) : "";
	const struct souk_verb *verb = NULL;

	if (strncmp(name, "souk-", 5))
		return NULL;
	if (argc > 1 && argv[1][0] != '-')
		verb = souk_verb_find(name + 5, argv[1]);
	else
		verb = souk_verb_find(name + 5, NULL);
	return verb && verb->kind == SOUK_FILTER ? verb : NULL;
}

/* A command of that name that stands elsewhere is somebody's own: it is run as it is. */
static bool is_ours(const struct stage *s)
{
	const char *own = own_folder();
	size_t len = strlen(own);

	return !strncmp(s->command, own, len) && s->command[len] == '/' && !strchr(s->command + len + 1, '/');
}

static bool can_fuse(const struct stage *s)
{
	const struct souk_verb *verb = is_ours(s) ? built_in_filter((int)s->argc, s->argv) : NULL;

	/* One that may be asked by words is no filter then. */
	if (!verb || (verb->run && s->argc > 2))
		return false;
	for (size_t i = 0; i < s->argc; i++)
		if (!strcmp(s->argv[i], "|"))
			return false;
	return true;
}

/* Records go from one fused stage to the next as they are: what is too long for one of them
 * would not be seen. */
static bool same_longest(const struct stage *a, const struct stage *b)
{
	static const char option[] = "--max-record";
	const char *given[2] = {"", ""};
	const struct stage *const of[2] = {a, b};

	for (size_t n = 0; n < 2; n++)
		for (size_t i = 0; i < of[n]->argc; i++)
			if (!strncmp(of[n]->argv[i], option, sizeof(option) - 1))
				given[n] = of[n]->argv[i][sizeof(option) - 1] == '=' ? of[n]->argv[i] + sizeof(option)
					: i + 1 < of[n]->argc ? of[n]->argv[i + 1] : "";
	return !strcmp(given[0], given[1]);
}

/* What a stage costs beside others, roughly: what it writes to disk is most of it. */
static size_t cost(const struct stage *s)
{
	const struct souk_verb *verb = built_in_filter((int)s->argc, s->argv);

	return verb->effects == SOUK_EXTERNAL ? 5 : verb->effects == SOUK_OWN_STATE ? 4 : 1;
}

/* Makes one stage of `count`: souk fuse STAGE '|' STAGE ... */
static struct stage fuse(struct pipeline *p, const struct stage *stages, size_t count)
{
	struct stage fused = {.file = stages[0].file, .line = stages[0].line};
	struct souk_buffer text = {0};
	size_t words = 2;

	if (count == 1)
		return stages[0];
	for (size_t i = 0; i < count; i++)
		words += stages[i].argc + 1;
	fused.argv = souk_arena_alloc(&p->arena, words * sizeof(*fused.argv));
	fused.argv[fused.argc++] = copy_text(&p->arena, "souk", 4);
	fused.argv[fused.argc++] = copy_text(&p->arena, "fuse", 4);
	for (size_t i = 0; i < count; i++) {
		if (i)
			fused.argv[fused.argc++] = copy_text(&p->arena, "|", 1);
		memcpy(fused.argv + fused.argc, stages[i].argv, stages[i].argc * sizeof(*fused.argv));
		fused.argc += stages[i].argc;
	}
	fused.argv[fused.argc] = NULL;
	fused.command = copy_text(&p->arena, own_program(), strlen(own_program()));
	souk_add_format(&text, "%s to %s", stages[0].title, stages[count - 1].title);
	fused.title = copy_text(&p->arena, text.at, text.len);
	souk_buffer_free(&text);
	return fused;
}

/* Cuts a run of stages into so many pieces that cost about the same. */
static void divide(struct pipeline *p, struct stage *stages, size_t count, size_t pieces, struct stage *to,
	size_t *to_count)
{
	size_t all = 0, sum = 0, from = 0;

	for (size_t i = 0; i < count; i++)
		all += cost(&stages[i]);
	for (size_t i = 0, piece = 1; i < count; i++) {
		sum += cost(&stages[i]);
		if (i + 1 < count && (sum * pieces < piece * all || piece == pieces))
			continue;
		to[(*to_count)++] = fuse(p, stages + from, i + 1 - from);
		from = i + 1;
		piece++;
	}
}

void pipeline_fuse(struct pipeline *p, size_t pieces)
{
	struct stage *fused = calloc(p->count, sizeof(*fused));
	size_t count = 0;

	if (!fused)
		souk_die("out of memory");
	for (size_t i = 0, end; i < p->count; i = end) {
		end = i;
		while (end < p->count && can_fuse(&p->stages[end]) && same_longest(&p->stages[i], &p->stages[end]))
			end++;
		if (end > i)
			divide(p, p->stages + i, end - i, pieces, fused, &count);
		else
			fused[count++] = p->stages[end++];
	}
	free(p->stages);
	p->stages = fused;
	p->cap = p->count;
	p->count = count;
}
