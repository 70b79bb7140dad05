/* SPDX-License-Identifier: ISC */
#include "value.h"

#include "number.h"

/* U+FDD0 and U+FDD1: no characters, never to be exchanged (Unicode, section 23.7). */
#define OPEN "\xef\xb7\x90"
#define CLOSE "\xef\xb7\x91"
enum { MARK = sizeof(OPEN) - 1 };

struct reader {
	struct souk_record *r;
	bool stand_ins;
	unsigned depth;
};

/* ---- In ---- */

static jv read_number(struct reader *rd, const struct souk_node *node)
{
	struct souk_text text = souk_raw(rd->r, node);
	double number;
	jv stand_in;

	if (map_number_read(text, &number))
		return jv_number(number);
	rd->stand_ins = true;
	stand_in = jv_string_empty((int)text.len + 2 * MARK);
	stand_in = jv_string_append_buf(stand_in, OPEN, MARK);
	stand_in = jv_string_append_buf(stand_in, text.at, (int)text.len);
	return jv_string_append_buf(stand_in, CLOSE, MARK);
}

static bool read_string(struct reader *rd, const struct souk_node *node, jv *string)
{
	struct souk_text text;

	if (!souk_decode(rd->r, node, &text)) {
		souk_refuse_value(rd->r, node, "has half of a surrogate pair, which jq can't hold");
		return false;
	}
	*string = jv_string_sized(text.at, (int)text.len);
	return true;
}

static bool read_value(struct reader *rd, const struct souk_node *node, jv *value);

static bool read_object(struct reader *rd, const struct souk_node *node, jv *value)
{
	jv object = jv_object(), name, member;

	for (const struct souk_node *n = souk_first(rd->r, node); n; n = souk_next(rd->r, node, n)) {
		if (!read_string(rd, n, &name)) {
			jv_free(object);
			return false;
		}
		if (!read_value(rd, n + 1, &member)) {
			jv_free(name);
			jv_free(object);
			return false;
		}
		object = jv_object_set(object, name, member);
	}
	*value = object;
	return true;
}

static bool read_array(struct reader *rd, const struct souk_node *node, jv *value)
{
	jv array = jv_array(), element;

	for (const struct souk_node *n = souk_first(rd->r, node); n; n = souk_next(rd->r, node, n)) {
		if (!read_value(rd, n, &element)) {
			jv_free(array);
			return false;
		}
		array = jv_array_append(array, element);
	}
	*value = array;
	return true;
}

static bool read_value(struct reader *rd, const struct souk_node *node, jv *value)
{
	bool done;

	switch ((enum souk_type)node->type) {
	case SOUK_NULL:
		*value = jv_null();
		return true;
	case SOUK_FALSE:
	case SOUK_TRUE:
		*value = jv_bool(node->type == SOUK_TRUE);
		return true;
	case SOUK_NUMBER:
		*value = read_number(rd, node);
		return true;
	case SOUK_STRING:
		return read_string(rd, node, value);
	case SOUK_ARRAY:
	case SOUK_OBJECT:
		break;
	}
	if (node->flagged) {
		souk_refuse_value(rd->r, node, "a member name stands twice in it");
		return false;
	}
	if (rd->depth == MAP_MAX_DEPTH) {
		souk_refuse(rd->r, "too_deep", "nested deeper than %d, which jq can't hold", MAP_MAX_DEPTH);
		return false;
	}
	rd->depth++;
	done = node->type == SOUK_ARRAY ? read_array(rd, node, value) : read_object(rd, node, value);
	rd->depth--;
	return done;
}

/* A mark in the record's own text would be taken for a stand-in's. */
static bool refuse_marks(struct souk_record *r)
{
	for (uint32_t i = 0; i < r->node_count; i++) {
		struct souk_text text;

		if (r->nodes[i].type == SOUK_STRING && souk_decode(r, &r->nodes[i], &text) &&
		    (memmem(text.at, text.len, OPEN, MARK) || memmem(text.at, text.len, CLOSE, MARK))) {
			souk_refuse(r, "map_error", "it holds a number that jq can't hold exactly, and text "
				"with U+FDD0 or U+FDD1, which stand for such a number");
			return true;
		}
	}
	return false;
}

