/* SPDX-License-Identifier: ISC */
/*
 * The parser: one pass, no recursion, no allocation once its buffers have grown.
 * It leans on the line end: a newline is neither white space inside a line nor
 * allowed in a string, so nothing can run past it and no bound is checked.
 */
#include "record.h"

#include <sodium.h>
#include <stdlib.h>

#include "error.h"
#include "pass.h"
#include "scan.h"

/* An open container whose nodes are kept: its own node, and a set of the names it
 * has had, by bits. */
struct level {
	uint32_t node;
	bool doubtful;
	uint64_t bits;
};

struct parser {
	struct souk_record *r;
	const char *line;
	struct souk_window window;
	struct souk_node *nodes;
	struct souk_node *node; /* where the next one goes */
	const uint32_t *ends;   /* of the members, where they are known; else NULL */
	char outer[SOUK_MAX_DEPTH + 1]; /* what ends the containers around the innermost one */
	struct level levels[SOUK_MAX_DEPTH + 1];
};

static const char *fail(struct parser *p, const char *at, const char *fault)
{
	struct souk_record *r = p->r;
	size_t offset = (size_t)(at - p->line);

	r->fault_code = "bad_record";
	r->fault = offset >= r->len ? "the line ends too early" : fault;
	r->fault_at = offset > r->len ? r->len : (uint32_t)offset;
	return NULL;
}

static inline const char *skip_space(const char *at)
{
	/* Most lines hold no space: one comparison tells. */
	if (__builtin_expect((unsigned char)*at <= ' ', 0))
		while (*at == ' ' || *at == '\t' || *at == '\r')
			at++;
	return at;
}

static inline bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* A string from the first byte that is not plain to its closing quote. */
static __attribute__((noinline)) const char *rest_of_string(struct parser *p, const char *at, bool *escaped)
{
	for (;; at = souk_scan_plain(&p->window, at)) {
		size_t len;

		if (*at == '"')
			return at;
		if (*at == '\\') {
			*escaped = true;
			switch (at[1]) {
			case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
				at += 2;
				continue;
			case 'u':
				/* The line end stops this before it leaves the line. */
				for (int i = 2; i < 6; i++)
					if (!is_hex(at[i]))
						return fail(p, at + i, "\\u wants four hexadecimal digits");
				at += 6;
				continue;
			default:
				return fail(p, at + 1, "no such escape in a string");
			}
		}
		if ((unsigned char)*at < 0x20)
			return fail(p, at, "a control character in a string");
		len = souk_utf8_valid(at, souk_scan_high(at, p->line + p->r->len));
		if (len == 0)
			return fail(p, at, "not UTF-8");
		at += len;
	}
}

/* From after the opening quote to the closing one. Most strings are plain. */
static inline const char *string(struct parser *p, const char *at, bool *escaped)
{
	*escaped = false;
	at = souk_scan_plain(&p->window, at);
	return *at == '"' ? at : rest_of_string(p, at, escaped);
}

/* One bit of 64 for a name: a set of names is a word, and only a name whose bit
 * is taken already has to be looked up. */
static inline uint64_t name_bit(const char *at, size_t len)
{
	return len ? 1ull << (((unsigned char)at[0] * 5u + (unsigned char)at[len - 1] * 11u + len * 23u) & 63)
		   : 1;
}

/* Whether two names are the same word, escapes decoded. */
static bool same_name(struct souk_record *r, const struct souk_node *a, const struct souk_node *b)
{
	struct souk_text left, right;

	if (!a->escaped && !b->escaped)
		return a->len == b->len && !memcmp(r->line + a->at, r->line + b->at, a->len);
	/* A lone surrogate equals only itself as spelled. */
	if (!souk_decode(r, a, &left) || !souk_decode(r, b, &right))
		return a->len == b->len && !memcmp(r->line + a->at, r->line + b->at, a->len);
	return souk_text_equal(left, right);
}

/* For objects of many names: a hash set, keyed so that nobody can choose names
 * that collide. */
