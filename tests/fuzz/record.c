/* SPDX-License-Identifier: ISC */
/*
 * Whatever bytes come in: the record layer takes exactly the lines that a plain
 * reading of RFC 8259 and RFC 3629 takes, reads nothing beyond them, and what it
 * writes is a record again that differs by its own member only.
 */
#include "card.h"
#include "record.h"

#include "fuzz.h"

const char *const fuzz_seeds[] = {
	"{\"id\":\"o1\",\"currency\":\"GBP\",\"lines\":[{\"id\":\"1\",\"sku\":\"85123A\",\"qty\":6}]}",
	"{\"id\":\"o\\u0031\",\"stage\":{\"state\":\"held\",\"x\":1.50e-7},\"pay_with\":[{\"token\":\"4111 1111 1111 1111\"}]}",
	"{\"error\":{\"by\":\"stock\",\"code\":\"out_of_stock\"},\"stage\":1,\"wait\":null}",
	"{\"wait\":{\"by\":\"stage\"},\"ship\":{\"charges\":[{\"amount\":-1}]},\"\\u0073tage\":[true,false,null]}",
	" {\t\"a\" : [ 1 , -0.5E+10 , [ ] , { } ] , \"\xc3\xa9\xe2\x82\xac\xf0\x9f\x9b\x92\" : \"\\ud83d\\uded2\\\"\\\\\\/\\b\\f\\n\\r\\t\" } ",
	"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1,\"a\":2}}}},\"x\":[[[[[[[[[[[[]]]]]]]]]]]]}",
	"{\"n1\":1,\"n2\":2,\"n3\":3,\"n4\":4,\"n5\":5,\"n6\":6,\"n7\":7,\"n8\":8,\"n9\":9,\"n10\":0,\"n11\":1,"
	"\"n12\":2,\"n13\":3,\"n14\":4,\"n15\":5,\"n16\":6,\"n17\":7,\"n18\":8,\"stage\":9,\"n20\":0}",
	"{\"lines\":[{\"qty\":9223372036854775807,\"sku\":\"a string that is longer than sixteen bytes, and some more\"}]}",
	"{}", NULL,
};

const char *const fuzz_words[] = {
	"{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\u0000", "\\ud800", "\\udc00", "\\u0069d", "\"id\":", "\"id\":\"x\",",
	"\"stage\":", "\"stage\":{\"state\":1},", "\"error\":{},", "\"wait\":{},", "\"lines\":", "\"charges\":[],", "null", "true",
	"false", "0", "-", "1e5", "0.", "-0", "E", "9223372036854775808", " ", "\t", "\r", "\n", "\x01", "\x7f", "\xc3", "\xa9",
	"\xc0\xaf", "\xed\xa0\x80", "\xef\xbb\xbf", "\xf0\x9f\x9b\x92", "\xf4\x90\x80\x80", "]]]]]]]]]]]]]]]]",
	"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
	"{\"a\":{\"a\":{\"a\":", "}}}", "\"n5\":5,", "4111111111111111", "\"\":0,", NULL,
};

/* ---- A plain reading of the rules ---- */

struct reading {
	const unsigned char *at, *end;
	bool too_deep;
};

static void skip_space(struct reading *in)
{
	while (in->at < in->end && (*in->at == ' ' || *in->at == '\t' || *in->at == '\r'))
		in->at++;
}

static bool take(struct reading *in, char c)
{
	if (in->at == in->end || *in->at != (unsigned char)c)
		return false;
	in->at++;
	return true;
}

static bool take_digits(struct reading *in)
{
	const unsigned char *start = in->at;

	while (in->at < in->end && *in->at >= '0' && *in->at <= '9')
		in->at++;
	return in->at > start;
}

static bool read_number(struct reading *in)
{
	take(in, '-');
	if (!take(in, '0') && !take_digits(in))
		return false;
	if (take(in, '.') && !take_digits(in))
		return false;
	if (take(in, 'e') || take(in, 'E')) {
		if (!take(in, '+'))
			take(in, '-');
		return take_digits(in);
	}
	return true;
}

