/* SPDX-License-Identifier: ISC */
/* bad.c: a line that is no record becomes a record that holds only `error`, and the
 * stream goes on (rule 3). */
#include "conform.h"

#define LINE(literal) {(literal), sizeof(literal) - 1}

static const struct souk_text bad_json[] = {
	LINE("not json"),
	LINE("{"),
	LINE("{\"id\":\"b1\",\"lines\":["),
	LINE("{\"id\":\"b1\""),
	LINE("{\"id\":\"b1"),
	LINE("{\"id\":\"b1\",}"),
	LINE("{,\"id\":\"b1\"}"),
	LINE("{\"id\" \"b1\"}"),
	LINE("{\"id\":\"b1\" \"n\":1}"),
	LINE("{\"id\":\"b1\"} {\"id\":\"b2\"}"),
	LINE("{\"id\":\"b1\"}]"),
	LINE("{\"id\":\"b1\"}#"),
	LINE("{'id':'b1'}"),
	LINE("{id:\"b1\"}"),
	LINE("{1:\"b1\"}"),
	LINE("{\"n\":}"), LINE("{\"n\":01}"), LINE("{\"n\":-}"), LINE("{\"n\":+1}"),
	LINE("{\"n\":.5}"), LINE("{\"n\":5.}"), LINE("{\"n\":1e}"), LINE("{\"n\":1e+}"),
	LINE("{\"n\":0x10}"), LINE("{\"n\":1_000}"), LINE("{\"n\":NaN}"), LINE("{\"n\":-Infinity}"),
	LINE("{\"n\":tru}"), LINE("{\"n\":True}"), LINE("{\"n\":nullx}"), LINE("{\"n\":[1,]}"),
	LINE("{\"n\":[1 2]}"), LINE("{\"n\":[1}"), LINE("{\"n\":{]}"),
	LINE("{\"s\":\"\\x41\"}"),
	LINE("{\"s\":\"\\u12g4\"}"),
	LINE("{\"s\":\"\\u12\"}"),
	LINE("{\"s\":\"\\\"}"),
	LINE("{\"s\":\"a\tb\"}"),
	LINE("{\"s\":\"a\033b\"}"),
	LINE("{\"s\":\"a\rb\"}"),
	LINE("{\"s\":\"a\0b\"}"),
	LINE("{\"id\":\"b1\"}\0"),
	LINE("\0"),
	LINE("\f{\"id\":\"b1\"}"),
	LINE("\302\240{\"id\":\"b1\"}"),
};

static const struct souk_text not_objects[] = {
	LINE("1"), LINE("-0.5e3"), LINE("\"text\""), LINE("true"), LINE("null"),
	LINE("[]"), LINE("[{\"id\":\"b1\"}]"),
};

static const struct souk_text bad_utf8[] = {
	LINE("{\"s\":\"caf\351\"}"),               /* Latin-1 */
	LINE("{\"s\":\"\377\"}"),                   /* never a byte of UTF-8 */
	LINE("{\"s\":\"\200\"}"),                   /* a lone continuation */
	LINE("{\"s\":\"\303\"}"),                   /* cut short */
	LINE("{\"s\":\"\342\202\"}"),
	LINE("{\"s\":\"\360\237\230\"}"),
	LINE("{\"s\":\"\300\257\"}"),               /* overlong */
	LINE("{\"s\":\"\301\277\"}"),
	LINE("{\"s\":\"\340\200\257\"}"),
	LINE("{\"s\":\"\360\200\200\257\"}"),
	LINE("{\"s\":\"\355\240\200\"}"),           /* a surrogate */
	LINE("{\"s\":\"\364\220\200\200\"}"),       /* above U+10FFFF */
	LINE("{\"s\":\"\370\210\200\200\200\"}"),   /* five bytes */
	LINE("{\"na\377me\":1}"),
	LINE("{\"id\":\"b1\"}\377"),
};