static bool has_duplicate_of_many(struct souk_record *r, uint32_t first, uint32_t after, size_t count)
{
	static unsigned char key[crypto_shorthash_KEYBYTES];
	static bool keyed;
	size_t size = 64;

	if (!keyed) {
		randombytes_buf(key, sizeof(key));
		keyed = true;
	}
	while (size < count * 2)
		size *= 2;
	if (size > r->name_set_size) {
		free(r->name_set);
		r->name_set = malloc(size * sizeof(*r->name_set));
		if (!r->name_set)
			souk_die("out of memory");
		r->name_set_size = size;
	}
	memset(r->name_set, 0, size * sizeof(*r->name_set));
	for (uint32_t i = first; i < after; i = r->nodes[i + 1].next) {
		struct souk_text name = {r->line + r->nodes[i].at, r->nodes[i].len};
		uint64_t hash;
		size_t slot;

		if (r->nodes[i].escaped && !souk_decode(r, &r->nodes[i], &name))
			name = (struct souk_text){r->line + r->nodes[i].at, r->nodes[i].len};
		crypto_shorthash((unsigned char *)&hash, (const unsigned char *)name.at, name.len, key);
		for (slot = hash & (size - 1); r->name_set[slot]; slot = (slot + 1) & (size - 1))
			if (same_name(r, &r->nodes[r->name_set[slot]], &r->nodes[i]))
				return true;
		r->name_set[slot] = i;
	}
	return false;
}

/* Whether the object at index `at`, complete but for its own next, has a name
 * twice; `after` is the index after its last node. */
static bool has_duplicate(struct souk_record *r, uint32_t at, uint32_t after)
{
	size_t count = 0;

	for (uint32_t i = at + 1; i < after; i = r->nodes[i + 1].next)
		/* Escaped names are decoded to be compared: not for every pair. */
		if (++count > 16 || r->nodes[i].escaped) {
			count = 17;
			break;
		}
	if (count > 16)
		return has_duplicate_of_many(r, at + 1, after, (after - at) / 2);
	for (uint32_t i = at + 1; i < after; i = r->nodes[i + 1].next)
		for (uint32_t j = at + 1; j < i; j = r->nodes[j + 1].next)
			if (same_name(r, &r->nodes[i], &r->nodes[j]))
				return true;
	return false;
}

static inline struct souk_node *add_node(struct parser *p, enum souk_type type, const char *at,
	size_t len, bool escaped)
{
	struct souk_node *n = p->node++;

	/* Each by itself: to clear the whole node first is another store. */
	n->at = (uint32_t)(at - p->line);
	n->len = (uint32_t)len;
	n->next = (uint32_t)(p->node - p->nodes);
	n->type = (uint8_t)type;
	n->escaped = escaped;
	n->flagged = false;
	return n;
}

/* Notes a name in the innermost object; most names need no more than a bit. */
static inline void note_name(struct level *level, const char *at, size_t len, bool escaped)
{
	uint64_t bit = name_bit(at, len);

	level->doubtful |= escaped | ((level->bits & bit) != 0);
	level->bits |= bit;
}

/* Ends an object or array whose nodes are kept; `at` is the byte after it. */
static inline void close_node(struct parser *p, const struct level *level, const char *at)
{
	struct souk_node *n = &p->nodes[level->node];

	n->len = (uint32_t)(at - p->line) - n->at;
	n->next = (uint32_t)(p->node - p->nodes);
	if (level->doubtful)
		n->flagged = has_duplicate(p->r, level->node, n->next);
}

/*
 * A whole value from its first byte; returns the byte after it. With `keep` its
 * nodes are noted. Two copies are made of this function, one for each.
 */
