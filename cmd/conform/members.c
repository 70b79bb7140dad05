/* SPDX-License-Identifier: ISC */
/* members.c: a filter writes one member, and every other byte passes (rules 2, 3). */
#include <stdlib.h>

#include "conform.h"

/* Members that nothing knows, each a temptation to write it otherwise. */
static const char *const odd_members[] = {
	",\"x-odd\":1.10",
	",\"x-odd\":12345678901234567890",
	",\"x-odd\":0.1000000000000000055511151231257827",
	",\"x-odd\":1e400",
	",\"x-odd\":-1E-400",
	",\"x-odd\":1E+2",
	",\"x-odd\":-0",
	",\"x-odd\":-0.0",
	",\"x-odd\":[0,1.0,1e0,100000000000000000001]",
	",\"x-odd\":\"\\u0069\\u006E\"",
	",\"x-odd\":\"\\/path\\/\"",
	",\"x-odd\":\"\\b\\f\\n\\r\\t\\\"\\\\\"",
	",\"x-odd\":\"\\u0000\"",
	",\"x-odd\":\"\\ud83d\\ude00\"",
	",\"x-odd\":\"\\uD800\"",
	",\"x-odd\":\"caf\303\251 \342\202\254 \360\237\230\200\"",
	",\"x-odd\":\"e\314\201 \302\240\342\200\250\177\"",
	",\"\\u0078\\u002dodd\":true",
	",\"\":null",
	",\"\303\251\":{\"\303\251\":\"\303\251\"}",
	",\"z\":1,\"a\":2,\"M\":3,\"10\":4,\"9\":5",
	",\"x-odd\":{\"b\":1,\"a\":2,\"b\":3}",
	",\"x-odd\":{},\"x-even\":[]",
	" ,\t\"x-odd\" :\t[ 1 , 2 ] ",
	",  \"x-odd\":  { \"a\" :null } \t",
	",\"x-odd\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
	",\"x-odd\":\"</script><!-- & ' -->\"",
	",\"__proto__\":{\"x\":1},\"constructor\":false",
};
#define ODD_COUNT (sizeof(odd_members) / sizeof(*odd_members))

static struct conform_trial *odd(struct conform *c)
{
	if (!c->odd) {
		c->odd = calloc(1, sizeof(*c->odd));
		if (!c->odd)
			souk_die("out of memory");
		c->odd->lines.tag = "odd";
		for (size_t i = 0; i < ODD_COUNT; i++)
			conform_add_record(c, &c->odd->lines, odd_members[i], "\n");
		/* Space behind a record is part of its line. */
		conform_add_record(c, &c->odd->lines, "", " \t\n")->len += 2;
		conform_try(c, c->odd);
	}
	return c->odd;
}

static void show_pair(struct conform *c, const struct souk_buffer *why, struct souk_text sent,
	struct souk_text came)
{
	conform_broken(c, "%.*s", SOUK_ARG(*why));
	conform_show(c, "sent", sent);
	conform_show(c, "came", came);
}

/* Compares each answer with its line; broken at the first that has this fault. */
static void expect_no(struct conform *c, const struct conform_trial *t, enum conform_fit fault)
{
	struct souk_buffer why = {0};

	for (size_t i = 0; i < t->answer_count && !c->broken; i++) {
		struct souk_text sent;

		if (t->answers[i].of == CONFORM_NONE)
			continue;
		sent = conform_line_text(&t->lines, t->answers[i].of);
		why.len = 0;
		if (conform_compare(c, sent, t->answers[i].line, &why) == fault)
			show_pair(c, &why, sent, t->answers[i].line);
	}
	souk_buffer_free(&why);
}

/* A record that comes back without its id was taken for a bad line, or rebuilt. */
static void expect_ids(struct conform *c, const struct conform_trial *t)
{
	size_t stranger = 0, line = 0;

	while (stranger < t->answer_count && t->answers[stranger].of != CONFORM_NONE)
		stranger++;
	while (line < t->lines.count && conform_answer_to(t, line))
		line++;
	if (stranger == t->answer_count || line == t->lines.count)
		return;
	conform_broken(c, "a record came back without its id");
	conform_show(c, "sent", conform_line_text(&t->lines, line));
	conform_show(c, "came", t->answers[stranger].line);
}

static void check_pass(struct conform *c)
{
	expect_no(c, odd(c), CONFORM_ALTERED);
	if (!c->broken)
		expect_ids(c, odd(c));
}
CONFORM_CHECK(check_pass, "pass", 2,
	"every byte but for the filter's own member passes as it came", CONFORM_ONLY_FILTER);