/* A character of UTF-8 by the table of RFC 3629. */
static bool read_character(struct reading *in)
{
	static const struct {
		unsigned char first, last, low, high;
		int more;
	} rows[] = {
		{0x20, 0x7f, 0, 0, 0}, {0xc2, 0xdf, 0x80, 0xbf, 1}, {0xe0, 0xe0, 0xa0, 0xbf, 2}, {0xe1, 0xec, 0x80, 0xbf, 2},
		{0xed, 0xed, 0x80, 0x9f, 2}, {0xee, 0xef, 0x80, 0xbf, 2}, {0xf0, 0xf0, 0x90, 0xbf, 3},
		{0xf1, 0xf3, 0x80, 0xbf, 3}, {0xf4, 0xf4, 0x80, 0x8f, 3},
	};
	unsigned char first = *in->at++;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (first < rows[i].first || first > rows[i].last)
			continue;
		for (int n = 0; n < rows[i].more; n++, in->at++)
			if (in->at == in->end || *in->at < (n ? 0x80 : rows[i].low) || *in->at > (n ? 0xbf : rows[i].high))
				return false;
		return true;
	}
	return false;
}

static bool read_string(struct reading *in)
{
	if (!take(in, '"'))
		return false;
	while (in->at < in->end && *in->at != '"') {
		if (!take(in, '\\')) {
			if (!read_character(in))
				return false;
			continue;
		}
		if (in->at == in->end || !strchr("\"\\/bfnrtu", *in->at) || !*in->at)
			return false;
		if (*in->at++ == 'u')
			for (int i = 0; i < 4; i++, in->at++)
				if (in->at == in->end || !strchr("0123456789abcdefABCDEF", *in->at) || !*in->at)
					return false;
	}
	return take(in, '"');
}

static bool read_word(struct reading *in, const char *word)
{
	for (; *word; word++)
		if (!take(in, *word))
			return false;
	return true;
}

static bool read_value(struct reading *in, int depth)
{
	char open;

	skip_space(in);
	if (in->at == in->end)
		return false;
	open = (char)*in->at;
	if (open == '"')
		return read_string(in);
	if (open == 't' || open == 'f' || open == 'n')
		return read_word(in, open == 't' ? "true" : open == 'f' ? "false" : "null");
	if (open != '{' && open != '[')
		return read_number(in);
	if (depth == SOUK_MAX_DEPTH) {
		in->too_deep = true;
		return false;
	}
	in->at++;
	skip_space(in);
	if (take(in, open == '{' ? '}' : ']'))
		return true;
	do {
		skip_space(in);
		if (open == '{') {
			if (!read_string(in))
				return false;
			skip_space(in);
			if (!take(in, ':'))
				return false;
		}
		if (!read_value(in, depth + 1))
			return false;
		skip_space(in);
	} while (take(in, ','));
	return take(in, open == '{' ? '}' : ']');
}

static bool is_object(const char *line, size_t len, bool *too_deep)
{
	struct reading in = {.at = (const unsigned char *)line, .end = (const unsigned char *)line + len};
	bool good;

	skip_space(&in);
	good = in.at < in.end && *in.at == '{' && read_value(&in, 0);
	skip_space(&in);
	*too_deep = in.too_deep;
	return good && in.at == in.end;
}

/* ---- What has to hold ---- */

/* A line with just the bytes behind it that it must have. */
static char *pad(const char *line, size_t len)
{
	char *padded = calloc(1, len + SOUK_RECORD_PAD);

	if (!padded)
		abort();
	memcpy(padded, line, len);
	padded[len] = '\n';
	return padded;
}

static void check_nodes(struct souk_record *r)
{
	struct souk_buffer path = {0};
	struct souk_text text;

	FUZZ_CHECK(r->node_count > 0 && r->nodes[0].type == SOUK_OBJECT);
	FUZZ_CHECK(r->nodes[0].next == r->node_count);
	for (uint32_t i = 0; i < r->node_count; i++) {
		const struct souk_node *n = &r->nodes[i];

		FUZZ_CHECK(n->next > i && n->next <= r->node_count);
		FUZZ_CHECK((size_t)n->at + n->len <= r->len);
		if (n->type == SOUK_STRING && souk_decode(r, n, &text))
			FUZZ_CHECK(souk_utf8_valid(text.at, text.len) == text.len);
		if (i % 16 == 0)
			souk_add_path(&path, r, n);
	}
	souk_buffer_free(&path);
}

