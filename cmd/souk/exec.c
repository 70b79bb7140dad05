/* SPDX-License-Identifier: ISC */
/* souk NAME: becomes souk-NAME. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "souk.h"

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct souk_buffer name = {0};
	char *command;

	(void)stage;
	if (!operand_count)
		souk_die_usage("a command is needed: souk list says what there is");
	extend_path();
	souk_add_format(&name, "souk-%s", operands[0]);
	souk_add_char(&name, 0);
	command = strchr(operands[0], '/') ? NULL : find_command(name.at);
	if (!command)
		unknown_command(operands[0]);
	operands[0] = name.at;
	execvp(command, operands);
	souk_die_errno("cannot run %s", command);
}

SOUK_VERB(dispatch) = {
	.function = &souk_function,
	.summary = "run the commands of the shop: souk price is souk-price",
	.operands = "COMMAND [ARG...]",
	.raw_operands = true,
	.kind = SOUK_TOOL,
	.run = run,
};
