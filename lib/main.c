/* SPDX-License-Identifier: ISC */
/* The main() of every command: picks the verb and runs it. */
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch.h"
#include "error.h"
#include "sandbox.h"
#include "verb.h"

/* A file opened by chance as descriptor 0, 1 or 2 would be read or written over. */
static void hold_standard_descriptors(void)
{
	int fd;

	while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= 2)
		;
	if (fd >= 0)
		close(fd);
}

/* inetd gives one connection as 0, 1 and 2: a message would stand between the answers, as
 * if it were one. What it would tell is in the record. */
static void keep_messages_out_of_answers(void)
{
	struct stat in, out, messages;
	int null;

	if (fstat(STDIN_FILENO, &in) != 0 || fstat(STDOUT_FILENO, &out) != 0 ||
	    fstat(STDERR_FILENO, &messages) != 0 || !S_ISSOCK(messages.st_mode) ||
	    in.st_ino != messages.st_ino || out.st_ino != messages.st_ino || in.st_dev != messages.st_dev ||
	    out.st_dev != messages.st_dev)
		return;
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null < 0 || dup2(null, STDERR_FILENO) < 0)
		close(STDERR_FILENO);
	if (null >= 0)
		close(null);
}

static void on_file_size_limit(int signal)
{
	(void)signal;
}

/* At the limit on file size (ulimit -f) a write is to fail with EFBIG and be reported
 * like a full disk. The signal is caught, not ignored: programs that are started from
 * here would inherit that. */
static void catch_file_size_limit(void)
{
	struct sigaction action = {.sa_handler = on_file_size_limit, .sa_flags = SA_RESTART};

	sigemptyset(&action.sa_mask);
	sigaction(SIGXFSZ, &action, NULL);
}

/* What a command answers whatever its verb is. */
static bool answer_about_itself(const struct souk_function *f, int argc, char **argv)
{
	struct souk_buffer b = {0};
	size_t count;
	const struct souk_verb *const *verbs = souk_verbs(&count);

	if (argc == 2 && !strcmp(argv[1], "--version"))
		souk_add_format(&b, "%s %s (contract %d)\n", souk_program, SOUK_VERSION, SOUK_CONTRACT);
	else if (argc == 2 && !strcmp(argv[1], "--describe"))
		for (size_t i = 0; i < count; i++)
			souk_describe_json(&b, verbs[i]);
	else if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) &&
		 (count > 1 || verbs[0]->name))
		souk_describe_help(&b, souk_verb_find(f->name, NULL));
	else if (argc == 3 && !strcmp(argv[1], "--mdoc"))
		souk_describe_mdoc(&b, argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "--completion"))
		souk_describe_completion(&b, argv[2]);
	else
		return false;
	if (!souk_write_all(STDOUT_FILENO, b.at, b.len))
		souk_die_errno("cannot write the output");
	souk_buffer_free(&b);
	return true;
}

_Noreturn static void unknown_verb(const struct souk_function *f, const char *given)
{
	struct souk_buffer known = {0};
	size_t count;
	const struct souk_verb *const *verbs = souk_verbs(&count);

	for (size_t i = 0; i < count; i++) {
		if (given && verbs[i]->name &&
		    souk_text_similar(souk_text_of(given), souk_text_of(verbs[i]->name)))
			souk_die_usage("%s: no such verb: did you mean %s?", given, verbs[i]->name);
		if (verbs[i]->name)
			souk_add_format(&known, "%s%s", known.len ? ", " : "", verbs[i]->name);
	}
	if (!known.len)
		souk_die_usage("%s: souk-%s has no verbs", given, f->name);
	souk_die_usage("%s%s: one of %.*s", given ? given : "a verb is needed", given ? ": no such verb" : "",
		(int)known.len, known.at);
}

int main(int argc, char **argv)
{
	static char program[64];
	struct souk_stage stage;
	const struct souk_function *f;
	const struct souk_verb *verb;
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	int first, state;

	hold_standard_descriptors();
	keep_messages_out_of_answers();
	catch_file_size_limit();
	f = souk_function_called(slash ? slash + 1 : argc > 0 ? argv[0] : "");
	snprintf(program, sizeof(program), "%s%s", strcmp(f->name, "souk") ? "souk-" : "", f->name);
	souk_program = program;
	if (sodium_init() < 0)
		souk_die("libsodium does not start");
	if (answer_about_itself(f, argc, argv))
		return SOUK_EXIT_OK;
	/* A word first is a verb; if it is none, the nameless verb may take operands. */
	verb = argc > 1 && argv[1][0] != '-' ? souk_verb_find(f->name, argv[1]) : NULL;
	if (verb) {
		argv++;
		argc--;
	} else {
		verb = souk_verb_find(f->name, NULL);
		if (!verb || (argc > 1 && argv[1][0] != '-' && !verb->operands))
			unknown_verb(f, argc > 1 ? argv[1] : NULL);
	}
	first = souk_stage_open(&stage, verb, argc, argv);
	/* A filter may be asked by words instead of by records. */
	if (verb->kind == SOUK_FILTER && (!verb->run || first == argc)) {
		state = souk_filters_run((struct souk_stage *[]){&stage}, 1, STDIN_FILENO, STDOUT_FILENO);
	} else {
		if (verb->kind == SOUK_FILTER || verb->kind == SOUK_SOURCE)
			souk_sandbox_enter((struct souk_stage *[]){&stage}, 1);
		state = verb->write ? souk_source_run(&stage, verb->write)
				    : verb->run(&stage, argc - first, argv + first);
	}
	souk_stage_close(&stage);
	return state;
}
