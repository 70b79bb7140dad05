/* SPDX-License-Identifier: ISC */
/* The record layer: what RFC 8259 allows and forbids, and that splicing changes
 * nothing but the members it is about. */
#include "pass.h"
#include "record.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

static const char *const reads[] = {"id", "lines", "customer.group", NULL};
static struct souk_buffer line;

static bool parse_bytes(struct souk_record *r, const char *bytes, size_t len)
{
	static const char pad[SOUK_RECORD_PAD + 1] = "\n";

	line.len = 0;
	souk_add(&line, bytes, len);
	souk_add(&line, pad, sizeof(pad));
	return souk_record_parse(r, line.at, len);
}

static bool parse(struct souk_record *r, const char *text)
{
	return parse_bytes(r, text, strlen(text));
}

/* Both ways a value can be read: kept, and only validated. */
static int accepted(const char *value, size_t len)
{
	const struct souk_interest all = {.reads = (const char *const[]){"*", NULL}}, none = {0};
	struct souk_record r;
	struct souk_buffer text = {0};
	int count = 0;

	souk_add_string(&text, "{\"id\":1,\"v\":");
	souk_add(&text, value, len);
	souk_add_string(&text, "}");
	for (int i = 0; i < 2; i++) {
		souk_record_init(&r, "test", i ? &all : &none);
		count += parse_bytes(&r, text.at, text.len);
		souk_record_free(&r);
	}
	souk_buffer_free(&text);
	return count;
}

static const char *const valid[] = {
	"0", "-0", "1", "-1", "10", "1.0", "0.0", "-0.0", "1e5", "1E5", "1e+5", "1e-5", "1.5e300", "1e99999",
	"123456789012345678901234567890", "0.1e1", "0e0", "\"\"", "\"a\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
	"\"\\u0000\"", "\"\\uD834\\uDD1E\"", "\"\\ud800\"", "\"\\uDC00\"", "\"\x7f\"", "\"\xc2\x80\"", "\"\xdf\xbf\"",
	"\"\xe0\xa0\x80\"", "\"\xed\x9f\xbf\"", "\"\xee\x80\x80\"", "\"\xef\xbf\xbf\"", "\"\xf0\x90\x80\x80\"",
	"\"\xf4\x8f\xbf\xbf\"", "true", "false", "null", "[]", "{}", "[[]]", "[{}]", "{\"a\":[]}", " [ 1 , 2 ] ",
	"\t{\t\"a\"\t:\t1\t}\t", "{\"\":0}", "[null,true,false,\"x\",-1.5e-7]", "{\"a\":{\"a\":{\"a\":1}}}",
	"\"a string that is longer than sixteen bytes, so that scanning takes steps\"",
	"\"sixteen bytes ..\"", "\"fifteen bytes ..\\n\"", "\"0123456789abcde\xc3\xa9\"", "\r1\r",
};

static const char *const invalid[] = {
	"", "01", "-", "-01", "+1", "1.", ".5", "-.5", "1e", "1e+", "1e-", "1E", "0x1", "1_000", "1 2", "NaN", "nan",
	"Infinity", "-Infinity", "1.e1", "1.2.3", "--1", "0e", "00", "-00", "1a", "0.1.", "\xef\xbc\x91",
	"\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\a\"", "\"\\'\"", "\"\\u\"", "\"\\u0\"", "\"\\u00\"", "\"\\u000\"",
	"\"\\u00g0\"", "\"\\U0000\"", "\"\\u 000\"", "\"\\", "\"\t\"", "\"\x01\"", "\"\x1f\"", "\"\r\"", "'a'", "a",
	"\"\x80\"", "\"\xbf\"", "\"\xc0\x80\"", "\"\xc1\xbf\"", "\"\xc2\"", "\"\xc2\x20\"", "\"\xe0\x80\x80\"",
	"\"\xe0\x9f\xbf\"", "\"\xed\xa0\x80\"", "\"\xed\xbf\xbf\"", "\"\xe2\x82\"", "\"\xf0\x80\x80\x80\"",
	"\"\xf0\x8f\xbf\xbf\"", "\"\xf4\x90\x80\x80\"", "\"\xf5\x80\x80\x80\"", "\"\xff\"", "\"\xfe\"",
	"\"\xf0\x9d\x84\"", "\"0123456789abcde\xc3\"",
	"True", "TRUE", "tru", "truee", "nul", "nulll", "fals", "none", "undefined",
	"[", "]", "[1", "[1,", "[1,]", "[,1]", "[1,,2]", "[,]", "[1 2]", "[1:2]", "[1}", "[\"a\"", "[1]]", "[;]", "[1;2]",
	"{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\"}", "{\"a\" 1}", "{\"a\"::1}",
	"{\"a\":1 \"b\":2}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\":1]", "{\"a\":}", "{:1}", "{\"a\",\"b\"}", "{null:1}",
	"{1}", "{{}}", "{[]}", "{\"a\":1,2}", "{\"a\":1,[]}", "{\"a\":1,{}}",
	"{\"a\":1}}", "{\"a\":1,,\"b\":2}", "{[]:1}", "/**/1", "1//", "#", "\v1", "\f1", "\xa0" "1", "\xc2\xa0" "1",
	"\xef\xbb\xbf" "1", "1\n", "[1\n]", "\xe2\x80\xa8" "1", "@", "*", "<null>", "[1]x",
};