static void check_member(struct conform *c)
{
	expect_no(c, odd(c), CONFORM_MEMBERS);
}
CONFORM_CHECK(check_member, "member", 2,
	"one member is written, of one name, appended last", CONFORM_ONLY_FILTER);

static void check_older(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "older"};
	struct souk_buffer more = {0}, why = {0};

	if (c->own.len == 0) {
		conform_skip(c, "it answered no record, so the name of its member is not known; see --input");
		return;
	}
	if (conform_parse(&c->sent, c->samples[0].line) && souk_member(&c->sent, c->own.at)) {
		conform_skip(c, "the records of --input have a member '%s' already", c->own.at);
		return;
	}
	/* Its name plain, with its first letter escaped, and before other members. */
	souk_add_format(&more, ",\"%s\":{\"older\":1},\"x-odd\":1.10%c", c->own.at, '\0');
	conform_add_record(c, &t.lines, more.at, "\n");
	more.len = 0;
	souk_add_format(&more, ",\"\\u%04x%s\":{\"older\":2}%c", (unsigned char)c->own.at[0],
		c->own.at + 1, '\0');
	conform_add_record(c, &t.lines, more.at, "\n");
	conform_try(c, &t);
	for (size_t i = 0; i < t.lines.count; i++) {
		const struct conform_answer *a = conform_answer_to(&t, i);
		struct souk_text sent = conform_line_text(&t.lines, i);
		enum conform_fit fit;

		why.len = 0;
		if (!a) {
			/* A record with two members of one name is none. */
			souk_add_string(&why, "no record came back");
			show_pair(c, &why, sent, i < t.answer_count ? t.answers[i].line : (struct souk_text){0});
			break;
		}
		fit = conform_compare(c, sent, a->line, &why);
		if (fit == CONFORM_ALTERED || fit == CONFORM_MEMBERS)
			show_pair(c, &why, sent, a->line);
	}
	souk_buffer_free(&more);
	souk_buffer_free(&why);
	conform_trial_free(&t);
}
CONFORM_CHECK(check_older, "older", 2,
	"an older member of its name is removed, however it is spelt", CONFORM_ONLY_FILTER);

static void check_long(struct conform *c)
{
	struct conform_trial t = {.lines.tag = "long"};
	struct souk_buffer more = {0};
	size_t len = 900u << 10;

	souk_add_string(&more, ",\"x-odd\":\"");
	memset(souk_buffer_room(&more, len), 'x', len);
	more.len += len;
	souk_add(&more, "\"", 2);
	conform_add_record(c, &t.lines, more.at, "\n");
	conform_add_record(c, &t.lines, "", "\n");
	conform_try(c, &t);
	expect_ids(c, &t);
	if (!c->broken)
		expect_no(c, &t, CONFORM_ALTERED);
	souk_buffer_free(&more);
	conform_trial_free(&t);
}
CONFORM_CHECK(check_long, "long", 2,
	"a record of 900 KiB passes like any other", CONFORM_ONLY_FILTER);

static void check_failed(struct conform *c)
{
	static const char *const verdicts[] = {
		",\"error\":{\"by\":\"elsewhere\",\"code\":\"declined\",\"message\":\"no\"}",
		",\"error\" : { \"by\":\"elsewhere\",\"code\":\"out_of_stock\",\"n\":1.10 } ,\"x-odd\":1e400 ",
		",\"err\\u006fr\":{\"by\":\"elsewhere\",\"code\":\"declined\",\"message\":\"\\u0069\"}",
		",\"wait\":{\"by\":\"elsewhere\",\"code\":\"unreachable\",\"message\":\"later\"}",
		",\"w\\u0061it\":{\"by\":\"elsewhere\",\"code\":\"unreachable\"},\"x-odd\":-0",
	};
	struct conform_trial t = {.lines.tag = "failed"};

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(*verdicts); i++)
		conform_add_record(c, &t.lines, verdicts[i], "\n");
	conform_try(c, &t);
	for (size_t i = 0; i < t.lines.count && !c->broken; i++) {
		const struct conform_answer *a = conform_answer_to(&t, i);
		struct souk_text sent = conform_line_text(&t.lines, i);

		if (a && souk_text_equal(sent, a->line))
			continue;
		conform_broken(c, a ? "it was changed" : "it did not come back");
		conform_show(c, "sent", sent);
		if (a)
			conform_show(c, "came", a->line);
	}
	if (!c->broken)
		conform_expect_exit(c, &t.run, SOUK_EXIT_OK, "failed and waiting records, none of them bad");
	conform_trial_free(&t);
}
CONFORM_CHECK(check_failed, "failed", 3,
	"failed and waiting records pass untouched", CONFORM_NOT_SETTLES);
