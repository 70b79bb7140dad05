/* SPDX-License-Identifier: ISC */
/* Reading the members of a record, and refusing it where they are wrong. */
#include "record.h"

#include <stdlib.h>

static uint32_t index_of(const struct souk_record *r, const struct souk_node *node)
{
	return (uint32_t)(node - r->nodes);
}

const struct souk_node *souk_first(const struct souk_record *r, const struct souk_node *container)
{
	return container && container->next > index_of(r, container) + 1 ? container + 1 : NULL;
}

const struct souk_node *souk_next(const struct souk_record *r, const struct souk_node *container,
	const struct souk_node *node)
{
	uint32_t next = container->type == SOUK_OBJECT ? node[1].next : node->next;

	return next < container->next ? &r->nodes[next] : NULL;
}

size_t souk_count(const struct souk_record *r, const struct souk_node *container)
{
	size_t count = 0;

	for (const struct souk_node *n = souk_first(r, container); n; n = souk_next(r, container, n))
		count++;
	return count;
}

struct souk_text souk_raw(const struct souk_record *r, const struct souk_node *node)
{
	bool string = node->type == SOUK_STRING;

	return (struct souk_text){r->line + node->at - string, node->len + 2u * string};
}

static unsigned hex4(const char *at)
{
	unsigned value = 0;

	for (int i = 0; i < 4; i++) {
		unsigned char c = (unsigned char)at[i];

		value = value << 4 | (c <= '9' ? c - '0' + 0u : (c | 0x20u) - 'a' + 10u);
	}
	return value;
}

static char *put_utf8(char *out, unsigned point)
{
	if (point < 0x80) {
		*out++ = (char)point;
	} else if (point < 0x800) {
		*out++ = (char)(0xc0 | point >> 6);
		*out++ = (char)(0x80 | (point & 0x3f));
	} else if (point < 0x10000) {
		*out++ = (char)(0xe0 | point >> 12);
		*out++ = (char)(0x80 | (point >> 6 & 0x3f));
		*out++ = (char)(0x80 | (point & 0x3f));
	} else {
		*out++ = (char)(0xf0 | point >> 18);
		*out++ = (char)(0x80 | (point >> 12 & 0x3f));
		*out++ = (char)(0x80 | (point >> 6 & 0x3f));
		*out++ = (char)(0x80 | (point & 0x3f));
	}
	return out;
}

bool souk_decode(struct souk_record *r, const struct souk_node *string, struct souk_text *text)
{
	const char *at = r->line + string->at, *end = at + string->len;
	char *out, *start;

	*text = (struct souk_text){at, string->len};
	if (!string->escaped)
		return true;
	start = out = souk_record_alloc(r, string->len);
	while (at < end) {
		unsigned point;

		if (*at != '\\') {
			*out++ = *at++;
			continue;
		}
		at += 2;
		switch (at[-1]) {
		case 'b': *out++ = '\b'; break;
		case 'f': *out++ = '\f'; break;
		case 'n': *out++ = '\n'; break;
		case 'r': *out++ = '\r'; break;
		case 't': *out++ = '\t'; break;
		case 'u':
			point = hex4(at);
			at += 4;
			if (point >= 0xd800 && point < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
				unsigned low = hex4(at + 2);

				if (low < 0xdc00 || low > 0xdfff)
					return false;
				point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
				at += 6;
			} else if (point >= 0xd800 && point < 0xe000) {
				return false;
			}
			out = put_utf8(out, point);
			break;
		default:
			*out++ = at[-1];
		}
	}
	*text = (struct souk_text){start, (size_t)(out - start)};
	return true;
}

static bool is_named(struct souk_record *r, const struct souk_node *node, struct souk_text name)
{
	struct souk_text text;

	if (!node->escaped)
		return node->len == name.len && !memcmp(r->line + node->at, name.at, name.len);
	return souk_decode(r, node, &text) && souk_text_equal(text, name);
}

const struct souk_node *souk_find(const struct souk_record *r, const struct souk_node *object, const char *name)
{
	struct souk_text text = souk_text_of(name);

	if (!object || object->type != SOUK_OBJECT)
		return NULL;
	for (uint32_t i = index_of(r, object) + 1; i < object->next; i = r->nodes[i + 1].next) {
		const struct souk_node *n = &r->nodes[i];

		if (!n->escaped && (n->len != text.len || r->line[n->at] != *name))
			continue;
		/* Decoding needs the record's memory, nothing else of it changes. */
		if (is_named((struct souk_record *)r, n, text))
			return n + 1;
	}
	return NULL;
}

const struct souk_node *souk_member(const struct souk_record *r, const char *name)
{
	const struct souk_node *value = souk_find(r, &r->nodes[0], name);

	return value && value->flagged && value->type == SOUK_NULL ? NULL : value;
}

/* ---- Refusing ---- */

static enum souk_outcome begin(struct souk_record *r, enum souk_outcome outcome, const char *code)
{
	r->error.len = 0;
	souk_put_open(&r->error, NULL, '{');
	souk_put_string(&r->error, "by", r->by);
	souk_put_string(&r->error, "code", code);
	return outcome;
}

