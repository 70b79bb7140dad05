/* SPDX-License-Identifier: ISC */
/* souk what-if: past orders quoted again under other prices and rules:
 *
 *     souk-order export | souk past | PIPELINE | souk compare
 *
 * with the stages of PIPELINE on another folder's tables where that has them. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "souk.h"

struct what_if {
	/* options */
	const char *with, *since, *until;
	bool json;
	int64_t top;
	struct run_options run;
	/* at work */
	struct pipeline p, all;
	struct souk_buffer folder;      /* "SOUK_DB=FOLDER" */
	char costs[32], top_text[24];
	bool used;                      /* a stage uses the folder */
};

static const struct souk_option options[] = {
	{'w', "with", "FOLDER", SOUK_OPTION_TEXT, offsetof(struct what_if, with),
		"use this folder's tables instead of the shop's, of the functions that it has", 0, 0, NULL,
		false},
	{0, "since", "TIME", SOUK_OPTION_TEXT, offsetof(struct what_if, since),
		"orders made at TIME or later", 0, 0, NULL, false},
	{0, "until", "TIME", SOUK_OPTION_TEXT, offsetof(struct what_if, until),
		"orders made before TIME", 0, 0, NULL, false},
	{0, "json", NULL, SOUK_OPTION_FLAG, offsetof(struct what_if, json),
		"write records instead of a table", 0, 0, NULL, false},
	{0, "top", "N", SOUK_OPTION_NUMBER, offsetof(struct what_if, top),
		"list so many skus, those with the largest differences (default 20)", 1, INT32_MAX, NULL,
		false},
	{0, "progress", "WHEN", SOUK_OPTION_CHOICE, offsetof(struct what_if, run.progress),
		"show how far the stages are (auto: where standard error is a terminal)", 0, 0,
		progress_words, false},
	{0},
};

/* The function of a stage, "price"; NULL if it is no command of the shop. */
static const char *function_of(const struct stage *stage)
{
	const char *slash = strrchr(stage->argv[0], '/'), *name = slash ? slash + 1 : stage->argv[0];

	return strncmp(name, "souk-", 5) == 0 ? name + 5 : NULL;
}

/* Nothing may happen twice, and nothing that might have been. */
static void need_no_effects(struct what_if *s)
{
	struct souk_arena arena = {0};

	for (size_t i = 0; i < s->p.count; i++) {
		const struct stage *stage = &s->p.stages[i];
		const struct declared *verb = function_of(stage)
			? declared_verb(read_declarations(&arena, stage->command), stage) : NULL;

		if (verb && (strcmp(verb->effects, "none") != 0 || strcmp(verb->kind, "source") == 0))
			souk_die_usage("%s:%u: %s is no stage that only computes: what-if runs the half that quotes",
				stage->file, stage->line, stage->title);
	}
	souk_arena_free(&arena);
}

static bool folder_has(const struct what_if *s, const char *function)
{
	struct souk_buffer path = {0};
	struct stat status;
	bool has;

	souk_add_format(&path, "%s/%s", s->with, function);
	souk_add_char(&path, 0);
	has = stat(path.at, &status) == 0 && S_ISDIR(status.st_mode);
	souk_buffer_free(&path);
	return has;
}

static struct stage *add_command(struct what_if *s, char *const *argv, const char *title)
{
	struct stage *stage = add_stage(&s->all);
	char *command = find_command(argv[0]);

	if (!command)
		souk_die_usage("%s: no such command on PATH", argv[0]);
	*stage = (struct stage){.file = "what-if", .line = 1, .title = title,
		.command = copy_text(&s->all.arena, command, strlen(command))};
	free(command);
	while (argv[stage->argc])
		stage->argc++;
	stage->argv = souk_arena_alloc(&s->all.arena, (stage->argc + 1) * sizeof(*stage->argv));
	memcpy(stage->argv, argv, (stage->argc + 1) * sizeof(*stage->argv));
	return stage;
}

/* A stage of the pipeline; where the folder has its function's tables, by way of env. */
static void add_quoting(struct what_if *s, const struct stage *from)
{
	const char *function = function_of(from);
	char **argv;

	if (!s->with || !function || !folder_has(s, function)) {
		*add_stage(&s->all) = *from;
		return;
	}
	s->used = true;
	argv = souk_arena_alloc(&s->all.arena, (from->argc + 3) * sizeof(*argv));
	argv[0] = "env";
	argv[1] = s->folder.at;
	memcpy(argv + 2, from->argv, (from->argc + 1) * sizeof(*argv));
	argv[2] = (char *)from->command;
	add_command(s, argv, from->title);
}