static inline __attribute__((always_inline)) const char *value(struct parser *p, const char *at, const bool keep)
{
	uint32_t depth = 0;
	char closing = 0; /* what ends the innermost container; 0: there is none */
	const char *start, *fault = NULL;
	bool escaped;

begin:
	switch (*at) {
	case '"':
text:
		start = ++at;
		if (!(at = string(p, at, &escaped)))
			return NULL;
		if (keep)
			add_node(p, SOUK_STRING, start, (size_t)(at - start), escaped);
		at++;
		break;
	case '{': case '[':
		p->outer[depth] = closing;
		/* The record itself is a level too. */
		if (++depth == SOUK_MAX_DEPTH) {
			fail(p, at, "nested too deep");
			p->r->fault_code = "too_deep";
			return NULL;
		}
		closing = *at == '{' ? '}' : ']';
		if (keep) {
			p->levels[depth] = (struct level){.node = (uint32_t)(p->node - p->nodes)};
			add_node(p, *at == '{' ? SOUK_OBJECT : SOUK_ARRAY, at, 0, false);
		}
		at = skip_space(at + 1);
		if (*at == closing)
			goto close;
		if (closing == '}')
			goto name;
		goto begin;
	case '-': case '0': case '1': case '2': case '3': case '4':
	case '5': case '6': case '7': case '8': case '9':
		start = at;
		at = souk_scan_number(at, &fault);
		if (fault)
			return fail(p, at, fault);
		if (keep)
			add_node(p, SOUK_NUMBER, start, (size_t)(at - start), false);
		break;
	case 't': case 'f': case 'n':
		start = at;
		at = souk_scan_word(at, &fault);
		if (fault)
			return fail(p, at, fault);
		if (keep)
			add_node(p, *start == 't' ? SOUK_TRUE : *start == 'f' ? SOUK_FALSE : SOUK_NULL,
				start, (size_t)(at - start), false);
		break;
	default:
		return fail(p, at, "a value is expected here");
	}
after:
	if (!closing)
		return at;
	/* How nearly all members follow each other, and names their values. */
	if (at[0] == ',' && at[1] == '"' && closing == '}') {
		at++;
		goto name;
	}
	at = skip_space(at);
	if (*at == ',') {
		at = skip_space(at + 1);
		if (closing == ']')
			goto begin;
		goto name;
	}
	if (*at != closing)
		return fail(p, at, closing == '}' ? "a comma or } is expected here" : "a comma or ] is expected here");
close:
	at++;
	if (keep)
		close_node(p, &p->levels[depth], at);
	closing = p->outer[--depth];
	goto after;
name:
	if (*at != '"')
		return fail(p, at, "a member name is expected here");
	start = ++at;
	if (!(at = string(p, at, &escaped)))
		return NULL;
	if (keep) {
		add_node(p, SOUK_STRING, start, (size_t)(at - start), escaped);
		note_name(&p->levels[depth], start, (size_t)(at - start), escaped);
	}
	at++;
	if (at[0] == ':' && at[1] == '"') {
		at++;
		goto text;
	}
	at = skip_space(at);
	if (*at != ':')
		return fail(p, at, "a colon is expected here");
	at = skip_space(at + 1);
	goto begin;
}

static const char *value_kept(struct parser *p, const char *at)
{
	return value(p, at, true);
}

static const char *value_passed(struct parser *p, const char *at)
{
	if (p->r->can_pass && (*at == '{' || *at == '[') && at[-1] == ':' && at[-2] == '"') {
		const char *after = souk_pass(at);

		if (after)
			return after;
	}
	return value(p, at, false);
}

/* Whether the name at the top level is one the stage wants to look into. */
static bool is_known(struct souk_record *r, const struct souk_node *name)
{
	struct souk_text text = {r->line + name->at, name->len};

	if (r->knows_all)
		return true;
	if (!name->escaped && !(r->known_bits & name_bit(text.at, text.len)))
		return false;
	if (name->escaped && !souk_decode(r, name, &text))
		return false;
	for (size_t i = 0; i < r->known_count; i++)
		if (souk_text_equal(text, r->known[i]))
			return true;
	return false;
}

/* A member that the record layer handles itself is remembered with its place. */
static struct souk_span *special(struct souk_record *r, const struct souk_node *name)
{
	struct souk_text text = {r->line + name->at, name->len};

	if (name->escaped && !souk_decode(r, name, &text))
		return NULL;
	if (r->interest.writes && souk_text_is(text, r->interest.writes))
		return &r->own;
	if (souk_text_is(text, "error"))
		return &r->error_span;
	if (souk_text_is(text, "wait"))
		return &r->wait;
	return NULL;
}

/* Whether the object may have a member of that name; spelled with escapes it could
 * be any. */
static bool may_hold(struct souk_text name, const char *object, size_t len)
{
	return memmem(object, len, name.at, name.len) || memchr(object, '\\', len);
}

/* The members of the record itself: as value() does it, but each value is kept
 * only if the stage asked for it. */