static void put_message(struct souk_record *r, const struct souk_node *node, const char *format, va_list args)
{
	struct souk_buffer message = {0};

	if (node && node != &r->nodes[0]) {
		souk_add_path(&message, r, node);
		souk_add_string(&message, ": ");
	}
	souk_add_vformat(&message, format, args);
	souk_put_text(&r->error, "message", (struct souk_text){message.at, message.len});
	souk_buffer_free(&message);
}

enum souk_outcome souk_refuse(struct souk_record *r, const char *code, const char *format, ...)
{
	va_list args;

	begin(r, SOUK_REFUSED, code);
	va_start(args, format);
	put_message(r, NULL, format, args);
	va_end(args);
	return SOUK_REFUSED;
}

enum souk_outcome souk_refuse_value(struct souk_record *r, const struct souk_node *node, const char *format, ...)
{
	va_list args;

	begin(r, SOUK_REFUSED, "bad_record");
	va_start(args, format);
	put_message(r, node, format, args);
	va_end(args);
	return SOUK_REFUSED;
}

enum souk_outcome souk_wait(struct souk_record *r, const char *code, const char *format, ...)
{
	va_list args;

	begin(r, SOUK_WAITING, code);
	va_start(args, format);
	put_message(r, NULL, format, args);
	va_end(args);
	return SOUK_WAITING;
}

enum souk_outcome souk_answer_state(struct souk_record *r, const char *state)
{
	r->answer.len = 0;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", state);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

void souk_add_path(struct souk_buffer *out, const struct souk_record *r, const struct souk_node *node)
{
	const struct souk_node *at = &r->nodes[0];
	uint32_t target = index_of(r, node);

	/* Down from the record: of each container, what holds the node. */
	while (index_of(r, at) != target) {
		const struct souk_node *child = souk_first(r, at);
		size_t position = 0;

		while (child && souk_next(r, at, child) && index_of(r, souk_next(r, at, child)) <= target) {
			child = souk_next(r, at, child);
			position++;
		}
		if (!child)
			return;
		if (at->type == SOUK_ARRAY) {
			souk_add_format(out, "[%zu]", position);
			at = child;
		} else {
			souk_add_format(out, "%s%.*s", at == &r->nodes[0] ? "" : ".",
				(int)(child->len > 64 ? 64 : child->len), r->line + child->at);
			if (index_of(r, child) == target)
				return;
			at = child + 1;
		}
	}
}

/* ---- Typed readers ---- */

static bool refuse_missing(struct souk_record *r, const struct souk_node *object, const char *name)
{
	struct souk_buffer path = {0};

	if (object != &r->nodes[0]) {
		souk_add_path(&path, r, object);
		souk_add_char(&path, '.');
	}
	souk_add_string(&path, name);
	souk_refuse(r, "bad_record", "%.*s is missing", (int)path.len, path.at);
	souk_buffer_free(&path);
	return false;
}

enum found { ABSENT, FOUND, BAD };

static enum found look(struct souk_record *r, const struct souk_node **object, const char *name,
	const struct souk_node **value)
{
	if (!*object)
		*object = &r->nodes[0];
	*value = *object == &r->nodes[0] ? souk_member(r, name) : souk_find(r, *object, name);
	if ((*object)->flagged) {
		souk_refuse_value(r, *object, "a member name stands twice in it");
		return BAD;
	}
	return *value && (*value)->type != SOUK_NULL ? FOUND : ABSENT;
}

/* A whole number spelled without point and exponent, if it fits. */
static bool to_int(const struct souk_record *r, const struct souk_node *node, int64_t *value)
{
	const char *at = r->line + node->at, *end = at + node->len;
	bool negative = *at == '-';
	int64_t sum = 0;

	for (at += negative; at < end; at++)
		if (*at < '0' || *at > '9' || __builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_sub_overflow(sum, *at - '0', &sum))
			return false;
	if (!negative && sum == INT64_MIN)
		return false;
	*value = negative ? sum : -sum;
	return true;
}

static bool read_int(struct souk_record *r, const struct souk_node *node, int64_t min, int64_t max, int64_t *value)
{
	int64_t number;

	if (node->type != SOUK_NUMBER || !to_int(r, node, &number) || number < min || number > max) {
		souk_refuse_value(r, node, "must be a whole number from %lld to %lld", (long long)min, (long long)max);
		return false;
	}
	*value = number;
	return true;
}

bool souk_need_int(struct souk_record *r, const struct souk_node *object, const char *name,
	int64_t min, int64_t max, int64_t *value)
{
	const struct souk_node *node;
	enum found found = look(r, &object, name, &node);

	if (found == ABSENT)
		return refuse_missing(r, object, name);
	return found == FOUND && read_int(r, node, min, max, value);
}

bool souk_may_int(struct souk_record *r, const struct souk_node *object, const char *name,
	int64_t min, int64_t max, int64_t *value)
{
	const struct souk_node *node;
	enum found found = look(r, &object, name, &node);

	return found == ABSENT || (found == FOUND && read_int(r, node, min, max, value));
}

static bool read_text(struct souk_record *r, const struct souk_node *node, size_t min, size_t max,
	struct souk_text *value)
{
	struct souk_text text;

