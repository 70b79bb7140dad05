/* SPDX-License-Identifier: ISC */
/* souk fuse: the filters of a pipeline in one process. */
#include <stdlib.h>
#include <unistd.h>

#include "souk.h"

/* Opens a stage as its command would: by its words. */
static struct souk_stage *open_stage(int argc, char **argv)
{
	struct souk_stage *stage = calloc(1, sizeof(*stage));
	const struct souk_verb *verb = built_in_filter(argc, argv);
	int skip = verb && verb->name;

	if (!stage)
		souk_die("out of memory");
	if (!argc)
		souk_die_usage("a command is needed before and after each |");
	if (!verb)
		souk_die_usage("%s %s: is no filter that is built in: souk run --fused runs such a stage as a process",
			argv[0], argc > 1 ? argv[1] : "");
	souk_program = base_name(argv[0]);
	if (souk_stage_open(stage, verb, argc - skip, argv + skip) != argc - skip)
		souk_die_usage("%s: takes no operand in a pipeline", argv[argc - 1]);
	return stage;
}

static int fuse(struct souk_stage *own, int operand_count, char **operands)
{
	struct souk_stage **stages;
	size_t count = 0;
	int worst;

	(void)own;
	if (!operand_count)
		souk_die_usage("filters are needed, as in: souk fuse souk-price '|' souk-tax");
	stages = calloc((size_t)operand_count + 1, sizeof(*stages));
	if (!stages)
		souk_die("out of memory");
	for (int from = 0, to; from <= operand_count; from = to + 1) {
		for (to = from; to < operand_count && strcmp(operands[to], "|"); to++)
			;
		/* Behind the words of a program there is always a NULL. */
		stages[count] = open_stage(to - from, operands + from);
		if (stages[count]->max_record != stages[0]->max_record)
			souk_die_usage("fused stages have one --max-record");
		count++;
	}
	worst = souk_filters_run(stages, count, STDIN_FILENO, STDOUT_FILENO);
	for (size_t i = 0; i < count; i++) {
		souk_program = stages[i]->program;
		souk_stage_close(stages[i]);
		free(stages[i]);
	}
	free(stages);
	return worst;
}

SOUK_VERB(fuse_filters) = {
	.function = &souk_function,
	.name = "fuse",
	.summary = "run the filters of a pipeline in this one process",
	.operands = "FILTER [ARG...] ['|' FILTER [ARG...]]...",
	.raw_operands = true,
	.kind = SOUK_TOOL,
	.run = fuse,
};
