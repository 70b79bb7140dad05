/* SPDX-License-Identifier: ISC */
/* What is derived from a verb's declaration: usage, help, JSON, the man page's
 * sections, completions. */
#include <stdio.h>
#include <stdlib.h>

#include "error.h"
#include "verb.h"

static const char *const kinds[] = {
	[SOUK_FILTER] = "filter", [SOUK_SOURCE] = "source", [SOUK_MAP] = "map", [SOUK_TOOL] = "tool",
};
static const char *const effects[] = {
	[SOUK_PURE] = "none", [SOUK_OWN_STATE] = "own state", [SOUK_EXTERNAL] = "external",
};

/* Calls `each` for all options of a verb, its own first. */
static void each_option(const struct souk_verb *verb,
	void (*each)(struct souk_buffer *, const struct souk_option *), struct souk_buffer *b)
{
	for (const struct souk_option *o = verb->options; o && o->name; o++)
		each(b, o);
	for (const struct souk_option *o = souk_common_options(verb->kind); o->name; o++)
		each(b, o);
}

/* Appends a word to a usage line, which is broken before column 80. */
static void add_usage_word(struct souk_buffer *b, const char *format, ...) SOUK_PRINTF(2, 3);

static void add_usage_word(struct souk_buffer *b, const char *format, ...)
{
	struct souk_buffer word = {0};
	const char *line;
	va_list args;

	va_start(args, format);
	souk_add_vformat(&word, format, args);
	va_end(args);
	line = memrchr(b->at, '\n', b->len);
	line = line ? line + 1 : b->at;
	if ((size_t)(b->at + b->len - line) + word.len >= 80)
		souk_add_string(b, "\n      ");
	souk_add_char(b, ' ');
	souk_add(b, word.at, word.len);
	souk_buffer_free(&word);
}

static void add_usage_option(struct souk_buffer *b, const struct souk_option *o)
{
	const char *left = o->required ? "" : "[", *right = o->required ? "" : "]";
	const char *space = o->value ? " " : "", *value = o->value ? o->value : "";

	if (o->letter)
		add_usage_word(b, "%s-%c%s%s%s", left, o->letter, space, value, right);
	else
		add_usage_word(b, "%s--%s%s%s%s", left, o->name, space, value, right);
}

void souk_describe_usage(struct souk_buffer *b, const struct souk_verb *verb)
{
	souk_add_string(b, "usage: ");
	souk_add_verb_name(b, verb);
	for (const struct souk_option *o = verb->options; o && o->name; o++)
		add_usage_option(b, o);
	if (souk_common_options(verb->kind)->name)
		add_usage_word(b, "[options]");
	if (verb->operands)
		add_usage_word(b, "%s", verb->operands);
	souk_add_char(b, '\n');
}

static void add_help_option(struct souk_buffer *b, const struct souk_option *o)
{
	size_t start = b->len, width, length = 28 + strlen(o->help);

	souk_add_format(b, "  %c%c%s--%s%s%s", o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
		o->letter ? ", " : "  ", o->name, o->value ? " " : "", o->value ? o->value : "");
	width = b->len - start;
	if (width > 27) {
		souk_add_char(b, '\n');
		width = 0;
	}
	souk_add_format(b, "%*s%s", (int)(28 - width), "", o->help);
	for (const char *const *word = o->choices; word && *word; word++)
		length += strlen(*word) + 2;
	/* Words that are too many for the line have one of their own. */
	if (o->choices && length > 80)
		souk_add_format(b, ":\n%*s", 28, "");
	for (const char *const *word = o->choices; word && *word; word++)
		souk_add_format(b, "%s%s", word > o->choices ? ", " : length > 80 ? "" : ": ", *word);
	souk_add_char(b, '\n');
}

/* Begins another line if `text` does not fit on the one that began at `start`. */
static void add_fitting(struct souk_buffer *b, size_t *start, const char *text)
{
	if (b->len - *start + strlen(text) > 98) {
		souk_add_string(b, "\n ");
		*start = b->len - 1;
	}
	souk_add_string(b, text);
}

static void add_members(struct souk_buffer *b, const struct souk_verb *verb)
{
	size_t start = b->len + 1;
	char text[128];

	if (verb->reads && *verb->reads) {
		souk_add_string(b, "\nReads");
		for (const char *const *name = verb->reads; *name; name++) {
			snprintf(text, sizeof(text), " %s", *name);
			add_fitting(b, &start, text);
		}
	}
	if (verb->kind == SOUK_FILTER) {
		souk_add_string(b, verb->reads && *verb->reads ? ";" : "\nIt");
		snprintf(text, sizeof(text), " writes %s. Effects: %s.", verb->function->name,
			effects[verb->effects]);
		add_fitting(b, &start, text);
	}
	if (verb->kind == SOUK_FILTER || (verb->reads && *verb->reads))
		souk_add_char(b, '\n');
}