TEST(valid_values)
{
	for (size_t i = 0; i < sizeof(valid) / sizeof(*valid); i++)
		if (accepted(valid[i], strlen(valid[i])) != 2) {
			printf("# refused: %s\n", valid[i]);
			CHECK(false);
		}
}

TEST(invalid_values)
{
	for (size_t i = 0; i < sizeof(invalid) / sizeof(*invalid); i++)
		if (accepted(invalid[i], strlen(invalid[i])) != 0) {
			printf("# accepted: %s\n", invalid[i]);
			CHECK(false);
		}
	CHECK_INT(accepted("\"a\0b\"", 5), 0);
	CHECK_INT(accepted("\0", 1), 0);
}

/* A value that nobody reads is checked by blocks of 64 bytes: wherever it begins in one,
 * it is judged as one that is read. */
TEST(block_borders)
{
	const struct souk_interest all = {.reads = (const char *const[]){"*", NULL}}, none = {0};
	const size_t valid_count = sizeof(valid) / sizeof(*valid), count = valid_count + sizeof(invalid) / sizeof(*invalid);
	struct souk_record kept, passed;
	struct souk_buffer text = {0};

	souk_record_init(&kept, "test", &all);
	souk_record_init(&passed, "test", &none);
	for (size_t i = 0; i < count; i++) {
		const char *value = i < valid_count ? valid[i] : invalid[i - valid_count];

		for (int pad = 0; pad < 130; pad++) {
			bool good;

			text.len = 0;
			souk_add_format(&text, "{\"v\":[{\"%0*d\":\"\"},%s],\"id\":1}", pad, 0, value);
			good = parse_bytes(&kept, text.at, text.len);
			if (good != (i < valid_count) || parse_bytes(&passed, text.at, text.len) != good ||
			    (good ? passed.brace != kept.brace || passed.top_count != 2 :
			     strcmp(passed.fault, kept.fault) || passed.fault_at != kept.fault_at)) {
				printf("# %s: %s\n", i < valid_count ? "valid" : "invalid", text.at);
				CHECK(false);
			}
		}
	}
	souk_record_free(&kept);
	souk_record_free(&passed);
	souk_buffer_free(&text);
}

/* The parser reads again what the blocks give up on, so nothing else tells if they
 * always did. */
TEST(whole_values_by_blocks)
{
	static const char value[] = "{\"lines\":[{\"sku\":\"85123A\",\"qty\":6,\"gift\":true},{\"sku\":\"22752\","
		"\"qty\":10,\"discount\":-0.5}],\"notes\":[],\"a name that is longer than a whole block of sixty-four bytes\":"
		"\"a t\xc3\xa9xt of {more}, [than]: \",\"totals\":{},\"total\":0}";

	line.len = 0;
	souk_add_format(&line, "{\"v\":%s}\n%*s", value, SOUK_RECORD_PAD, "");
	CHECK(!souk_can_pass() || souk_pass(line.at + 5) == line.at + 5 + strlen(value));
	CHECK_INT(accepted(value, strlen(value)), 2);
}

TEST(not_records)
{
	static const char *const lines[] = {"", " ", "1", "[]", "\"a\"", "null", "{", "{}{}", "{} {}", "{},", "{}x", "x{}",
		"\xef\xbb\xbf{}", "{\"a\":1}\x01", "}", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}",
		"{\"id\":1,\"x\":{},\"id\":1}", "{\"pr\\u0069ce\":1,\"price\":2}", "{\"\":1,\"\":2}"};
	struct souk_record r;

	souk_record_init(&r, "test", &(struct souk_interest){.reads = reads, .writes = "test"});
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		if (parse(&r, lines[i]))
			printf("# accepted: %s\n", lines[i]);
		CHECK(!parse(&r, lines[i]));
		CHECK(r.fault != NULL && r.fault_at <= strlen(lines[i]));
	}
	CHECK(parse(&r, "{}"));
	CHECK(parse(&r, " {\"a\":1,\"b\":{\"a\":1,\"a\":2}} "));
	souk_record_free(&r);
}