static const struct souk_text duplicates[] = {
	LINE("{\"id\":\"b1\",\"price\":1,\"price\":2}"),
	LINE("{\"id\":\"b1\",\"price\":1,\"lines\":[],\"pr\\u0069ce\":1}"),
	LINE("{\"p\\u0072ice\":1,\"pr\\u0069ce\":2,\"id\":\"b1\"}"),
	LINE("{\"id\":\"b1\",\"id\":\"b1\"}"),
	LINE("{\"a/b\":1,\"a\\/b\":1}"),
	LINE("{\"\":1,\"\":1}"),
	LINE("{\"\303\251\":1,\"\\u00E9\":1}"),
	LINE("{\"\\ud83d\\ude00\":1,\"\360\237\230\200\":1}"),
};

/* Sends each bad line between two records. */
static void send_bad(struct conform *c, const char *tag, const struct souk_text *lines,
	size_t count)
{
	struct conform_trial t = {.lines.tag = tag};

	for (size_t i = 0; i < count; i++) {
		conform_add_record(c, &t.lines, "", "\n");
		conform_add_line(&t.lines, lines[i], i % 4 == 3 ? "\r\n" : "\n");
	}
	conform_add_record(c, &t.lines, "", "\n");
	conform_try(c, &t);
	conform_judge_bad(c, &t);
	conform_trial_free(&t);
}

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void check_bad_json(struct conform *c)
{
	send_bad(c, "json", bad_json, COUNT(bad_json));
}
CONFORM_CHECK(check_bad_json, "bad-json", 3, "what is no JSON becomes an error record", 0);

static void check_not_object(struct conform *c)
{
	send_bad(c, "value", not_objects, COUNT(not_objects));
}
CONFORM_CHECK(check_not_object, "not-object", 3,
	"JSON that is no object becomes an error record", 0);

static void check_bad_utf8(struct conform *c)
{
	send_bad(c, "utf8", bad_utf8, COUNT(bad_utf8));
}
CONFORM_CHECK(check_bad_utf8, "bad-utf8", 3, "what is not UTF-8 becomes an error record", 0);

static void check_duplicate(struct conform *c)
{
	send_bad(c, "twice", duplicates, COUNT(duplicates));
}
CONFORM_CHECK(check_duplicate, "duplicate", 3,
	"a name that stands twice, decoded, is a bad record", 0);

/* Text of `len` bytes in a record. The caller frees it. */
static struct souk_buffer long_record(size_t len)
{
	struct souk_buffer b = {0};

	souk_add_string(&b, "{\"id\":\"b1\",\"s\":\"");
	memset(souk_buffer_room(&b, len), 'x', len);
	b.len += len;
	souk_add_string(&b, "\"}");
	return b;
}

static void check_too_long(struct conform *c)
{
	struct souk_buffer record = long_record(2u << 20);
	const struct souk_text lines[] = {{record.at, record.len}, {record.at, record.len}};

	send_bad(c, "too-long", lines, COUNT(lines));
	souk_buffer_free(&record);
}
CONFORM_CHECK(check_too_long, "too-long", 3, "a line of 2 MiB becomes an error record", 0);

static void check_partial(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "partial"};

	conform_add_record(c, &t.lines, "", "\n");
	conform_add_line(&t.lines, SOUK_TEXT("{\"id\":\"b1\",\"lines\":[{\"sku\":\"851"), "");
	conform_try(c, &t);
	if (c->kind != CONFORM_MANY && t.answer_count != 2) {
		conform_broken(c, "a record and a part of one gave %zu lines", t.answer_count);
	} else {
		const char *fault = t.answer_count == 0 ? "it was dropped"
			: conform_fault_of_bad(c, &t.lines, 1, t.answers[t.answer_count - 1].line);

		if (fault)
			conform_broken(c, "%s", fault);
	}
	if (c->broken) {
		conform_show(c, "sent", conform_line_text(&t.lines, 1));
		conform_show(c, "came", (struct souk_text){t.run.output.at, t.run.output.len});
	}
	conform_expect_exit(c, &t.run, SOUK_EXIT_BAD, "input that ends within a record");
	conform_trial_free(&t);
}
CONFORM_CHECK(check_partial, "partial", 3,
	"a record cut short by the end becomes an error record", 0);

