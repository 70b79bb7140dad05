/* SPDX-License-Identifier: ISC */
/* souk-cart add: so many pieces more. */
#include "cart.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct change *s = stage->state;
	const struct souk_node *node;
	const struct cart_line *line;
	enum souk_outcome outcome;
	struct souk_text sku;
	int64_t qty = 1;

	if (!change_read(stage, r) || !souk_need_node(r, NULL, "line", SOUK_OBJECT, &node) ||
	    !souk_need_text(r, node, "sku", 1, SOUK_MAX_SKU, &sku) ||
	    !souk_may_int(r, node, "qty", 1, SOUK_MAX_QTY, &qty))
		return SOUK_REFUSED;
	souk_digest_text(&s->digest, sku);
	souk_digest_int(&s->digest, qty);
	if (!change_begin(stage, r, &outcome))
		return outcome;
	line = cart_find(&s->cart, sku);
	outcome = change_set(stage, r, sku, (line ? line->qty : 0) + qty);
	return outcome == SOUK_ANSWER ? change_end(stage, r, true, NULL) : outcome;
}

static const struct souk_option options[] = {
	CART_OPTIONS,
	{0},
};

SOUK_VERB(add) = {
	.function = &cart_function,
	.name = "add",
	.summary = "put pieces of a product into a cart, beside those that are there",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = CART_ROOM,
	.reads = change_members,
	.options = options,
	.state_size = sizeof(struct change),
	.open = change_open,
	.map = map,
	.close = change_close,
};