/* All readers on what there is, of whatever type. */
static void read_members(struct souk_record *r)
{
	static const char *const names[] = {"id", "lines", "qty", "sku", "pay_with", "wait", "", NULL};
	const struct souk_node *objects[] = {NULL, souk_member(r, "ship"), r->own_member, r->error_member}, *node;

	for (size_t i = 0; i < sizeof(objects) / sizeof(*objects); i++) {
		for (const char *const *name = names; *name; name++) {
			struct souk_text text = SOUK_TEXT("");
			int64_t number = 0;
			bool flag = false;

			if (i && !objects[i])
				continue;
			if (souk_may_int(r, objects[i], *name, 1, 1000000000, &number))
				FUZZ_CHECK(number >= 0 && number <= 1000000000);
			if (souk_need_text(r, objects[i], *name, 1, 128, &text))
				FUZZ_CHECK(text.len >= 1 && text.len <= 128 && !memchr(text.at, '\0', text.len));
			souk_may_bool(r, objects[i], *name, &flag);
			if (souk_may_node(r, objects[i], *name, SOUK_ARRAY, &node) && souk_find(r, objects[i], *name))
				souk_count(r, souk_find(r, objects[i], *name));
		}
	}
	souk_holds_card_number(r, souk_member(r, "pay_with"));
	r->error.len = 0;
}

static const struct souk_interest interests[] = {
	{NULL, "stage"},
	{(const char *const[]){"*", NULL}, "stage"},
	{(const char *const[]){"id", "lines", "pay_with?", "customer.group", NULL}, "stage"},
	{(const char *const[]){"ship.charges", "*.charges", "id", NULL}, "stage"},
};

static void set_outcome(struct souk_record *r, enum souk_outcome outcome)
{
	if (outcome == SOUK_ANSWER)
		souk_add_string(&r->answer, "{\"state\":\"done\"}");
	else if (outcome == SOUK_WAITING)
		souk_wait(r, "unknown", "wait for it");
	else
		souk_refuse(r, "refused", "for a reason");
}

/* The members that a stage must not touch, as they are spelled. */
static void add_others(struct souk_buffer *out, struct souk_record *r)
{
	for (const struct souk_node *n = souk_first(r, &r->nodes[0]); n; n = souk_next(r, &r->nodes[0], n)) {
		struct souk_text name, raw = souk_raw(r, n);

		if (souk_decode(r, n, &name) &&
		    (souk_text_is(name, "stage") || souk_text_is(name, "error") || souk_text_is(name, "wait")))
			continue;
		souk_add(out, raw.at, raw.len);
		raw = souk_raw(r, n + 1);
		souk_add(out, raw.at, raw.len);
	}
}

static bool same_nodes(const struct souk_record *a, const struct souk_record *b)
{
	bool all = a->node_count == b->node_count && a->brace == b->brace;

	for (uint32_t i = 0; all && i < a->node_count; i++) {
		const struct souk_node *m = &a->nodes[i], *n = &b->nodes[i];

		all = m->at == n->at && m->len == n->len && m->next == n->next && m->type == n->type &&
			m->escaped == n->escaped && m->flagged == n->flagged;
	}
	return all;
}

static bool same(const struct souk_buffer *a, const struct souk_buffer *b)
{
	return a->len == b->len && (a->len == 0 || !memcmp(a->at, b->at, a->len));
}

/* Writes the record with that outcome: the result is a record that has it, and
 * otherwise the same one. Doing it again to the result makes no difference but, once,
 * of white space: that before a comma goes with the member after it. */