TEST(many_names)
{
	struct souk_buffer b = {0};
	struct souk_record r;

	souk_record_init(&r, "test", &(struct souk_interest){.reads = reads});
	for (int twice = -1; twice < 40; twice += 41 / 2) {
		b.len = 0;
		souk_add_string(&b, "{");
		for (int i = 0; i < 40; i++)
			souk_add_format(&b, "%s\"name%d\":[%d]", i ? "," : "", i, i);
		if (twice >= 0)
			souk_add_format(&b, ",\"nam\\u0065%d\":0", twice);
		souk_add_string(&b, "}");
		CHECK_INT(parse_bytes(&r, b.at, b.len), twice < 0);
	}
	souk_buffer_free(&b);
	souk_record_free(&r);
}

TEST(depth)
{
	struct souk_buffer b = {0};

	for (int depth = SOUK_MAX_DEPTH - 1; depth <= SOUK_MAX_DEPTH; depth++) {
		b.len = 0;
		for (int i = 0; i < depth; i++)
			souk_add_char(&b, '[');
		for (int i = 0; i < depth; i++)
			souk_add_char(&b, ']');
		CHECK_INT(accepted(b.at, b.len), depth < SOUK_MAX_DEPTH ? 2 : 0);
	}
	souk_buffer_free(&b);
}

TEST(reading)
{
	struct souk_record r;
	struct souk_text text = {0};
	const struct souk_node *lines, *first, *second;
	int64_t qty = 0;

	souk_record_init(&r, "test", &(struct souk_interest){.reads = reads});
	CHECK(parse(&r, "{\"x\":[1],\"\\u0069d\":\"a\\u00e9\\ud834\\udd1e\\n\",\"lines\":[{\"sku\":\"A\",\"qty\":6},"
		"{\"qty\":7.0,\"qty\":1,\"o\":{\"p\":[0,{\"q\":\"s\"}]}}]}"));
	CHECK(souk_member(&r, "id") && souk_decode(&r, souk_member(&r, "id"), &text));
	CHECK_TEXT(text, "a\xc3\xa9\xf0\x9d\x84\x9e\n");
	CHECK(souk_member(&r, "x") == NULL);
	CHECK(souk_need_node(&r, NULL, "lines", SOUK_ARRAY, &lines));
	CHECK_INT(souk_count(&r, lines), 2);
	first = souk_first(&r, lines);
	second = souk_next(&r, lines, first);
	CHECK(souk_next(&r, lines, second) == NULL);
	CHECK(souk_need_int(&r, first, "qty", 1, 10, &qty));
	CHECK_INT(qty, 6);
	CHECK(!souk_need_int(&r, first, "qty", 1, 5, &qty));
	CHECK_TEXT(((struct souk_text){r.error.at, r.error.len}), "{\"by\":\"test\",\"code\":\"bad_record\","
		"\"message\":\"lines[0].qty: must be a whole number from 1 to 5\"");
	CHECK(!souk_need_int(&r, second, "qty", 1, 5, &qty));
	CHECK_TEXT(((struct souk_text){r.error.at, r.error.len}), "{\"by\":\"test\",\"code\":\"bad_record\","
		"\"message\":\"lines[1]: a member name stands twice in it\"");
	CHECK(!souk_need_text(&r, first, "title", 1, 5, &text));
	CHECK_TEXT(((struct souk_text){r.error.at, r.error.len}), "{\"by\":\"test\",\"code\":\"bad_record\","
		"\"message\":\"lines[0].title is missing\"");
	line.len = 0;
	souk_add_path(&line, &r, souk_find(&r, souk_first(&r, souk_find(&r, souk_find(&r, second, "o"), "p")) + 1, "q"));
	CHECK_TEXT(((struct souk_text){line.at, line.len}), "lines[1].o.p[1].q");
	souk_record_free(&r);
}

TEST(integers)
{
	static const struct { const char *json; bool ok; int64_t value; } cases[] = {
		{"0", true, 0}, {"-0", true, 0}, {"9223372036854775807", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN}, {"9223372036854775808", false, 0},
		{"-9223372036854775809", false, 0}, {"99999999999999999999999", false, 0}, {"1.0", false, 0},
		{"1e2", false, 0}, {"\"1\"", false, 0}, {"true", false, 0}, {"[1]", false, 0},
	};
	struct souk_record r;

	souk_record_init(&r, "test", &(struct souk_interest){.reads = reads});
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[80];
		int64_t value = 77;

		snprintf(text, sizeof(text), "{\"id\":%s}", cases[i].json);
		CHECK(parse(&r, text));
		CHECK_INT(souk_need_int(&r, NULL, "id", INT64_MIN, INT64_MAX, &value), cases[i].ok);
		CHECK_INT(value, cases[i].ok ? cases[i].value : 77);
	}
	souk_record_free(&r);
}

