/* SPDX-License-Identifier: ISC */
/* judge.c: whether bad lines became the error records they should (rule 3). */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "conform.h"

/* So much of a bad line is kept in its error record. */
#define QUOTED_BYTES (64u << 10)
#define BASE64 sodium_base64_VARIANT_ORIGINAL

static bool text_is(struct souk_record *r, const struct souk_node *object, const char *name,
	struct souk_text expected)
{
	const struct souk_node *node = souk_find(r, object, name);
	struct souk_text text;

	return node && node->type == SOUK_STRING && souk_decode(r, node, &text)
		&& souk_text_equal(text, expected);
}

static bool number_is(struct souk_record *r, const struct souk_node *object, const char *name,
	size_t expected)
{
	const struct souk_node *node = souk_find(r, object, name);
	char digits[24];

	snprintf(digits, sizeof(digits), "%zu", expected);
	return node && node->type == SOUK_NUMBER && souk_text_is(souk_raw(r, node), digits);
}

static bool has_text(struct souk_record *r, const struct souk_node *object, const char *name)
{
	const struct souk_node *node = souk_find(r, object, name);

	return node && node->type == SOUK_STRING && node->len > 0;
}

const char *conform_fault_of_bad(struct conform *c, const struct conform_lines *l, size_t index,
	struct souk_text came)
{
	static const char *const texts[] = {"by", "code", "message"};
	struct souk_text bad = conform_line_text(l, index);
	size_t quoted = bad.len < QUOTED_BYTES ? bad.len : QUOTED_BYTES;
	unsigned char digest[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof(digest) + 1], *base64;
	struct souk_record *r = &c->came;
	const struct souk_node *error;
	bool same;

	if (!conform_parse(r, came))
		return "it did not become a record";
	error = souk_member(r, "error");
	if (!error || error->type != SOUK_OBJECT)
		return "it was not refused by an object 'error'";
	if (souk_count(r, r->nodes) != 1)
		return "its record holds more than 'error'";
	for (size_t i = 0; i < 3; i++)
		if (!has_text(r, error, texts[i]))
			return "error needs the texts by, code and message";
	if (!number_is(r, error, "line", l->at[index].number))
		return "error.line is not the number of the line, from 1, blank ones counted";
	if (!number_is(r, error, "byte", l->at[index].at))
		return "error.byte is not where the line begins in the stream, from 0";
	if (!number_is(r, error, "length", bad.len))
		return "error.length is not the bytes of the line without its line end";
	crypto_hash_sha256(digest, (const unsigned char *)bad.at, bad.len);
	sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
	if (!text_is(r, error, "sha256", souk_text_of(hex)))
		return "error.sha256 is not the SHA-256 of the line, in hex, its line end left out";
	base64 = malloc(sodium_base64_encoded_len(quoted, BASE64));
	if (!base64)
		souk_die("out of memory");
	sodium_bin2base64(base64, sodium_base64_encoded_len(quoted, BASE64), (const unsigned char *)bad.at,
		quoted, BASE64);
	same = text_is(r, error, "input", souk_text_of(base64));
	free(base64);
	return same ? NULL : "error.input is not the line in base64, of a long one its first 64 KiB";
}

static size_t position_of(const struct conform_trial *t, size_t line)
{
	const struct conform_answer *a = conform_answer_to(t, line);

	return a ? (size_t)(a - t->answers) : CONFORM_NONE;
}

/* The answer to bad line `index`, which stands between two records: of a filter,
 * what comes between their answers; of others, the next that belongs to no record. */
static const struct conform_answer *find_bad(struct conform *c, const struct conform_trial *t,
	size_t index, size_t *next)
{
	if (c->kind == CONFORM_FILTER) {
		size_t before = position_of(t, index - 1), after = position_of(t, index + 1);

		if (before == CONFORM_NONE || after == CONFORM_NONE)
			conform_broken(c, "the stream did not go on: a record beside it has no answer");
		else if (after - before != 2)
			conform_broken(c, "%zu lines came for one", after - before - 1);
		return c->broken ? NULL : &t->answers[before + 1];
	}
	for (; *next < t->answer_count; ++*next) {
		struct souk_text line = t->answers[*next].line;

		if (!conform_parse(&c->came, line)
			|| (souk_member(&c->came, "error") && !souk_member(&c->came, "id")))
			return &t->answers[(*next)++];
	}
	conform_broken(c, "no error record came for it");
	return NULL;
}

void conform_judge_bad(struct conform *c, const struct conform_trial *t)
{
	size_t next = 0;

	for (size_t i = 1; i < t->lines.count && !c->broken; i += 2) {
		const struct conform_answer *a = find_bad(c, t, i, &next);
		const char *fault = a ? conform_fault_of_bad(c, &t->lines, i, a->line) : NULL;

		if (fault)
			conform_broken(c, "%s", fault);
		if (!c->broken)
			continue;
		conform_show(c, "sent", conform_line_text(&t->lines, i));
		if (a)
			conform_show(c, "came", a->line);
	}
	conform_expect_exit(c, &t->run, SOUK_EXIT_BAD, "a stream with bad lines");
}