static void check_write(struct souk_record *r, const struct souk_interest *interest, enum souk_outcome outcome)
{
	struct souk_buffer written[3] = {{0}}, others[2] = {{0}}, ends = {0};
	struct souk_record again = {0}, handed = {0};
	char *line = NULL;

	add_others(&others[0], r);
	set_outcome(r, outcome);
	r->ends = &ends;
	souk_record_write(r, outcome, &written[0]);
	r->ends = NULL;
	for (int i = 0; i < 2; i++) {
		size_t len = written[i].len - 1;

		FUZZ_CHECK(written[i].at[len] == '\n');
		free(line);
		line = pad(written[i].at, len);
		souk_record_free(&again);
		souk_record_init(&again, "stage", interest);
		FUZZ_CHECK(souk_record_parse(&again, line, len));
		FUZZ_CHECK((outcome == SOUK_ANSWER ? again.own_member :
			outcome == SOUK_WAITING ? again.wait_member : again.error_member) != NULL);
		if (outcome == SOUK_REFUSED)
			FUZZ_CHECK(!again.own_member);
		/* Where the members end is what the next stage is told, and it finds the same. */
		if (i == 0 && outcome != SOUK_REDACTED) {
			souk_record_init(&handed, "stage", interest);
			FUZZ_CHECK(ends.len == again.top_count * sizeof(uint32_t));
			FUZZ_CHECK(souk_record_parse_written(&handed, line, len, (const void *)ends.at));
			FUZZ_CHECK(same_nodes(&handed, &again));
			souk_record_free(&handed);
		}
		others[1].len = 0;
		add_others(&others[1], &again);
		FUZZ_CHECK(outcome == SOUK_REDACTED ? again.top_count <= 2 : same(&others[0], &others[1]));
		set_outcome(&again, outcome);
		souk_record_write(&again, outcome, &written[i + 1]);
	}
	FUZZ_CHECK(same(&written[1], &written[2]));
	souk_record_free(&again);
	for (int i = 0; i < 3; i++)
		souk_buffer_free(&written[i]);
	souk_buffer_free(&others[0]);
	souk_buffer_free(&others[1]);
	souk_buffer_free(&ends);
	free(line);
}

static void check_line(const char *line, size_t len, const struct souk_interest *interest, bool valid,
	bool too_deep, int *parsed)
{
	static const enum souk_outcome outcomes[] = {SOUK_ANSWER, SOUK_REFUSED, SOUK_WAITING, SOUK_REDACTED};
	struct souk_buffer out = {0};
	struct souk_record r;
	bool good;

	souk_record_init(&r, "stage", interest);
	good = souk_record_parse(&r, line, len);
	if (!good) {
		FUZZ_CHECK(r.fault && r.fault_code && r.fault_at <= len);
		FUZZ_CHECK(!valid || !strcmp(r.fault, "a member name stands twice"));
		FUZZ_CHECK(valid || !strcmp(r.fault_code, "too_deep") == too_deep);
	} else {
		FUZZ_CHECK(valid);
		check_nodes(&r);
		souk_record_write(&r, SOUK_PASS, &out);
		FUZZ_CHECK(out.len == len + 1 && !memcmp(out.at, line, len));
		read_members(&r);
		for (size_t i = 0; i < sizeof(outcomes) / sizeof(*outcomes); i++) {
			FUZZ_CHECK(souk_record_parse(&r, line, len));
			check_write(&r, interest, outcomes[i]);
		}
	}
	/* What is looked at does not change what is taken. */
	FUZZ_CHECK(*parsed == -1 || *parsed == good);
	*parsed = good;
	souk_record_free(&r);
	souk_buffer_free(&out);
}

static void fuzz_one(const char *bytes, size_t len)
{
	const char *newline = len ? memchr(bytes, '\n', len) : NULL;
	bool valid, too_deep;
	int parsed = -1;
	char *line;

	if (newline)
		len = (size_t)(newline - bytes);
	line = pad(bytes, len);
	valid = is_object(line, len, &too_deep);
	for (size_t i = 0; i < sizeof(interests) / sizeof(*interests); i++)
		check_line(line, len, &interests[i], valid, too_deep, &parsed);
	free(line);
}
