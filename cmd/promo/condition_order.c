/* SPDX-License-Identifier: ISC */
/* What a condition gets to see of an order. */
#include "condition.h"

#include <stdlib.h>

static const char *const member_names[CONDITION_MEMBERS] = {
	"id", "time", "currency", "customer", "ship_to", "ship_method", "lines", "coupons", "catalog",
	"price", "meta",
};

static jv value_of(struct souk_record *r, const struct souk_node *node);

static jv string_of(struct souk_record *r, const struct souk_node *node)
{
	struct souk_text text;

	/* Half of a surrogate pair is no character: it is shown as one that can't be. */
	if (!souk_decode(r, node, &text))
		text = SOUK_TEXT("\xef\xbf\xbd");
	return jv_string_sized(text.at, (int)text.len);
}

static jv container_of(struct souk_record *r, const struct souk_node *node)
{
	bool object = node->type == SOUK_OBJECT;
	jv value = object ? jv_object() : jv_array();

	for (const struct souk_node *n = souk_first(r, node); n; n = souk_next(r, node, n))
		value = object ? jv_object_set(value, string_of(r, n), value_of(r, n + 1))
			       : jv_array_append(value, value_of(r, n));
	return value;
}

/* Numbers are doubles in jq: conditions compare, and no amount is computed with them. */
static jv value_of(struct souk_record *r, const struct souk_node *node)
{
	switch ((enum souk_type)node->type) {
	case SOUK_NULL:
		return jv_null();
	case SOUK_FALSE: case SOUK_TRUE:
		return jv_bool(node->type == SOUK_TRUE);
	case SOUK_NUMBER:
		return jv_number(strtod(souk_raw(r, node).at, NULL));
	case SOUK_STRING:
		return string_of(r, node);
	case SOUK_ARRAY: case SOUK_OBJECT:
		break;
	}
	return container_of(r, node);
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Whether the name stands in the text as a word. */
static bool names(struct souk_text text, const char *name)
{
	size_t len = strlen(name);
	const char *end = text.at + text.len;

	for (const char *at = text.at; (at = memmem(at, (size_t)(end - at), name, len)); at++)
		if ((at == text.at || !is_word(at[-1])) && (at + len == end || !is_word(at[len])))
			return true;
	return false;
}

jv condition_order(struct conditions *c, struct souk_record *r, struct souk_text text)
{
	jv order = jv_object();

	for (size_t i = 0; i < CONDITION_MEMBERS; i++) {
		const struct souk_node *node = souk_member(r, member_names[i]);

		if (!node || !names(text, member_names[i]))
			continue;
		if (!c->made[i])
			c->members[i] = value_of(r, node);
		c->made[i] = true;
		order = jv_object_set(order, jv_string(member_names[i]), jv_copy(c->members[i]));
	}
	return order;
}

void conditions_forget(struct conditions *c)
{
	for (size_t i = 0; i < CONDITION_MEMBERS; i++)
		if (c->made[i])
			jv_free(c->members[i]);
	memset(c->made, 0, sizeof(c->made));
}
