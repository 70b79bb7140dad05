/* SPDX-License-Identifier: ISC */
/* stream.c: one line in, one line out, in order (rule 1). */
#include <stdlib.h>

#include "conform.h"

/* More than a batch, and more bytes than pipes hold. */
#define BURST_RECORDS 5000
#define PROBE_RECORDS 8

static struct conform_trial *burst(struct conform *c)
{
	if (!c->burst) {
		c->burst = calloc(1, sizeof(*c->burst));
		if (!c->burst)
			souk_die("out of memory");
		c->burst->lines.tag = "burst";
		conform_add_records(c, &c->burst->lines, BURST_RECORDS);
		conform_try(c, c->burst);
	}
	return c->burst;
}

void conform_probe(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "probe"};
	struct souk_buffer why = {0};

	/* Behind a member that is not its own, what it writes is told from what it alters. */
	for (size_t i = 0; i < PROBE_RECORDS; i++)
		conform_add_record(c, &t.lines, ",\"x-odd\":true", "\n");
	conform_try(c, &t);
	for (size_t i = 0; i < t.answer_count; i++)
		if (t.answers[i].of != CONFORM_NONE)
			conform_compare(c, conform_line_text(&t.lines, t.answers[i].of), t.answers[i].line, &why);
	c->hangs = t.run.hung || t.run.flooded;
	souk_buffer_free(&why);
	conform_trial_free(&t);
}

/* How often each line is answered, and how many answers belong to none. The
 * caller frees the counts. */
static unsigned *count_answers(const struct conform_trial *t, size_t *strangers)
{
	unsigned *counts = calloc(t->lines.count, sizeof(*counts));

	if (!counts)
		souk_die("out of memory");
	*strangers = 0;
	for (size_t i = 0; i < t->answer_count; i++) {
		if (t->answers[i].of == CONFORM_NONE)
			++*strangers;
		else
			counts[t->answers[i].of]++;
	}
	return counts;
}

static void check_count(struct conform *c)
{
	struct conform_trial *t = burst(c);
	size_t strangers, i = 0;
	unsigned *counts = count_answers(t, &strangers);

	/* Answers that carry a wrong id, or a map's that carry none, still count. */
	if (t->answer_count == t->lines.count && strangers > 0)
		i = t->lines.count;
	while (i < t->lines.count && (counts[i] == 1 || (counts[i] == 0 && strangers > 0)))
		i++;
	if (i < t->lines.count) {
		conform_broken(c, "line %zu was %s; %zu lines were sent, %zu came back", i + 1,
			counts[i] ? "answered more than once" : "not answered", t->lines.count, t->answer_count);
		conform_show(c, "sent", conform_line_text(&t->lines, i));
	} else if (t->answer_count != t->lines.count) {
		conform_broken(c, "%zu lines were sent, %zu came back", t->lines.count, t->answer_count);
	}
	if (c->broken)
		conform_expect_exit(c, &t->run, SOUK_EXIT_OK, "and then");
	free(counts);
}
CONFORM_CHECK(check_count, "count", 1, "each line is answered by one line", CONFORM_NOT_MANY);

static void check_order(struct conform *c)
{
	struct conform_trial *t = burst(c);
	size_t before = CONFORM_NONE;

	for (size_t i = 0; i < t->answer_count && !c->broken; i++) {
		size_t of = t->answers[i].of;

		if (of == CONFORM_NONE)
			continue;
		if (before != CONFORM_NONE && of < before) {
			conform_broken(c, "line %zu was answered after line %zu", of + 1, before + 1);
			conform_show(c, "late", conform_line_text(&t->lines, of));
			conform_show(c, "early", conform_line_text(&t->lines, before));
		}
		before = of;
	}
}
CONFORM_CHECK(check_order, "order", 1, "answers come in the order of the lines", 0);

