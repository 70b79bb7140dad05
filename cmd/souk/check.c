/* SPDX-License-Identifier: ISC */
/* souk check: whether each stage of a pipeline is there, is called as it declares,
 * and finds what it reads, without running any of them. */
#include <stdlib.h>

#include "check.h"

static const struct souk_option options[] = {
	{'v', "verbose", NULL, SOUK_OPTION_FLAG, offsetof(struct check, verbose),
		"list what each stage reads, writes and changes", 0, 0, NULL, false},
	{'g', "given", "MEMBERS", SOUK_OPTION_TEXT, offsetof(struct check, given),
		"members that the input has already, with commas: total,price", 0, 0, NULL, false},
	{0, "services", "FILE", SOUK_OPTION_TEXT, offsetof(struct check, services),
		"check FILE as well, and list where each stage will run with it", 0, 0, NULL, false},
	{0},
};

static void add_message(
	struct check *c, size_t i, const char *kind, const char *format, va_list args)
{
	const struct stage *stage = c->stages[i].stage;

	souk_add_format(&c->out, "%s:%u: stage %zu (%s): %s", stage->file, stage->line, i + 1,
		stage->title, kind);
	souk_add_vformat(&c->out, format, args);
	souk_add_char(&c->out, '\n');
}

void check_error(struct check *c, size_t stage, const char *format, ...)
{
	va_list args;

	c->errors++;
	va_start(args, format);
	add_message(c, stage, "", format, args);
	va_end(args);
}

void check_warning(struct check *c, size_t stage, const char *format, ...)
{
	va_list args;

	c->warnings++;
	va_start(args, format);
	add_message(c, stage, "warning: ", format, args);
	va_end(args);
}

/* Only commands of the shop are asked: what another does with --describe, nobody
 * knows. One that declares nothing is taken to be a filter that writes its name. */
static void look_at(struct check *c, size_t i, const struct pipeline *p)
{
	struct checked *s = &c->stages[i];
	const char *name = base_name(p->stages[i].argv[0]);

	*s = (struct checked){.stage = &p->stages[i], .first_arg = 1};
	if (strncmp(name, "souk-", 5) != 0)
		return;
	/* Stages of one command share what it declares. */
	for (size_t j = 0; j < i && !s->verbs; j++)
		if (strcmp(c->stages[j].stage->command, s->stage->command) == 0 &&
		    strcmp(base_name(c->stages[j].stage->argv[0]), name) == 0)
			s->verbs = c->stages[j].verbs;
	if (!s->verbs)
		s->verbs = read_declarations(&c->arena, s->stage->built_in ? name : s->stage->command);
	if (!s->verbs)
		s->writes = name + 5;
	s->verb = declared_verb(s->verbs, s->stage);
	if (s->verb && *s->verb->verb)
		s->first_arg = 2;
	if (s->verb)
		s->writes = s->verb->writes;
}

static void list_stage(struct check *c, size_t i)
{
	const struct checked *s = &c->stages[i];

	souk_add_format(&c->out, "%3zu %-28s", i + 1, s->stage->title);
	if (!s->verb) {
		souk_add_string(&c->out, " declares nothing\n");
		return;
	}
	souk_add_format(&c->out, " %s", s->verb->kind);
	for (size_t j = 0; j < s->verb->read_count; j++)
		souk_add_format(&c->out, "%s%s", j ? " " : "; reads ", s->verb->reads[j]);
	if (s->writes)
		souk_add_format(&c->out, "; writes %s", s->writes);
	souk_add_format(&c->out, "; effects: %s%s\n", s->verb->effects,
		s->verb->on_failed ? "; acts on failed records" : "");
}

static void check_all(struct check *c, const struct pipeline *p, const char *path)
{
	c->count = p->count;
	c->stages = calloc(p->count, sizeof(*c->stages));
	if (!c->stages)
		souk_die("out of memory");
	for (size_t i = 0; i < p->count; i++)
		look_at(c, i, p);
	for (size_t i = 0; c->verbose && i < p->count; i++)
		list_stage(c, i);
	for (size_t i = 0; i < p->count; i++) {
		check_arguments(c, i);
		check_members(c, i);
		check_order(c, i);
	}
	souk_add_format(&c->out, "%s: %zu stage%s, ", path, p->count, p->count == 1 ? "" : "s");
	if (c->errors)
		souk_add_format(&c->out, "%zu error%s", c->errors, c->errors == 1 ? "" : "s");
	else
		souk_add_string(&c->out, "good");
	if (c->warnings)
		souk_add_format(
			&c->out, ", %zu warning%s", c->warnings, c->warnings == 1 ? "" : "s");
	souk_add_char(&c->out, '\n');
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct check *c = stage->state;
	struct pipeline p = {0};
	const char *path;
	int state;

	if (!operand_count)
		souk_die_usage("a pipeline file is needed");
	extend_path();
	path = pipeline_find(&p, operands[0]);
	if (path && pipeline_read(&p, path, operands + 1, (size_t)operand_count - 1)) {
		if (c->services)
			pipeline_find_services(&p, c->services, &c->out);
		check_all(c, &p, path);
	} else {
		souk_add_format(&c->out, "%.*s\n", (int)p.fault.len, p.fault.at);
		c->errors++;
	}
	if (!souk_write_all(1, c->out.at, c->out.len))
		souk_die_errno("cannot write the output");
	state = c->errors ? SOUK_EXIT_BAD : SOUK_EXIT_OK;
	free(c->stages);
	souk_buffer_free(&c->out);
	souk_arena_free(&c->arena);
	pipeline_free(&p);
	return state;
}

SOUK_VERB(check_pipeline) = {
	.function = &souk_function,
	.name = "check",
	.summary = "check a pipeline file without running it",
	.operands = "PIPELINE [ARG...]",
	.raw_operands = true,
	.kind = SOUK_TOOL,
	.options = options,
	.state_size = sizeof(struct check),
	.run = run,
};