static void add_past(struct what_if *s)
{
	char *export[] = {"souk-order", "export", NULL};
	/* An export holds a record, and the error of one that was rejected. */
	char *past[9] = {"souk", "past", "--max-record", "2097152", NULL};
	size_t count = 4;

	if (s->since)
		past[count++] = "--since", past[count++] = (char *)s->since;
	if (s->until)
		past[count++] = "--until", past[count++] = (char *)s->until;
	add_command(s, export, "souk-order export");
	add_command(s, past, "souk past");
}

/* What goods cost, in a file without a name that the last stage inherits: of the
 * catalogue that is asked. */
static void take_costs(struct what_if *s)
{
	bool other = s->with && folder_has(s, "catalog");
	char *shop[] = {"souk-catalog", "list", NULL},
		*folder[] = {"env", s->folder.at, "souk-catalog", "list", NULL};
	struct souk_buffer costs = {0};
	int fd;

	if (ask_command(other ? folder : shop, SOUK_TEXT(""), &costs) == SOUK_EXIT_OK && costs.len) {
		fd = temporary_file();
		if (!souk_write_all(fd, costs.at, costs.len) || fcntl(fd, F_SETFD, 0) != 0)
			souk_die_errno("cannot write a temporary file");
		snprintf(s->costs, sizeof(s->costs), "/proc/self/fd/%d", fd);
	}
	souk_buffer_free(&costs);
}

static void add_compare(struct what_if *s)
{
	char *argv[8] = {"souk", "compare", NULL};
	size_t count = 2;

	take_costs(s);
	if (s->json)
		argv[count++] = "--json";
	if (*s->costs)
		argv[count++] = "--costs", argv[count++] = s->costs;
	if (s->top) {
		snprintf(s->top_text, sizeof(s->top_text), "%lld", (long long)s->top);
		argv[count++] = "--top", argv[count++] = s->top_text;
	}
	add_command(s, argv, "souk compare");
}

/* What is written is written only if all went well: half an answer is none. */
static int run_all(struct what_if *s)
{
	struct launch launch = {.in = open("/dev/null", O_RDONLY | O_CLOEXEC), .out = temporary_file(),
		.err = 2};
	struct running run;
	int worst;

	take_signals();
	run_shown(&run, &s->all, launch, &s->run);
	worst = running_judge(&run);
	if (run.stop_signal && worst < SOUK_EXIT_SYSTEM)
		worst = SOUK_EXIT_SYSTEM;
	running_free(&run);
	lseek(launch.out, 0, SEEK_SET);
	if (worst < SOUK_EXIT_USAGE)
		copy_all(launch.out, STDOUT_FILENO, "the output");
	close(launch.in);
	close(launch.out);
	return worst;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct what_if *s = stage->state;
	const char *path;
	int worst;

	if (!operand_count)
		souk_die_usage("a pipeline file is needed, such as quote");
	extend_path();
	path = pipeline_find(&s->p, operands[0]);
	if (!path || !pipeline_read(&s->p, path, operands + 1, (size_t)operand_count - 1)) {
		souk_warn("%.*s", (int)s->p.fault.len, s->p.fault.at);
		pipeline_free(&s->p);
		return SOUK_EXIT_USAGE;
	}
	need_no_effects(s);
	souk_add_format(&s->folder, "SOUK_DB=%s", s->with ? s->with : "");
	souk_add_char(&s->folder, 0);
	add_past(s);
	for (size_t i = 0; i < s->p.count; i++)
		add_quoting(s, &s->p.stages[i]);
	if (s->with && !s->used)
		souk_die_usage("--with %s: it has tables of no stage of %s: a folder price, for one", s->with,
			path);
	add_compare(s);
	worst = run_all(s);
	pipeline_free(&s->p);
	pipeline_free(&s->all);
	souk_buffer_free(&s->folder);
	return worst;
}

SOUK_VERB(what_if) = {
	.function = &souk_function,
	.name = "what-if",
	.summary = "quote past orders again under other prices and rules, and compare",
	.operands = "PIPELINE [ARG...]",
	.raw_operands = true,
	.kind = SOUK_TOOL,
	.options = options,
	.state_size = sizeof(struct what_if),
	.run = run,
};