static void check_identity(struct conform *c)
{
	struct conform_trial *t = burst(c);

	for (size_t i = 0; i < t->answer_count; i++) {
		/* What is no record at all is another check's to say. */
		if (t->answers[i].of != CONFORM_NONE || !conform_parse(&c->came, t->answers[i].line))
			continue;
		conform_broken(c, "answer %zu carries an id that was not sent", i + 1);
		if (i < t->lines.count)
			conform_show(c, "sent", conform_line_text(&t->lines, i));
		conform_show(c, "came", t->answers[i].line);
		return;
	}
}
CONFORM_CHECK(check_identity, "identity", 1,
	"an answer carries the id of its line", CONFORM_ONLY_FILTER);

static void check_json(struct conform *c)
{
	struct conform_trial *t = burst(c);

	for (size_t i = 0; i < t->answer_count; i++) {
		if (conform_parse(&c->came, t->answers[i].line))
			continue;
		conform_broken(c, "answer %zu is no record: byte %u: %s", i + 1, c->came.fault_at + 1,
			c->came.fault);
		if (i < t->lines.count)
			conform_show(c, "sent", conform_line_text(&t->lines, i));
		conform_show(c, "came", t->answers[i].line);
		return;
	}
	if (t->partial)
		conform_broken(c, "the last line written has no LF");
}
CONFORM_CHECK(check_json, "json", 1, "each line written is one JSON object in UTF-8", 0);

/* Sends what `add` makes and expects an answer for each record and nothing else. */
static void expect_answers(struct conform *c, struct conform_trial *t, size_t records,
	const char *what)
{
	conform_try(c, t);
	if (c->kind != CONFORM_MANY && t->answer_count != records) {
		conform_broken(c, "%zu records %s gave %zu lines", records, what, t->answer_count);
		conform_show(c, "sent", (struct souk_text){t->lines.bytes.at, t->lines.bytes.len});
		conform_show(c, "came", (struct souk_text){t->run.output.at, t->run.output.len});
	}
	conform_expect_exit(c, &t->run, SOUK_EXIT_OK, "when that input ended");
}

static void check_blank(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "blank"};
	static const char *const blanks[] = {"", " ", "\t", " \t "};

	for (size_t i = 0; i < 4; i++) {
		conform_add_line(&t.lines, souk_text_of(blanks[i]), i % 2 ? "\r\n" : "\n");
		conform_add_record(c, &t.lines, "", "\n");
		conform_add_line(&t.lines, SOUK_TEXT(""), i % 2 ? "\n" : "\r\n");
	}
	expect_answers(c, &t, 4, "between blank lines");
	conform_trial_free(&t);
}
CONFORM_CHECK(check_blank, "blank", 1, "blank lines are skipped", 0);

static void check_crlf(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "crlf"};
	const char *cr;

	for (size_t i = 0; i < 4; i++)
		conform_add_record(c, &t.lines, "", i % 2 ? "\n" : "\r\n");
	expect_answers(c, &t, 4, "with CR before their LF");
	cr = t.run.output.len ? memchr(t.run.output.at, '\r', t.run.output.len) : NULL;
	if (cr) {
		conform_broken(c, "a CR was written");
		conform_show(c, "came", (struct souk_text){t.run.output.at, t.run.output.len});
	}
	conform_trial_free(&t);
}
CONFORM_CHECK(check_crlf, "crlf", 1, "a CR before the LF is dropped", 0);

static void check_last_line(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "last"};

	conform_add_record(c, &t.lines, "", "\n");
	conform_add_record(c, &t.lines, "", "");
	expect_answers(c, &t, 2, "of which the last has no LF");
	if (t.partial)
		conform_broken(c, "the last answer has no LF");
	conform_trial_free(&t);
}
CONFORM_CHECK(check_last_line, "last-line", 1,
	"the last line needs no LF and is answered with one", 0);

static void check_empty(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "empty"};

	expect_answers(c, &t, 0, "(an empty input)");
	if (c->kind == CONFORM_MANY && t.run.output.len > 0) {
		conform_broken(c, "an empty input gave output");
		conform_show(c, "came", (struct souk_text){t.run.output.at, t.run.output.len});
	}
	conform_trial_free(&t);
}
CONFORM_CHECK(check_empty, "empty", 1, "an empty input gives an empty output", 0);