static void add_help_of_verb(struct souk_buffer *b, const struct souk_verb *verb)
{
	souk_describe_usage(b, verb);
	souk_add_format(b, "\n%s\n", verb->summary);
	if (verb->options || souk_common_options(verb->kind)->name)
		souk_add_char(b, '\n');
	each_option(verb, add_help_option, b);
	add_members(b, verb);
}

/* With NULL: of the command, whose verbs it lists. */
void souk_describe_help(struct souk_buffer *b, const struct souk_verb *verb)
{
	size_t count, named = 0;
	const struct souk_verb *const *verbs = souk_verbs(&count);

	for (size_t i = 0; i < count; i++)
		named += verbs[i]->name != NULL;
	if (verb)
		add_help_of_verb(b, verb);
	else
		souk_add_format(b, "usage: %s VERB [options]\n\n%s\n", souk_program, verbs[0]->function->summary);
	if (named && (!verb || !verb->name)) {
		souk_add_format(b, "\nVerbs%s (%s VERB --help):\n", verb ? " besides" : "", souk_program);
		for (size_t i = 0; i < count; i++)
			if (verbs[i]->name)
				souk_add_format(b, "  %-12s %s\n", verbs[i]->name, verbs[i]->summary);
	}
	if (!verb || verb->name)
		souk_add_format(b, "\nThe manual: man %s\n", souk_program);
}

static void put_option(struct souk_buffer *b, const struct souk_option *o)
{
	souk_put_open(b, NULL, '{');
	souk_put_string(b, "name", o->name);
	if (o->letter)
		souk_put_text(b, "letter", (struct souk_text){&o->letter, 1});
	if (o->value)
		souk_put_string(b, "value", o->value);
	souk_put_string(b, "help", o->help);
	if (o->required)
		souk_put_bool(b, "required", true);
	souk_put_close(b, '}');
}

void souk_describe_json(struct souk_buffer *b, const struct souk_verb *verb)
{
	souk_add_char(b, '{');
	souk_put_int(b, "contract", SOUK_CONTRACT);
	souk_put_string(b, "function", verb->function->name);
	souk_put_string(b, "about", verb->function->summary);
	souk_put_string(b, "verb", verb->name ? verb->name : "");
	souk_put_string(b, "summary", verb->summary);
	souk_put_string(b, "kind", kinds[verb->kind]);
	souk_put_string(b, "effects", effects[verb->effects]);
	souk_put_open(b, "reads", '[');
	for (const char *const *name = verb->reads; name && *name; name++)
		souk_put_string(b, NULL, *name);
	souk_put_close(b, ']');
	if (verb->kind == SOUK_FILTER)
		souk_put_string(b, "writes", verb->function->name);
	souk_put_bool(b, "on_failed", verb->acts_on & SOUK_ON_FAILED);
	souk_put_bool(b, "on_waiting", verb->acts_on & SOUK_ON_WAITING);
	if (verb->whole)
		souk_put_bool(b, "whole", true);
	if (verb->network)
		souk_put_bool(b, "network", true);
	if (verb->forks)
		souk_put_bool(b, "forks", true);
	souk_put_bool(b, "needs_id", verb->effects != SOUK_PURE && !verb->needs_no_id);
	if (verb->function->schema)
		souk_put_int(b, "schema", souk_schema_version(verb->function->schema));
	if (verb->operands)
		souk_put_string(b, "operands", verb->operands);
	souk_put_open(b, "options", '[');
	each_option(verb, put_option, b);
	souk_put_close(b, ']');
	souk_add_string(b, "}\n");
}

/* ---- The man page's sections ---- */

static void add_mdoc_text(struct souk_buffer *b, const char *text)
{
	for (; *text; text++)
		souk_add_string(b, *text == '\\' ? "\\e" : (char[]){*text, 0});
}

static void add_mdoc_synopsis_option(struct souk_buffer *b, const struct souk_option *o)
{
	souk_add_string(b, o->required ? "" : ".Op ");
	souk_add_format(b, "%s", o->required ? ".Fl " : "Fl ");
	if (o->letter)
		souk_add_char(b, o->letter);
	else
		souk_add_format(b, "-%s", o->name);
	if (o->value)
		souk_add_format(b, " Ar %s", o->value);
	souk_add_char(b, '\n');
}

