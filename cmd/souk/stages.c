/* SPDX-License-Identifier: ISC */
/* From a pipeline file to the list of processes that it is: pipeline files among
 * its commands become their stages, and each command is found. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "souk.h"

enum {
	MAX_FILE = 1 << 20,  /* bytes of a pipeline file */
	MAX_NESTED = 16,     /* files within files */
	MAX_STAGES = 1000,
};

static bool fail(struct pipeline *p, const char *format, ...) SOUK_PRINTF(2, 3);
static bool fail(struct pipeline *p, const char *format, ...)
{
	va_list args;

	p->fault.len = 0;
	va_start(args, format);
	souk_add_vformat(&p->fault, format, args);
	va_end(args);
	return false;
}

bool read_file(struct souk_buffer *text, const char *path, size_t limit)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : 1;

	while (got > 0 && text->len < limit) {
		got = read(fd, souk_buffer_room(text, limit - text->len), limit - text->len);
		if (got > 0)
			text->len += (size_t)got;
	}
	if (fd >= 0)
		close(fd);
	return got >= 0;
}

static bool is_pipeline_file(const char *path)
{
	struct souk_buffer head = {0};
	bool is = read_file(&head, path, 256) &&
		is_pipeline_text((struct souk_text){head.at, head.len});

	souk_buffer_free(&head);
	return is;
}

/* `souk price` is souk-price: nothing is gained by starting it by way of us. */
static void drop_dispatcher(struct pipeline *p, struct stage *s)
{
	struct souk_buffer name = {0};
	char *found;

	if (strcmp(s->argv[0], "souk") != 0 || s->argc < 2 || souk_verb_find("souk", s->argv[1]))
		return;
	souk_add_format(&name, "souk-%s", s->argv[1]);
	souk_add_char(&name, 0);
	found = find_command(name.at);
	if (found) {
		s->argv++;
		s->argc--;
		s->argv[0] = copy_text(&p->arena, name.at, name.len - 1);
	}
	free(found);
	souk_buffer_free(&name);
}

/* "souk-stock reserve": the command, and its verb if it has one. */
static void set_title(struct pipeline *p, struct stage *s)
{
	struct souk_buffer title = {0};
	const char *slash = strrchr(s->argv[0], '/'), *name = slash ? slash + 1 : s->argv[0];
	const char *verb = s->argc > 1 && strncmp(name, "souk-", 5) == 0 ? s->argv[1] : "";

	souk_add_string(&title, name);
	if (*verb >= 'a' && *verb <= 'z' && !verb[strspn(verb, "abcdefghijklmnopqrstuvwxyz-")])
		souk_add_format(&title, " %s", verb);
	s->title = copy_text(&p->arena, title.at, title.len);
	souk_buffer_free(&title);
}

static bool find_stage(struct pipeline *p, struct stage *s)
{
	char *found;

	drop_dispatcher(p, s);
	found = find_command(s->argv[0]);
	if (!found && !strchr(s->argv[0], '/') && built_in_filter((int)s->argc, s->argv)) {
		s->built_in = true;
		found = strdup(own_program());
		if (!found)
			souk_die("out of memory");
	}
	if (!found && strchr(s->argv[0], '/'))
		return fail(p, "%s:%u: %s: %s", s->file, s->line, s->argv[0],
			access(s->argv[0], F_OK) == 0 ? "is not executable: chmod +x makes it so"
						      : "there is no such file");
	if (!found)
		return fail(p, "%s:%u: %s: no such command on PATH", s->file, s->line, s->argv[0]);
	s->command = copy_text(&p->arena, found, strlen(found));
	free(found);
	set_title(p, s);
	return true;
}

static bool read_nested(
	struct pipeline *p, const char *path, char **args, size_t arg_count, int depth)
{
	struct pipeline own = {0};
	struct souk_buffer text = {0};
	bool good;

	if (depth > MAX_NESTED)
		return fail(p, "%s: pipeline files name each other more than %d deep", path,
			MAX_NESTED);
	if (!read_file(&text, path, MAX_FILE)) {
		souk_buffer_free(&text);
		return fail(p, "%s: %s", path, strerror(errno));
	}
	/* The arena goes from hand to hand, so that all texts live as long as p. */
	own.arena = p->arena;
	good = text.len < MAX_FILE
		? pipeline_parse(&own, path, (struct souk_text){text.at, text.len}, args, arg_count)
		: fail(&own, "%s: longer than %d bytes", path, MAX_FILE);
	souk_buffer_free(&text);
	p->arena = own.arena;
	if (!good)
		fail(p, "%.*s", (int)own.fault.len, own.fault.at);
	for (size_t i = 0; good && i < own.count; i++) {
		struct stage *s = &own.stages[i];

		good = find_stage(p, s);
		if (!good)
			break;
		if (is_pipeline_file(s->command)) {
			good = read_nested(p, s->command, s->argv + 1, s->argc - 1, depth + 1);
			continue;
		}
		if (p->count == MAX_STAGES) {
			good = fail(p, "%s: more than %d stages", path, MAX_STAGES);
			break;
		}
		*add_stage(p) = *s;
	}
	free(own.stages);
	souk_buffer_free(&own.fault);
	return good;
}

bool pipeline_read(struct pipeline *p, const char *path, char **args, size_t arg_count)
{
	return read_nested(p, path, args, arg_count, 1);
}

const char *pipeline_find(struct pipeline *p, const char *name)
{
	/* Installed, and in the source tree. */
	static const char *const folders[] = {"../share/souk/pipelines", "../pipelines"};
	struct souk_buffer path = {0};
	const char *found = strchr(name, '/') || access(name, F_OK) == 0 ? name : NULL;

	for (size_t i = 0; !found && *name && i < sizeof(folders) / sizeof(*folders); i++) {
		char *real;

		path.len = 0;
		souk_add_format(&path, "%s/%s/%s", own_folder(), folders[i], name);
		souk_add_char(&path, 0);
		real = realpath(path.at, NULL);
		if (real)
			found = copy_text(&p->arena, real, strlen(real));
		free(real);
	}
	souk_buffer_free(&path);
	if (!found)
		fail(p, "%s: no such pipeline file here, in %s/%s or in %s/%s", name, own_folder(),
			folders[0], own_folder(), folders[1]);
	return found;
}

void pipeline_free(struct pipeline *p)
{
	souk_arena_free(&p->arena);
	free(p->stages);
	souk_buffer_free(&p->fault);
}