	if (node->type != SOUK_STRING) {
		souk_refuse_value(r, node, "must be a string");
		return false;
	}
	if (!souk_decode(r, node, &text)) {
		souk_refuse_value(r, node, "has half of a surrogate pair, which is no character");
		return false;
	}
	if (text.len < min || text.len > max) {
		souk_refuse_value(r, node, "must be %zu to %zu bytes long", min, max);
		return false;
	}
	for (size_t i = 0; node->escaped && i < text.len; i++)
		if ((unsigned char)text.at[i] < 0x20) {
			souk_refuse_value(r, node, "must not hold control characters");
			return false;
		}
	*value = text;
	return true;
}

bool souk_need_text(struct souk_record *r, const struct souk_node *object, const char *name,
	size_t min, size_t max, struct souk_text *value)
{
	const struct souk_node *node;
	enum found found = look(r, &object, name, &node);

	if (found == ABSENT)
		return refuse_missing(r, object, name);
	return found == FOUND && read_text(r, node, min, max, value);
}

bool souk_may_text(struct souk_record *r, const struct souk_node *object, const char *name,
	size_t min, size_t max, struct souk_text *value)
{
	const struct souk_node *node;
	enum found found = look(r, &object, name, &node);

	return found == ABSENT || (found == FOUND && read_text(r, node, min, max, value));
}

bool souk_may_bool(struct souk_record *r, const struct souk_node *object, const char *name, bool *value)
{
	const struct souk_node *node;
	enum found found = look(r, &object, name, &node);

	if (found == FOUND && node->type != SOUK_TRUE && node->type != SOUK_FALSE) {
		souk_refuse_value(r, node, "must be true or false");
		return false;
	}
	if (found == FOUND)
		*value = node->type == SOUK_TRUE;
	return found != BAD;
}

static bool read_node(struct souk_record *r, const struct souk_node *node, enum souk_type type,
	const struct souk_node **value)
{
	if (node->type != type) {
		souk_refuse_value(r, node, "must be an %s", type == SOUK_ARRAY ? "array" : "object");
		return false;
	}
	if (node->flagged) {
		souk_refuse_value(r, node, "a member name stands twice in it");
		return false;
	}
	*value = node;
	return true;
}

bool souk_need_node(struct souk_record *r, const struct souk_node *object, const char *name,
	enum souk_type type, const struct souk_node **value)
{
	const struct souk_node *node;
	enum found found = look(r, &object, name, &node);

	if (found == ABSENT)
		return refuse_missing(r, object, name);
	return found == FOUND && read_node(r, node, type, value);
}

bool souk_may_node(struct souk_record *r, const struct souk_node *object, const char *name,
	enum souk_type type, const struct souk_node **value)
{
	const struct souk_node *node;
	enum found found = look(r, &object, name, &node);

	return found == ABSENT || (found == FOUND && read_node(r, node, type, value));
}

bool souk_need_id(struct souk_record *r, struct souk_text *id)
{
	return souk_need_text(r, NULL, "id", 1, SOUK_MAX_ID, id);
}

bool souk_waits_for(struct souk_record *r, const char *function)
{
	const struct souk_node *by = souk_find(r, r->wait_member, "by");
	struct souk_text text;

	return by && by->type == SOUK_STRING && souk_decode(r, by, &text) && souk_text_is(text, function);
}

void souk_put_kept(struct souk_buffer *out, const struct souk_record *r, const struct souk_node *object,
	const char *const *except)
{
	if (!object || object->type != SOUK_OBJECT)
		return;
	for (const struct souk_node *n = souk_first(r, object); n; n = souk_next(r, object, n)) {
		const char *const *name = except;
		struct souk_text raw;

		while (name && *name && !is_named((struct souk_record *)r, n, souk_text_of(*name)))
			name++;
		if (name && *name)
			continue;
		souk_put_name(out, NULL);
		raw = souk_raw(r, n);
		souk_add(out, raw.at, raw.len);
		souk_add_char(out, ':');
		raw = souk_raw(r, n + 1);
		souk_add(out, raw.at, raw.len);
	}
}

void souk_make_body(struct souk_buffer *body, const struct souk_record *r)
{
	const char *const of_the_run[] = {r->by, "wait", NULL};

	body->len = 0;
	souk_put_open(body, NULL, '{');
	souk_put_kept(body, r, &r->nodes[0], of_the_run);
	souk_put_close(body, '}');
}

enum souk_outcome souk_answer_new_state(struct souk_record *r, struct souk_text state)
{
	static const char *const changed[] = {"state", NULL};

	souk_put_open(&r->answer, NULL, '{');
	souk_put_kept(&r->answer, r, r->own_member, changed);
	souk_put_text(&r->answer, "state", state);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}