static const char *members(struct parser *p, const char *at)
{
	struct souk_record *r = p->r;
	struct level top = {0};
	struct souk_span *span = NULL;
	uint32_t before = 0;

	at = skip_space(at + 1);
	if (*at == '}')
		goto close;
	for (;;) {
		struct souk_node *name, *kept;
		const char *start;
		bool escaped, known;

		if (*at != '"')
			return fail(p, at, "a member name is expected here");
		start = ++at;
		if (!(at = string(p, at, &escaped)))
			return NULL;
		name = add_node(p, SOUK_STRING, start, (size_t)(at - start), escaped);
		note_name(&top, start, name->len, escaped);
		if (span)
			span->after = name->at - 1;
		span = NULL;
		at = skip_space(at + 1);
		if (*at != ':')
			return fail(p, at, "a colon is expected here");
		at = skip_space(at + 1);
		known = is_known(r, name);
		if (known) {
			uint32_t index = (uint32_t)(p->node - r->nodes);

			if (!(at = value_kept(p, at)))
				return NULL;
			span = special(r, name);
			if (span) {
				*span = (struct souk_span){.index = r->top_count, .name = name->at - 1, .node = index,
					.end = (uint32_t)(at - p->line), .before = before};
				span->after = span->end;
				if (span == &r->own)
					r->own_member = &r->nodes[index];
				else if (span == &r->wait)
					r->wait_member = &r->nodes[index];
				else
					r->error_member = &r->nodes[index];
			}
		} else {
			start = at;
			if (p->ends)
				at = p->line + p->ends[r->top_count];
			else if (!(at = value_passed(p, at)))
				return NULL;
			if (r->in_any.len && *start == '{' && may_hold(r->in_any, start, (size_t)(at - start))) {
				value_kept(p, start);
				goto next;
			}
			kept = add_node(p, SOUK_NULL, start, (size_t)(at - start), false);
			kept->flagged = true;
		}
next:
		r->top_count++;
		before = (uint32_t)(at - p->line);
		at = skip_space(at);
		if (*at == '}')
			break;
		if (*at != ',')
			return fail(p, at, "a comma or } is expected here");
		at = skip_space(at + 1);
	}
close:
	r->brace = (uint32_t)(at - p->line);
	r->nodes[0].len = r->brace + 1 - r->nodes[0].at;
	r->nodes[0].next = (uint32_t)(p->node - r->nodes);
	if (top.doubtful && has_duplicate(r, 0, r->nodes[0].next)) {
		fail(p, p->line + r->nodes[0].at, "a member name stands twice");
		return NULL;
	}
	return at + 1;
}

/* Forgets what was found, and what was answered. */
static void forget(struct souk_record *r)
{
	r->error_member = r->wait_member = r->own_member = NULL;
	r->own.index = r->wait.index = r->error_span.index = UINT32_MAX;
	r->drop_wait = false;
	r->answer.len = r->error.len = 0;
	r->top_count = 0;
	souk_arena_reset(&r->arena);
}

bool souk_record_parse(struct souk_record *r, const char *line, size_t len)
{
	return souk_record_parse_written(r, line, len, NULL);
}

bool souk_record_parse_written(struct souk_record *r, const char *line, size_t len, const uint32_t *ends)
{
	struct parser p; /* its levels are not worth clearing */
	const char *at;

	r->line = line;
	r->len = (uint32_t)len;
	forget(r);
	/* No value takes less than two bytes, its comma or closing bracket counted; only
	 * of those that a broken line leaves open there is but the bracket. */
	if (r->node_cap < len / 2 + SOUK_MAX_DEPTH + 4) {
		free(r->nodes);
		r->node_cap = (uint32_t)(len / 2 + len / 8 + SOUK_MAX_DEPTH + 64);
		r->nodes = malloc(r->node_cap * sizeof(*r->nodes));
		if (!r->nodes)
			souk_die("out of memory");
	}
	p.r = r;
	p.line = line;
	p.ends = ends;
	souk_scan_window(&p.window, line);
	p.nodes = p.node = r->nodes;
	r->node_count = 0;
	at = skip_space(line);
	if (*at != '{') {
		fail(&p, at, "not a JSON object");
		return false;
	}
	add_node(&p, SOUK_OBJECT, at, 0, false);
	at = members(&p, at);
	if (!at)
		return false;
	at = skip_space(at);
	if ((size_t)(at - line) < len) {
		fail(&p, at, "something follows the object");
		return false;
	}
	r->node_count = (uint32_t)(p.node - r->nodes);
	return true;
}