/* A random record of members, some of them those that the record layer cuts, with
 * white space everywhere: what comes out must be what is said here, byte for byte. */
TEST(splicing)
{
	static const char *const space[] = {"", " ", "\t", "  "};
	struct souk_record r;

	souk_record_init(&r, "test", &(struct souk_interest){.reads = reads, .writes = "test"});
	for (int round = 0; round < 20000; round++) {
		static const char *const names[] = {"\"test\"", "\"wait\"", "\"error\"", "\"id\"", "\"b\"", "\"c\"", "\"t\\u0065st\""};
		struct souk_buffer in = {0}, kept = {0}, out = {0};
		enum souk_outcome outcome = (enum souk_outcome[]){SOUK_ANSWER, SOUK_REFUSED, SOUK_WAITING}[unit_random() % 3];
		bool used[7] = {0}, drop = unit_random() % 2, answers = outcome != SOUK_REFUSED;
		int members = (int)(unit_random() % 6), left = 0;

		souk_add_string(&in, "{");
		for (int i = 0; i < members; i++) {
			size_t name = unit_random() % 7;
			bool cut;

			if (used[name] || (name == 6 && used[0]) || (name == 0 && used[6]))
				continue;
			used[name] = true;
			souk_add_format(&in, "%s%s%s%s:%s[1,%zu]", in.len > 1 ? "," : "", space[unit_random() % 4], names[name],
				space[unit_random() % 4], space[unit_random() % 4], name);
			cut = name == 0 || name == 6 || (name == 1 && (drop || outcome == SOUK_WAITING)) ||
				(name == 2 && outcome == SOUK_REFUSED);
			if (!cut)
				souk_add_format(&kept, "%s%s:[1,%zu]", left++ ? "," : "", names[name], name);
		}
		souk_add_format(&in, "%s}%s", space[unit_random() % 4], space[unit_random() % 4]);
		CHECK(parse_bytes(&r, in.at, in.len));
		r.drop_wait = drop;
		if (answers)
			souk_add_string(&r.answer, "{}");
		if (outcome == SOUK_REFUSED)
			souk_refuse(&r, "x", "y");
		if (outcome == SOUK_WAITING)
			souk_wait(&r, "x", "y");
		souk_record_write(&r, outcome, &out);
		if (answers)
			souk_add_format(&kept, "%s\"test\":{}", left++ ? "," : "");
		if (outcome != SOUK_ANSWER)
			souk_add_format(&kept, "%s\"%s\":{\"by\":\"test\",\"code\":\"x\",\"message\":\"y\"}", left ? "," : "",
				outcome == SOUK_REFUSED ? "error" : "wait");
		/* White space may go with a member or stay, so it does not count here. */
		line.len = 0;
		for (size_t i = 1; i < out.len; i++)
			if (!strchr(" \t\n", out.at[i]))
				souk_add_char(&line, out.at[i]);
		souk_add_char(&kept, '}');
		if (!souk_text_equal((struct souk_text){line.at, line.len}, (struct souk_text){kept.at, kept.len})) {
			printf("# %.*s -> %.*s", (int)in.len, in.at, (int)out.len, out.at);
			CHECK(false);
		}
		CHECK(parse_bytes(&r, out.at, out.len - 1));
		souk_buffer_free(&in);
		souk_buffer_free(&kept);
		souk_buffer_free(&out);
	}
	souk_record_free(&r);
}

TEST(untouched_bytes)
{
	struct souk_record r;
	struct souk_buffer out = {0};

	souk_record_init(&r, "test", &(struct souk_interest){.reads = reads, .writes = "test"});
	CHECK(parse(&r, " { \"n\" : 1.10 , \"big\":100000000000000000001,\"e\":\"\\u0041\\/\",\"id\":\"1\" } \t"));
	souk_add_string(&r.answer, "7");
	souk_record_write(&r, SOUK_ANSWER, &out);
	CHECK_TEXT(((struct souk_text){out.at, out.len}),
		" { \"n\" : 1.10 , \"big\":100000000000000000001,\"e\":\"\\u0041\\/\",\"id\":\"1\" ,\"test\":7} \t\n");
	souk_buffer_free(&out);
	souk_record_free(&r);
}
