/* SPDX-License-Identifier: ISC */
/* souk list: all commands there are, ours and the user's own. */
#include <stdlib.h>

#include "souk.h"

struct list {
	bool verbs;
};

static const struct souk_option options[] = {
	{'v', "verbs", NULL, SOUK_OPTION_FLAG, offsetof(struct list, verbs), "list their verbs too",
		0, 0, NULL, false},
	{0},
};

static void add_command(struct souk_buffer *out, const char *name, bool verbs)
{
	struct souk_arena arena = {0};
	struct souk_buffer file = {0};
	struct declared *declared = NULL;
	char *command;

	souk_add_format(&file, "souk-%s", name);
	souk_add_char(&file, 0);
	command = find_command(file.at);
	if (command)
		declared = read_declarations(&arena, command);
	if (declared)
		souk_add_format(out, "%-12s %s\n", name,
			declared->about ? declared->about : declared->summary);
	else
		souk_add_format(
			out, "%-12s (%s declares nothing)\n", name, command ? command : file.at);
	for (struct declared *d = declared; verbs && d; d = d->next)
		if (*d->verb)
			souk_add_format(out, "  %-12s %s\n", d->verb, d->summary);
	free(command);
	souk_buffer_free(&file);
	souk_arena_free(&arena);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct list *list = stage->state;
	struct souk_buffer out = {0};
	struct names names;

	(void)operand_count, (void)operands;
	extend_path();
	find_all_commands(&names);
	for (size_t i = 0; i < names.count; i++)
		add_command(&out, names.at[i], list->verbs);
	if (!souk_write_all(1, out.at, out.len))
		souk_die_errno("cannot write the output");
	free_names(&names);
	souk_buffer_free(&out);
	return SOUK_EXIT_OK;
}

SOUK_VERB(list_commands) = {
	.function = &souk_function,
	.name = "list",
	.summary = "list all commands, with a user's own",
	.kind = SOUK_TOOL,
	.options = options,
	.state_size = sizeof(struct list),
	.run = run,
};