/* How deep a program goes is its own matter; that it lives on is not. */
static void check_deep(struct conform *c)
{
	enum { DEPTH = 100000 };
	struct conform_trial t = {.lines.tag = "deep"};
	struct souk_buffer record = {0};

	souk_add_string(&record, "{\"id\":\"b1\",\"x-odd\":");
	memset(souk_buffer_room(&record, DEPTH), '[', DEPTH);
	record.len += DEPTH;
	memset(souk_buffer_room(&record, DEPTH), ']', DEPTH);
	record.len += DEPTH;
	conform_add_record(c, &t.lines, "", "\n");
	conform_add_line(&t.lines, (struct souk_text){record.at, record.len}, "}\n");
	t.lines.at[1].len++;
	conform_add_record(c, &t.lines, "", "\n");
	conform_try(c, &t);
	if (c->kind != CONFORM_MANY && t.answer_count != t.lines.count)
		conform_broken(c, "%zu lines were sent, the second deep; %zu came back", t.lines.count,
			t.answer_count);
	else if (c->kind == CONFORM_FILTER && (t.answers[1].line.len < record.len
			|| memcmp(t.answers[1].line.at, record.at, record.len) != 0)) {
		const char *fault = conform_fault_of_bad(c, &t.lines, 1, t.answers[1].line);

		if (fault)
			conform_broken(c, "it did not pass, and %s", fault);
	}
	if (!conform_exited(&t.run, SOUK_EXIT_OK))
		conform_expect_exit(c, &t.run, SOUK_EXIT_BAD, "a record nested 100,000 deep");
	if (c->broken)
		conform_show(c, "sent", conform_line_text(&t.lines, 1));
	souk_buffer_free(&record);
	conform_trial_free(&t);
}
CONFORM_CHECK(check_deep, "deep", 3,
	"a record nested 100,000 deep passes or becomes an error record", 0);

static void check_growth(struct conform *c)
{
	struct souk_buffer record = long_record(100u << 10);
	struct conform_trial first = {.lines.tag = "grow"}, second = {.lines.tag = "grow"};

	record.len--; /* without its brace */
	conform_add_line(&first.lines, SOUK_TEXT("not json"), "\n");
	conform_add_line(&first.lines, (struct souk_text){record.at, record.len}, "\n");
	conform_add_line(&first.lines, SOUK_TEXT("{\"s\":\"\377\"}"), "\n");
	conform_try(c, &first);
	for (size_t i = 0; i < first.answer_count; i++)
		conform_add_line(&second.lines, first.answers[i].line, "\n");
	conform_try(c, &second);
	for (size_t i = 0; i < first.answer_count && !c->broken; i++) {
		if (i < second.answer_count
			&& souk_text_equal(first.answers[i].line, second.answers[i].line))
			continue;
		conform_broken(c, "an error record changed when it was sent again");
		conform_show(c, "sent", first.answers[i].line);
		if (i < second.answer_count)
			conform_show(c, "came", second.answers[i].line);
	}
	if (!c->broken && second.answer_count != first.answer_count)
		conform_broken(c, "%zu error records were sent again, %zu came back", first.answer_count,
			second.answer_count);
	if (first.answer_count > 0)
		conform_expect_exit(c, &second.run, SOUK_EXIT_OK, "error records, none of them bad");
	souk_buffer_free(&record);
	conform_trial_free(&first);
	conform_trial_free(&second);
}
CONFORM_CHECK(check_growth, "growth", 3, "an error record sent again comes back as it is", 0);
