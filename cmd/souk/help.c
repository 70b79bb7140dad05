/* SPDX-License-Identifier: ISC */
/* souk help: the manual page of a command; where there is none, its --help. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "souk.h"

/* Whether man(1) has the page. */
static bool has_page(const char *page)
{
	int state = -1, null;
	pid_t pid = fork();

	if (pid == 0) {
		null = open("/dev/null", O_RDWR);
		if (null >= 0 && dup2(null, 1) >= 0 && dup2(null, 2) >= 0)
			execlp("man", "man", "-w", page, (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &state, 0) == pid && WIFEXITED(state) &&
		WEXITSTATUS(state) == 0;
}

/* Ends here if there is a page: in the source tree, or installed. */
static void show_page(const char *name)
{
	struct souk_buffer page = {0};

	souk_add_format(&page, "%s/../man/%s.1", own_folder(), name);
	souk_add_char(&page, 0);
	if (access(page.at, R_OK) != 0) {
		page.len = 0;
		souk_add_format(&page, "%s", name);
		souk_add_char(&page, 0);
	}
	if (has_page(page.at))
		execlp("man", "man", page.at, (char *)NULL);
	souk_buffer_free(&page);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct souk_buffer out = {0}, name = {0};
	const char *asked = operand_count ? operands[0] : NULL;
	const char *verb = operand_count > 1 ? operands[1] : NULL;
	char *command;

	(void)stage;
	if (operand_count > 2)
		souk_die_usage("a COMMAND and a VERB at most, but there is also %s", operands[2]);
	if (asked && verb && strcmp(asked, "souk") == 0) {
		asked = verb;
		verb = NULL;
		if (!souk_verb_find("souk", asked))
			unknown_command(asked);
	}
	extend_path();
	if (asked && strcmp(asked, "souk") != 0 && !souk_verb_find("souk", asked)) {
		souk_add_format(&name, "%s%s", strncmp(asked, "souk-", 5) ? "souk-" : "", asked);
		souk_add_char(&name, 0);
		command = strchr(asked, '/') ? NULL : find_command(name.at);
		if (!command)
			unknown_command(asked);
		/* A page is about all verbs of its command. */
		if (verb)
			execlp(command, name.at, verb, "--help", (char *)NULL);
		show_page(name.at);
		execlp(command, name.at, "--help", (char *)NULL);
		souk_die_errno("cannot run %s", command);
	}
	if (verb)
		souk_die_usage("%s has no verbs, but there is also %s", asked, verb);
	if (asked)
		show_page("souk");
	souk_describe_help(
		&out, souk_verb_find("souk", asked && strcmp(asked, "souk") ? asked : NULL));
	if (!souk_write_all(1, out.at, out.len))
		souk_die_errno("cannot write the output");
	souk_buffer_free(&out);
	return SOUK_EXIT_OK;
}

SOUK_VERB(help) = {
	.function = &souk_function,
	.name = "help",
	.summary = "show the manual page of a command, or the help of its verb",
	.operands = "[COMMAND [VERB]]",
	.kind = SOUK_TOOL,
	.run = run,
};
