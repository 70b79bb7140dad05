/* SPDX-License-Identifier: ISC */
/* events.c: the same line gives the same answer, and an id names one event
 * (rules 5 and 6). */
#include "conform.h"

/* Broken where the outputs of two processes differ. */
static void expect_same(struct conform *c, const struct conform_trial *a,
	const struct conform_trial *b)
{
	for (size_t i = 0; i < a->answer_count && i < b->answer_count; i++) {
		if (souk_text_equal(a->answers[i].line, b->answers[i].line))
			continue;
		conform_broken(c, "answer %zu differs when the same input is sent again", i + 1);
		conform_show(c, "first", a->answers[i].line);
		conform_show(c, "then", b->answers[i].line);
		return;
	}
	if (a->answer_count != b->answer_count)
		conform_broken(c, "%zu answers came, then %zu to the same input", a->answer_count,
			b->answer_count);
}

static void check_repeat(struct conform *c)
{
	struct conform_trial a = {.lines.tag = "repeat"}, b = {.lines.tag = "repeat"};

	conform_add_records(c, &a.lines, 20);
	conform_add_line(&a.lines, SOUK_TEXT("not json"), "\n");
	conform_add_records(c, &b.lines, 20);
	conform_add_line(&b.lines, SOUK_TEXT("not json"), "\n");
	conform_try(c, &a);
	conform_try(c, &b);
	expect_same(c, &a, &b);
	conform_trial_free(&a);
	conform_trial_free(&b);
}
CONFORM_CHECK(check_repeat, "repeat", 6, "the same input gives the same bytes", 0);

/* The same lines twice in one stream, so that they meet in one batch. */
static void check_twice(struct conform *c)
{
	enum { RECORDS = 5 };
	struct conform_trial t = {.lines.tag = "twice"};

	conform_add_records(c, &t.lines, RECORDS);
	for (size_t i = 0; i < RECORDS; i++) {
		struct souk_buffer copy = {0};
		struct souk_text line = conform_line_text(&t.lines, i);

		souk_add(&copy, line.at, line.len);
		conform_add_line(&t.lines, (struct souk_text){copy.at, copy.len}, "\n");
		souk_buffer_free(&copy);
	}
	conform_try(c, &t);
	for (size_t i = 0; i < RECORDS && t.answer_count == 2 * RECORDS && !c->broken; i++) {
		if (souk_text_equal(t.answers[i].line, t.answers[i + RECORDS].line))
			continue;
		conform_broken(c, "the same line was answered otherwise the second time");
		conform_show(c, "sent", conform_line_text(&t.lines, i));
		conform_show(c, "first", t.answers[i].line);
		conform_show(c, "then", t.answers[i + RECORDS].line);
	}
	conform_trial_free(&t);
}
CONFORM_CHECK(check_twice, "twice", 5,
	"a line sent twice in one stream gets the same answer twice", CONFORM_NOT_MANY);

/* Adds a copy of line 0 in which the number at node `index` is another. False:
 * there is no such node, or it is no number. */
static void add_changed(struct conform *c, struct conform_trial *t, uint32_t index)
{
	struct souk_buffer copy = {0};
	struct souk_text line = conform_line_text(&t->lines, 0);
	const struct souk_node *number = &c->sent.nodes[index];
	char *digit;

	souk_add(&copy, line.at, line.len);
	digit = copy.at + number->at + number->len - 1;
	*digit = *digit == '9' ? '8' : (char)(*digit + 1);
	conform_add_line(&t->lines, (struct souk_text){copy.at, copy.len}, "\n");
	souk_buffer_free(&copy);
}

/* Judges the answers to changed lines against that to the first. */
static void expect_conflict(struct conform *c, const struct conform_trial *t, struct souk_text own)
{
	size_t conflicts = 0;

	for (size_t i = 1; i < t->answer_count && !c->broken; i++) {
		struct souk_text came = t->answers[i].line, value, code = conform_error_code(c, came);

		if (code.len > 0) {
			conflicts += souk_text_is(code, "id_conflict");
			continue;
		}
		value = conform_own_value(c, came);
		if (souk_text_equal(value, own))
			continue;
		conform_broken(c, "an id that came with other content got another answer, not id_conflict");
		conform_show(c, "sent", conform_line_text(&t->lines, 0));
		conform_show(c, "then", conform_line_text(&t->lines, i));
		conform_show(c, "came", came);
	}
	if (!c->broken && conflicts == 0) {
		conform_broken(c, "no change of a number in the record was refused as id_conflict");
		conform_show(c, "sent", conform_line_text(&t->lines, 0));
		conform_show(c, "then", conform_line_text(&t->lines, 1));
		if (t->answer_count > 1)
			conform_show(c, "came", t->answers[1].line);
	}
}

