/* SPDX-License-Identifier: ISC */
/* compare.c: compares an answer with its line, member by member and byte by byte. */
#include "conform.h"

static struct souk_text name_of(struct souk_record *r, const struct souk_node *name)
{
	struct souk_text text = {r->line + name->at, name->len};

	/* A lone surrogate can't be decoded: such a name is compared as it stands. */
	if (name->escaped)
		souk_decode(r, name, &text);
	return text;
}

/* Name, colon and value as they stand. */
static struct souk_text member_bytes(struct souk_record *r, const struct souk_node *name)
{
	struct souk_text value = souk_raw(r, name + 1);
	const char *begin = r->line + name->at - 1;

	return (struct souk_text){begin, (size_t)(value.at - begin) + value.len};
}

static const struct souk_node *after(struct souk_record *r, const struct souk_node *name)
{
	return souk_next(r, r->nodes, name);
}

static const struct souk_node *find(struct souk_record *r, struct souk_text name)
{
	const struct souk_node *at;

	for (at = souk_first(r, r->nodes); at; at = after(r, at))
		if (souk_text_equal(name_of(r, at), name))
			return at;
	return NULL;
}

static bool is_own(const struct conform *c, struct souk_text name)
{
	return c->own.len > 0 && souk_text_is(name, c->own.at);
}

static struct souk_text last_name(struct souk_record *r)
{
	const struct souk_node *at, *last = NULL;

	for (at = souk_first(r, r->nodes); at; at = after(r, at))
		last = at;
	return last ? name_of(r, last) : (struct souk_text){0};
}

/* Whether the program may take this member of its input away: an older one of the
 * name it writes, or the wait that is over. */
static bool may_go(struct conform *c, struct souk_text name)
{
	struct souk_text last;

	if (is_own(c, name) || souk_text_is(name, "wait"))
		return true;
	last = last_name(&c->came);
	/* One that has moved to the end is its own; one that was last already may as
	 * well have been altered. */
	if (souk_text_equal(last, name))
		return c->own.len == 0 && !souk_text_equal(last_name(&c->sent), name);
	/* A refusal takes the older member away and does not say its name. */
	return c->own.len == 0 && souk_text_is(last, "error") && !find(&c->came, name);
}

static enum conform_fit differ(struct conform *c, const struct souk_node *sent,
	const struct souk_node *came, struct souk_buffer *why)
{
	struct souk_text gone = name_of(&c->sent, sent), here;

	if (!came || !find(&c->came, gone)) {
		souk_add_format(why, "member '%.*s' was taken away", SOUK_ARG(gone));
		return CONFORM_ALTERED;
	}
	here = name_of(&c->came, came);
	if (is_own(c, here) || !find(&c->sent, here)) {
		souk_add_format(why, "member '%.*s' was not appended last", SOUK_ARG(here));
		return CONFORM_MEMBERS;
	}
	if (souk_text_equal(gone, here)) {
		struct souk_text old = member_bytes(&c->sent, sent), new = member_bytes(&c->came, came);

		souk_add_format(why, "%.*s became %.*s", SOUK_ARG(old), SOUK_ARG(new));
	} else {
		souk_add_format(why, "member '%.*s' stands where '%.*s' was", SOUK_ARG(here), SOUK_ARG(gone));
	}
	return CONFORM_ALTERED;
}

/* An error or wait says who and why, so that people can be told. */
static bool well_made(struct conform *c, const struct souk_node *value, struct souk_buffer *why)
{
	static const char *const needed[] = {"by", "code", "message"};

	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++) {
		const struct souk_node *text = souk_find(&c->came, value, needed[i]);

		if (!text || text->type != SOUK_STRING || text->len == 0) {
			souk_add_format(why, "the error or wait has no text '%s'", needed[i]);
			return false;
		}
	}
	return true;
}

static bool is_verdict(struct souk_text name)
{
	return souk_text_is(name, "error") || souk_text_is(name, "wait");
}

static enum conform_fit judge_added(struct conform *c, const struct souk_node *added,
	struct souk_buffer *why)
{
	const struct souk_node *of[2] = {added, after(&c->came, added)};
	enum conform_fit fit = CONFORM_ANSWERED;
	struct souk_text first = name_of(&c->came, of[0]), second = {0};

