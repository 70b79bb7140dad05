/* SPDX-License-Identifier: ISC */
/* Records to values of libjq. */
#include "value.h"

#include "number.h"

struct reader {
	struct souk_record *r;
	bool stand_ins;
	unsigned depth;
};

static jv read_number(struct reader *rd, const struct souk_node *node)
{
	struct souk_text text = souk_raw(rd->r, node);
	double number;
	jv stand_in;

	if (map_number_read(text, &number))
		return jv_number(number);
	rd->stand_ins = true;
	stand_in = jv_string_empty((int)text.len + 2 * MAP_MARK);
	stand_in = jv_string_append_buf(stand_in, MAP_OPEN, MAP_MARK);
	stand_in = jv_string_append_buf(stand_in, text.at, (int)text.len);
	return jv_string_append_buf(stand_in, MAP_CLOSE, MAP_MARK);
}

static bool read_string(struct reader *rd, const struct souk_node *node, jv *string)
{
	struct souk_text text;

	if (!souk_decode(rd->r, node, &text)) {
		souk_refuse_value(rd->r, node,
			"has half of a surrogate pair, which jq can't hold");
		return false;
	}
	*string = jv_string_sized(text.at, (int)text.len);
	return true;
}

static bool read_value(struct reader *rd, const struct souk_node *node, jv *value);

static bool read_object(struct reader *rd, const struct souk_node *node, jv *value)
{
	jv object = jv_object(), name, member;

	for (const struct souk_node *n = souk_first(rd->r, node); n;
	     n = souk_next(rd->r, node, n)) {
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

	for (const struct souk_node *n = souk_first(rd->r, node); n;
	     n = souk_next(rd->r, node, n)) {
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
		souk_refuse(rd->r, "too_deep", "nested deeper than %d, which jq can't write",
			MAP_MAX_DEPTH);
		return false;
	}
	rd->depth++;
	done = node->type == SOUK_ARRAY ? read_array(rd, node, value)
					: read_object(rd, node, value);
	rd->depth--;
	return done;
}

/* A mark in the record's own text would be taken for a stand-in's. */
static bool refuse_marks(struct souk_record *r)
{
	for (uint32_t i = 0; i < r->node_count; i++) {
		struct souk_text text;

		if (r->nodes[i].type == SOUK_STRING &&
		    souk_decode(r, &r->nodes[i], &text) && map_has_mark(text)) {
			souk_refuse(r, "map_error", "it has a number that jq can't hold exactly, and "
				"text with U+FDD0 or U+FDD1, which stand for such a number");
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