static void add_mdoc_option(struct souk_buffer *b, const struct souk_option *o)
{
	souk_add_string(b, ".It ");
	if (o->letter)
		souk_add_format(b, "Fl %c , ", o->letter);
	souk_add_format(b, "Fl -%s", o->name);
	if (o->value)
		souk_add_format(b, " Ar %s", o->value);
	souk_add_char(b, '\n');
	/* A sentence on a page has its capital and its full stop. */
	souk_add_char(b, (char)(*o->help >= 'a' && *o->help <= 'z' ? *o->help - 32 : *o->help));
	add_mdoc_text(b, o->help + 1);
	for (const char *const *word = o->choices; word && *word; word++)
		souk_add_format(b, "%s%s", word == o->choices ? ": " : ", ", *word);
	souk_add_string(b, ".\n");
}

static void add_mdoc_list(struct souk_buffer *b, const struct souk_option *o)
{
	souk_add_string(b, ".Bl -tag -width Ds\n");
	for (; o && o->name; o++)
		add_mdoc_option(b, o);
	souk_add_string(b, ".El\n");
}

void souk_describe_mdoc(struct souk_buffer *b, const char *section)
{
	bool synopsis = !strcmp(section, "synopsis"), common = false, of_before = false;
	size_t count;
	const struct souk_verb *const *verbs = souk_verbs(&count);

	if (!synopsis && strcmp(section, "options"))
		souk_die_usage("--mdoc %s: must be synopsis or options", section);
	for (size_t i = 0; i < count; i++) {
		const struct souk_verb *v = verbs[i];

		common |= souk_common_options(v->kind)->name != NULL;
		if (synopsis) {
			/* Two lines: groff begins a new one for an Nm without arguments only. */
			souk_add_string(b, ".Nm\n");
			if (v->name)
				souk_add_format(b, ".Cm %s\n", v->name);
			for (const struct souk_option *o = v->options; o && o->name; o++)
				add_mdoc_synopsis_option(b, o);
			if (souk_common_options(v->kind)->name)
				souk_add_string(b, ".Op Ar options\n");
			if (v->operands)
				souk_add_format(b, ".Ar %s\n", v->operands);
		} else if (v->options && v->options->name) {
			souk_add_string(b, of_before ? ".Pp\n" : "");
			of_before = true;
			souk_add_format(b, v->name ? "Of\n.Nm Cm %s :\n" : "Of\n.Nm :\n", v->name);
			add_mdoc_list(b, v->options);
		}
	}
	if (synopsis || !common)
		return;
	souk_add_format(b, "%sOf all verbs that take records, as\n.Xr souk-filter 7\nsays:\n",
		of_before ? ".Pp\n" : "");
	for (size_t i = 0; i < count; i++)
		if (verbs[i]->kind == SOUK_FILTER || verbs[i]->kind == SOUK_MAP) {
			add_mdoc_list(b, souk_common_options(verbs[i]->kind));
			return;
		}
	add_mdoc_list(b, souk_common_options(SOUK_SOURCE));
}

/* ---- Completions ---- */

static void add_word(struct souk_buffer *b, const struct souk_option *o)
{
	souk_add_format(b, " --%s", o->name);
}

/* What follows an option with choices is one of them. */
static void add_choices(struct souk_buffer *b, const struct souk_option *o)
{
	if (!o->choices)
		return;
	souk_add_string(b, "\t\t");
	if (o->letter)
		souk_add_format(b, "-%c|", o->letter);
	souk_add_format(b, "--%s) words='", o->name);
	for (const char *const *word = o->choices; *word; word++)
		souk_add_format(b, "%s%s", word == o->choices ? "" : " ", *word);
	souk_add_string(b, "' ;;\n");
}

/* The words of a verb, or of the command alone, which has its verbs among them. */
static void add_bash_words(struct souk_buffer *b, const struct souk_verb *verb,
	const struct souk_verb *const *verbs, size_t count)
{
	souk_add_format(b, "\t%s)\n\t\tcase $before in\n", verb ? verb->name : "*");
	for (size_t i = 0; i < count; i++)
		if (verb ? verbs[i] == verb : !verbs[i]->name)
			each_option(verbs[i], add_choices, b);
	souk_add_format(b, "\t\t*) words='--help%s", verb ? "" : " --version");
	for (size_t i = 0; i < count; i++)
		if (verb ? verbs[i] == verb : !verbs[i]->name)
			each_option(verbs[i], add_word, b);
		else if (!verb)
			souk_add_format(b, " %s", verbs[i]->name);
	souk_add_string(b, "' ;;\n\t\tesac ;;\n");
}

/* A command that runs others: their names, and then what completes the one named.
 * Our own verbs, and options, are no names of others. */
