/* SPDX-License-Identifier: ISC */
/* Values of libjq to JSON. */
#include "value.h"

#include "number.h"


struct writer {
	struct souk_buffer *out;
	bool stand_ins;
	unsigned depth;
};

/* What stands between the marks; false if the text is anything but a stand-in. */
static bool stand_in(struct souk_text text, struct souk_text *number)
{
	if (text.len <= 2 * MAP_MARK || memcmp(text.at, MAP_OPEN, MAP_MARK) ||
	    memcmp(text.at + text.len - MAP_MARK, MAP_CLOSE, MAP_MARK))
		return false;
	*number = (struct souk_text){text.at + MAP_MARK, text.len - 2 * MAP_MARK};
	return strspn(number->at, "+-.0123456789eE") == number->len;
}

static const char *write_string(struct writer *w, struct souk_text text, bool is_name)
{
	struct souk_text number;

	if (!w->stand_ins || !map_has_mark(text))
		souk_add_quoted(w->out, text);
	else if (!is_name && stand_in(text, &number))
		souk_add(w->out, number.at, number.len);
	else
		return "text made of a number that jq can't hold exactly";
	return NULL;
}

static struct souk_text text_of(jv string)
{
	return (struct souk_text){jv_string_value(string),
		(size_t)jv_string_length_bytes(jv_copy(string))};
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
			fault = number != number ? "nan, which is no JSON number"
						 : "infinite, which is no JSON number";
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
		if (message.len - i >= MAP_MARK && (!memcmp(message.at + i, MAP_OPEN, MAP_MARK) ||
		    !memcmp(message.at + i, MAP_CLOSE, MAP_MARK)))
			i += MAP_MARK - 1;
		else
			souk_add_char(out, message.at[i]);
	}
}