bool map_value_read(struct souk_record *r, jv *value, bool *stand_ins)
{
	struct reader rd = {.r = r};

	if (!read_value(&rd, &r->nodes[0], value))
		return false;
	*stand_ins = rd.stand_ins;
	if (rd.stand_ins && refuse_marks(r)) {
		jv_free(*value);
		return false;
	}
	return true;
}

/* ---- Out ---- */

struct writer {
	struct souk_buffer *out;
	bool stand_ins;
	unsigned depth;
};

static bool has_mark(struct souk_text text)
{
	return memmem(text.at, text.len, OPEN, MARK) || memmem(text.at, text.len, CLOSE, MARK);
}

/* What stands between the marks; false if the text is anything but a stand-in. */
static bool stand_in(struct souk_text text, struct souk_text *number)
{
	if (text.len <= 2 * MARK || memcmp(text.at, OPEN, MARK) ||
	    memcmp(text.at + text.len - MARK, CLOSE, MARK))
		return false;
	*number = (struct souk_text){text.at + MARK, text.len - 2 * MARK};
	return strspn(number->at, "+-.0123456789eE") == number->len;
}

static const char *write_string(struct writer *w, struct souk_text text, bool is_name)
{
	struct souk_text number;

	if (!w->stand_ins || !has_mark(text))
		souk_add_quoted(w->out, text);
	else if (!is_name && stand_in(text, &number))
		souk_add(w->out, number.at, number.len);
	else
		return "text made of a number that jq can't hold exactly";
	return NULL;
}

static struct souk_text text_of(jv string)
{
	return (struct souk_text){jv_string_value(string), (size_t)jv_string_length_bytes(jv_copy(string))};
}

static const char *write_value(struct writer *w, jv v);

static const char *write_array(struct writer *w, jv array)
{
	const char *fault = NULL;
	int length = jv_array_length(jv_copy(array));

	souk_add_char(w->out, '[');
	for (int i = 0; i < length && !fault; i++) {
		if (i)
			souk_add_char(w->out, ',');
		fault = write_value(w, jv_array_get(jv_copy(array), i));
	}
	souk_add_char(w->out, ']');
	return fault;
}

static const char *write_object(struct writer *w, jv object)
{
	const char *fault = NULL, *comma = "";

	souk_add_char(w->out, '{');
	for (int i = jv_object_iter(object); jv_object_iter_valid(object, i) && !fault;
	     i = jv_object_iter_next(object, i)) {
		jv name = jv_object_iter_key(object, i);

		souk_add_string(w->out, comma);
		comma = ",";
		fault = write_string(w, text_of(name), true);
		jv_free(name);
		souk_add_char(w->out, ':');
		if (!fault)
			fault = write_value(w, jv_object_iter_value(object, i));
	}
	souk_add_char(w->out, '}');
	return fault;
}

static const char *write_value(struct writer *w, jv v)
{
	const char *fault = NULL;
	double number;

	switch (jv_get_kind(v)) {
	case JV_KIND_NUMBER:
		number = jv_number_value(v);
		if (number - number != 0)
			fault = number != number ? "nan, which is no JSON number" : "infinite, which is no JSON number";
		else
			map_number_write(w->out, number);
		break;
	case JV_KIND_STRING:
		fault = write_string(w, text_of(v), false);
		break;
	case JV_KIND_ARRAY:
	case JV_KIND_OBJECT:
		if (w->depth == MAP_MAX_DEPTH) {
			fault = "a value nested deeper than 256";
			break;
		}
		w->depth++;
		fault = jv_get_kind(v) == JV_KIND_ARRAY ? write_array(w, v) : write_object(w, v);
		w->depth--;
		break;
	default:
		souk_add_string(w->out, jv_get_kind(v) == JV_KIND_TRUE ? "true"
			: jv_get_kind(v) == JV_KIND_FALSE ? "false" : "null");
	}
	jv_free(v);
	return fault;
}

const char *map_value_write(struct souk_buffer *out, jv value, bool stand_ins)
{
	struct writer w = {.out = out, .stand_ins = stand_ins};

	return write_value(&w, value);
}

void map_add_message(struct souk_buffer *out, struct souk_text message)
{
	for (size_t i = 0; i < message.len; i++) {
		if (message.len - i >= MARK && (!memcmp(message.at + i, OPEN, MARK) ||
		    !memcmp(message.at + i, CLOSE, MARK)))
			i += MARK - 1;
		else
			souk_add_char(out, message.at[i]);
	}
}