static void check_conflict(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "conflict"};
	struct souk_buffer own = {0};
	struct souk_text value;
	uint32_t numbers = 0;

	conform_add_record(c, &t.lines, "", "\n");
	for (uint32_t i = 0;; i++) {
		conform_parse(&c->sent, conform_line_text(&t.lines, 0));
		if (i == c->sent.node_count)
			break;
		if (c->sent.nodes[i].type == SOUK_NUMBER) {
			add_changed(c, &t, i);
			numbers++;
		}
	}
	if (numbers == 0) {
		conform_skip(c, "the record holds no number that could be changed; see --input");
	} else {
		conform_try(c, &t);
		value = t.answer_count ? conform_own_value(c, t.answers[0].line) : (struct souk_text){0};
		souk_add(&own, value.at, value.len);
		if (own.len == 0 || conform_error_code(c, t.answers[0].line).len > 0)
			conform_skip(c, "the record was refused, so it had no effect; see --input");
		else
			expect_conflict(c, &t, (struct souk_text){own.at, own.len});
	}
	souk_buffer_free(&own);
	conform_trial_free(&t);
}
CONFORM_CHECK(check_conflict, "conflict", 5,
	"an id that comes with other content is refused as id_conflict", CONFORM_ONLY_EFFECTS);

/* The same record spelt otherwise: space around its members. */
static void check_same_event(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "event"};
	struct souk_buffer spelt = {0}, own = {0};
	struct souk_text line, value;

	conform_add_record(c, &t.lines, "", "\n");
	line = conform_line_text(&t.lines, 0);
	conform_parse(&c->sent, line);
	for (size_t i = 0; i < line.len; i++) {
		souk_add_char(&spelt, line.at[i]);
		if (i == c->sent.nodes[0].at)
			souk_add_string(&spelt, " \t");
	}
	conform_add_line(&t.lines, (struct souk_text){spelt.at, spelt.len}, "\n");
	conform_try(c, &t);
	if (t.answer_count == 2) {
		value = conform_own_value(c, t.answers[0].line);
		souk_add(&own, value.at, value.len);
		value = conform_own_value(c, t.answers[1].line);
		if (!souk_text_equal(value, (struct souk_text){own.at, own.len})) {
			conform_broken(c, "the same event with other white space got another answer");
			conform_show(c, "first", t.answers[0].line);
			conform_show(c, "then", t.answers[1].line);
		}
	}
	souk_buffer_free(&spelt);
	souk_buffer_free(&own);
	conform_trial_free(&t);
}
CONFORM_CHECK(check_same_event, "same-event", 5,
	"an event is known by its values, not by its bytes", CONFORM_ONLY_EFFECTS);

static void check_no_id(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "no-id"}, bare = {.lines.tag = "no-id"};
	struct souk_text line;
	const struct souk_node *id;
	struct souk_buffer record = {0};

	conform_add_record(c, &t.lines, "", "\n");
	line = conform_line_text(&t.lines, 0);
	conform_parse(&c->sent, line);
	id = souk_member(&c->sent, "id");
	/* The name goes from "id" to "xd": the record stays well-formed. */
	souk_add(&record, line.at, line.len);
	record.at[id[-1].at + id[-1].len - 2] = 'x';
	conform_add_line(&bare.lines, (struct souk_text){record.at, record.len}, "\n");
	conform_try(c, &bare);
	if (bare.answer_count != 1 || conform_error_code(c, bare.answers[0].line).len == 0) {
		conform_broken(c, "a record without id was not refused");
		conform_show(c, "sent", conform_line_text(&bare.lines, 0));
		conform_show(c, "came", (struct souk_text){bare.run.output.at, bare.run.output.len});
	}
	souk_buffer_free(&record);
	conform_trial_free(&t);
	conform_trial_free(&bare);
}
CONFORM_CHECK(check_no_id, "no-id", 5, "a record without id is refused", CONFORM_ONLY_EFFECTS);