void souk_record_keep(const struct souk_record *r, struct souk_buffer *kept)
{
	souk_add(kept, r, sizeof(*r));
	souk_add(kept, r->nodes, r->node_count * sizeof(*r->nodes));
}

void souk_record_return_to(struct souk_record *r, const char *kept)
{
	struct souk_record found;

	memcpy(&found, kept, sizeof(found));
	memcpy(r->nodes, kept + sizeof(found), found.node_count * sizeof(*r->nodes));
	forget(r);
	r->line = found.line;
	r->len = found.len;
	r->number = found.number;
	r->node_count = found.node_count;
	r->drop_wait = found.drop_wait;
	r->own = found.own;
	r->wait = found.wait;
	r->error_span = found.error_span;
	r->brace = found.brace;
	r->top_count = found.top_count;
	/* Nodes may have moved since. */
	if (found.own_member)
		r->own_member = r->nodes + found.own.node;
	if (found.wait_member)
		r->wait_member = r->nodes + found.wait.node;
	if (found.error_member)
		r->error_member = r->nodes + found.error_span.node;
}

void souk_record_init(struct souk_record *r, const char *by, const struct souk_interest *interest)
{
	static const char *const always[] = {"error", "wait"};
	size_t most = 4;

	*r = (struct souk_record){.by = by, .interest = *interest, .can_pass = souk_can_pass()};
	for (const char *const *name = interest->reads; name && *name; name++)
		most++;
	r->known = calloc(most, sizeof(*r->known));
	if (!r->known)
		souk_die("out of memory");
	for (const char *const *name = interest->reads; name && *name; name++) {
		if (!strncmp(*name, "*.", 2))
			r->in_any = (struct souk_text){*name + 2, strcspn(*name + 2, ".?")};
		else if (**name == '*')
			r->knows_all = true;
		else
			r->known[r->known_count++] = (struct souk_text){*name, strcspn(*name, ".?")};
	}
	for (size_t i = 0; i < 2; i++)
		r->known[r->known_count++] = souk_text_of(always[i]);
	if (interest->writes)
		r->known[r->known_count++] = souk_text_of(interest->writes);
	for (size_t i = 0; i < r->known_count; i++)
		r->known_bits |= name_bit(r->known[i].at, r->known[i].len);
}

void souk_record_free(struct souk_record *r)
{
	souk_arena_free(&r->arena);
	souk_buffer_free(&r->answer);
	souk_buffer_free(&r->error);
	free(r->nodes);
	free(r->known);
	free(r->name_set);
	*r = (struct souk_record){0};
}

bool souk_record_parse_buffer(struct souk_record *r, struct souk_buffer *line)
{
	char *end = souk_buffer_room(line, 1 + SOUK_RECORD_PAD);

	*end = '\n';
	memset(end + 1, 0, SOUK_RECORD_PAD);
	return souk_record_parse(r, line->at, line->len);
}

bool souk_record_parse_copy(struct souk_record *r, struct souk_buffer *line, struct souk_text text)
{
	line->len = 0;
	souk_add(line, text.at, text.len);
	return souk_record_parse_buffer(r, line);
}

void *souk_record_alloc(struct souk_record *r, size_t size)
{
	return souk_arena_alloc(&r->arena, size);
}

/* Notes the ends of the members that stay, which have moved by what was cut. */
static void note_ends(const struct souk_record *r, const struct souk_span *const *cuts, uint32_t count)
{
	uint32_t *ends = (void *)souk_buffer_room(r->ends, (r->top_count + 2) * sizeof(*ends));
	uint32_t moved = 0, cut = 0, kept = 0, node = 1;

	for (uint32_t i = 0; i < r->top_count; i++) {
		const struct souk_node *value = &r->nodes[node + 1];

		if (cut < count && cuts[cut]->index == i) {
			moved += cut == i ? cuts[cut]->after - cuts[cut]->name : cuts[cut]->end - cuts[cut]->before;
			cut++;
		} else {
			ends[kept++] = value->at + value->len + (value->type == SOUK_STRING) - moved;
		}
		node = value->next;
	}
	r->ends->len += kept * sizeof(*ends);
}

