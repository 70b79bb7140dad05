/* SPDX-License-Identifier: ISC */
/* souk-cart remove: a line goes, or all of them. */
#include "cart.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_text sku = SOUK_TEXT(""), id = SOUK_TEXT("");
	struct change *s = stage->state;
	const struct souk_node *node = NULL;
	struct cart_line *line;
	enum souk_outcome outcome;
	size_t before;

	if (!change_read(stage, r) || !souk_may_node(r, NULL, "line", SOUK_OBJECT, &node) ||
	    (node && (!souk_may_text(r, node, "sku", 1, SOUK_MAX_SKU, &sku) ||
		     !souk_may_text(r, node, "id", 1, SOUK_MAX_ID, &id))))
		return SOUK_REFUSED;
	if (node && !sku.len == !id.len)
		return souk_refuse_value(r, node, "must name the line by either sku or id");
	souk_digest_text(&s->digest, sku);
	souk_digest_text(&s->digest, id);
	if (!change_begin(stage, r, &outcome))
		return outcome;
	before = s->cart.count;
	line = sku.len ? cart_find(&s->cart, sku) : cart_find_id(&s->cart, id);
	if (!node)
		s->cart.count = 0;
	else if (line)
		cart_remove(&s->cart, line);
	return change_end(stage, r, s->cart.count < before, NULL);
}

static const char *const reads[] = {"id", "cart_id", "line?", NULL};

SOUK_VERB(remove_verb) = {
	.function = &cart_function,
	.name = "remove",
	.summary = "take a line out of a cart, or all that is in it",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = CART_ROOM,
	.reads = reads,
	.state_size = sizeof(struct change),
	.open = change_open,
	.map = map,
	.close = change_close,
};