static void add_bash_dispatch(
	struct souk_buffer *b, const struct souk_verb *const *verbs, size_t count)
{
	souk_add_string(b, "\tcase $verb in\n\t''|-*");
	for (size_t i = 0; i < count; i++)
		if (verbs[i]->name)
			souk_add_format(b, "|%s", verbs[i]->name);
	souk_add_format(b,
		") ;;\n"
		"\t*)\n"
		"\t\tlocal other=%s-$verb\n"
		"\t\tif ! complete -p \"$other\" && declare -F _completion_loader; then\n"
		"\t\t\t_completion_loader \"$other\"\n"
		"\t\tfi >/dev/null 2>&1\n"
		"\t\tif [[ $(complete -p \"$other\" 2>/dev/null) =~ ' -F '([^ ]+) ]]; then\n"
		"\t\t\tCOMP_WORDS=(\"$other\" \"${COMP_WORDS[@]:2}\")\n"
		"\t\t\tCOMP_CWORD=$((COMP_CWORD - 1))\n"
		"\t\t\t\"${BASH_REMATCH[1]}\" \"$other\" \"$2\" \"$3\"\n"
		"\t\tfi\n"
		"\t\treturn ;;\n"
		"\tesac\n"
		"\t[ \"$COMP_CWORD\" -gt 1 ] || others=$(%s list 2>/dev/null | cut -d ' ' -f 1)\n",
		souk_program, souk_program);
}

static void completion_bash(struct souk_buffer *b, const struct souk_verb *const *verbs, size_t count)
{
	struct souk_buffer f = {0};

	for (const char *c = souk_program; *c; c++)
		souk_add_char(&f, *c == '-' ? '_' : *c);
	souk_add_format(b,
		"_%.*s() {\n"
		"\tlocal words others='' verb='' before=${COMP_WORDS[COMP_CWORD-1]}\n"
		"\t[ \"$COMP_CWORD\" -le 1 ] || verb=${COMP_WORDS[1]}\n",
		(int)f.len, f.at);
	for (size_t i = 0; i < count; i++)
		if (!verbs[i]->name && verbs[i]->raw_operands)
			add_bash_dispatch(b, verbs, count);
	souk_add_string(b, "\tcase $verb in\n");
	for (size_t i = 0; i < count; i++)
		if (verbs[i]->name)
			add_bash_words(b, verbs[i], verbs, count);
	add_bash_words(b, NULL, verbs, count);
	souk_add_format(b,
		"\tesac\n"
		"\tmapfile -t COMPREPLY < <(compgen -W \"$words $others\" -- \"${COMP_WORDS[COMP_CWORD]}\")\n}\n"
		"complete -o default -F _%.*s %s\n",
		(int)f.len, f.at, souk_program);
	souk_buffer_free(&f);
}

static void add_fish_description(struct souk_buffer *b, const char *text)
{
	souk_add_string(b, " -d '");
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			souk_add_char(b, '\\');
		souk_add_char(b, *text);
	}
	souk_add_string(b, "'\n");
}

/* Words for an option with choices, and no files there. */
static void add_fish_option(struct souk_buffer *b, const struct souk_verb *verb, const struct souk_option *o)
{
	souk_add_format(b, "complete -c %s", souk_program);
	if (verb->name)
		souk_add_format(b, " -n '__fish_seen_subcommand_from %s'", verb->name);
	if (o->letter)
		souk_add_format(b, " -s %c", o->letter);
	souk_add_format(b, " -l %s%s", o->name, o->choices ? " -x" : o->value ? " -r" : "");
	for (const char *const *word = o->choices; word && *word; word++)
		souk_add_format(b, "%s%s", word == o->choices ? " -a '" : " ", *word);
	souk_add_string(b, o->choices ? "'" : "");
	add_fish_description(b, o->help);
}

static void completion_fish(struct souk_buffer *b, const struct souk_verb *const *verbs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct souk_option *tables[] = {verbs[i]->options, souk_common_options(verbs[i]->kind)};

		if (verbs[i]->name) {
			souk_add_format(b, "complete -c %s -n __fish_use_subcommand -a %s", souk_program,
				verbs[i]->name);
			add_fish_description(b, verbs[i]->summary);
		}
		for (size_t t = 0; t < 2; t++)
			for (const struct souk_option *o = tables[t]; o && o->name; o++)
				add_fish_option(b, verbs[i], o);
	}
}

void souk_describe_completion(struct souk_buffer *b, const char *shell)
{
	size_t count;
	const struct souk_verb *const *verbs = souk_verbs(&count);

	if (!strcmp(shell, "bash"))
		completion_bash(b, verbs, count);
	else if (!strcmp(shell, "fish"))
		completion_fish(b, verbs, count);
	else
		souk_die_usage("--completion %s: must be bash or fish", shell);
}