/* Copies the line up to its last brace without the members in `cuts`, which are
 * in document order. A member goes with the comma before it, or, where none
 * stays before it, with the one after it. */
static void add_without(struct souk_buffer *out, const struct souk_record *r,
	const struct souk_span *const *cuts, uint32_t count)
{
	uint32_t from = 0;

	for (uint32_t i = 0; i < count; i++) {
		bool first = cuts[i]->index == i;
		uint32_t to = first ? cuts[i]->name : cuts[i]->before;

		if (to > from)
			souk_add(out, r->line + from, to - from);
		from = first ? cuts[i]->after : cuts[i]->end;
	}
	souk_add(out, r->line + from, r->brace - from);
	if (r->ends)
		note_ends(r, cuts, count);
}

static void add_member(struct souk_record *r, struct souk_buffer *out, size_t start, bool comma,
	const char *name, const struct souk_buffer *json)
{
	size_t len = strlen(name);
	char *at = souk_buffer_room(out, len + json->len + 5);

	if (comma)
		*at++ = ',';
	*at++ = '"';
	memcpy(at, name, len);
	memcpy(at + len, "\":", 2);
	memcpy(at + len + 2, json->at, json->len);
	out->len += comma + 1 + len + 2 + json->len;
	if (r->ends) {
		uint32_t end = (uint32_t)(out->len - start);

		souk_add(r->ends, &end, sizeof(end));
	}
}

/* The record as one that holds its id, as it is spelled, and the error. */
static void write_redacted(struct souk_record *r, struct souk_buffer *out)
{
	const struct souk_node *id = souk_member(r, "id");

	souk_add_char(out, '{');
	/* A character takes up to six bytes, \u0061. */
	if (id && id->type == SOUK_STRING && id->len <= 6 * SOUK_MAX_ID)
		souk_put_raw(out, "id", souk_raw(r, id));
	souk_add_char(&r->error, '}');
	souk_put_raw(out, "error", (struct souk_text){r->error.at, r->error.len});
	souk_add_string(out, "}\n");
}

void souk_record_write(struct souk_record *r, enum souk_outcome outcome, struct souk_buffer *out)
{
	const struct souk_span *cuts[3] = {NULL};
	uint32_t count = 0, left;
	size_t start = out->len;
	bool refused = outcome == SOUK_REFUSED || outcome == SOUK_REFUSED_WITH_ANSWER;
	bool answers = outcome == SOUK_ANSWER || outcome == SOUK_REFUSED_WITH_ANSWER ||
		(outcome == SOUK_WAITING && r->answer.len);

	souk_buffer_room(out, r->len + r->answer.len + r->error.len + 64);
	if (outcome == SOUK_REDACTED) {
		write_redacted(r, out);
		return;
	}
	if (outcome == SOUK_PASS || outcome == SOUK_FAILED) {
		souk_add(out, r->line, r->len);
		souk_add_char(out, '\n');
		if (r->ends)
			note_ends(r, cuts, 0);
		return;
	}
	if (r->own_member && (answers || refused))
		cuts[count++] = &r->own;
	if (r->wait_member && (r->drop_wait || outcome == SOUK_WAITING))
		cuts[count++] = &r->wait;
	if (r->error_member && refused)
		cuts[count++] = &r->error_span;
	/* In document order; there are three at most. */
	for (uint32_t i = 1; i < count; i++)
		for (uint32_t j = i; j && cuts[j]->index < cuts[j - 1]->index; j--) {
			const struct souk_span *swap = cuts[j];

			cuts[j] = cuts[j - 1];
			cuts[j - 1] = swap;
		}
	left = r->top_count - count;
	add_without(out, r, cuts, count);
	if (answers && !refused)
		add_member(r, out, start, left++ > 0, r->interest.writes, &r->answer);
	if (refused || outcome == SOUK_WAITING) {
		souk_add_char(&r->error, '}');
		add_member(r, out, start, left++ > 0, refused ? "error" : "wait", &r->error);
	}
	/* What was decided about a record that is to fail stands behind the reason. */
	if (answers && refused)
		add_member(r, out, start, left > 0, r->interest.writes, &r->answer);
	souk_add(out, r->line + r->brace, r->len - r->brace);
	souk_add_char(out, '\n');
}