	if (of[1])
		second = name_of(&c->came, of[1]);
	/* Two only where an undecided answer waits. */
	if (of[1] && (after(&c->came, of[1]) || is_verdict(first) == is_verdict(second)
			|| souk_text_is(first, "error") || souk_text_is(second, "error"))) {
		souk_add_format(why, "two members were added, '%.*s' and '%.*s'", SOUK_ARG(first),
			SOUK_ARG(second));
		return CONFORM_MEMBERS;
	}
	for (size_t i = 0; i < 2 && of[i]; i++) {
		struct souk_text name = name_of(&c->came, of[i]);

		if (is_verdict(name)) {
			fit = souk_text_is(name, "error") ? CONFORM_REFUSED : CONFORM_WAITING;
			if (!well_made(c, of[i] + 1, why))
				return CONFORM_MEMBERS;
			continue;
		}
		if (c->own.len == 0) {
			souk_add(&c->own, name.at, name.len);
			souk_add_char(&c->own, '\0');
			c->own.len--;
		} else if (!is_own(c, name)) {
			souk_add_format(why, "added '%.*s' here, '%s' elsewhere", SOUK_ARG(name), c->own.at);
			return CONFORM_MEMBERS;
		}
	}
	return fit;
}

/* The brace that ends a record, and the space behind it. */
static struct souk_text end_of(struct souk_text line)
{
	const char *brace = memrchr(line.at, '}', line.len);

	return (struct souk_text){brace, (size_t)(line.at + line.len - brace)};
}

enum conform_fit conform_compare(struct conform *c, struct souk_text sent, struct souk_text came,
	struct souk_buffer *why)
{
	const struct souk_node *a, *b;
	size_t prefix = 1;
	bool cut = false;

	if (!conform_parse(&c->came, came)) {
		souk_add_format(why, "no record: byte %u: %s", c->came.fault_at + 1, c->came.fault);
		return CONFORM_NO_JSON;
	}
	if (souk_text_equal(sent, came))
		return CONFORM_SAME;
	conform_parse(&c->sent, sent);
	a = souk_first(&c->sent, c->sent.nodes);
	b = souk_first(&c->came, c->came.nodes);
	while (a) {
		struct souk_text bytes = member_bytes(&c->sent, a);

		if (b && souk_text_equal(bytes, member_bytes(&c->came, b))) {
			prefix = (size_t)(bytes.at - sent.at) + bytes.len;
			b = after(&c->came, b);
		} else if (may_go(c, name_of(&c->sent, a))) {
			cut = true;
		} else {
			return differ(c, a, b, why);
		}
		a = after(&c->sent, a);
	}
	if (came.at[came.len - 1] == '\r') {
		souk_add_string(why, "a CR stands before the LF");
		return CONFORM_ALTERED;
	}
	/* Where a member was cut the space around it may go too. */
	if (!cut && (came.len < prefix || memcmp(sent.at, came.at, prefix) != 0)) {
		souk_add_string(why, "space between members was changed");
		return CONFORM_ALTERED;
	}
	if (!souk_text_equal(end_of(sent), end_of(came))) {
		souk_add_string(why, "space behind the record was changed");
		return CONFORM_ALTERED;
	}
	if (!b) {
		souk_add_string(why, cut ? "its older member was taken away, no new one added"
			: "space around the record was changed");
		return cut ? CONFORM_MEMBERS : CONFORM_ALTERED;
	}
	return judge_added(c, b, why);
}

struct souk_text conform_own_value(struct conform *c, struct souk_text came)
{
	const struct souk_node *own;

	if (c->own.len == 0 || !conform_parse(&c->came, came))
		return (struct souk_text){0};
	own = find(&c->came, (struct souk_text){c->own.at, c->own.len});
	return own ? souk_raw(&c->came, own + 1) : (struct souk_text){0};
}

struct souk_text conform_error_code(struct conform *c, struct souk_text came)
{
	struct souk_text text = {0};
	const struct souk_node *code;

	if (!conform_parse(&c->came, came))
		return text;
	code = souk_find(&c->came, souk_member(&c->came, "error"), "code");
	if (code && code->type == SOUK_STRING)
		souk_decode(&c->came, code, &text);
	return text;
}
