/* SPDX-License-Identifier: ISC */
/* souk-cart set: how many pieces it is to be. */
#include "cart.h"

/* The line is named by its sku, or by its id in the cart. */
static bool read_line(struct souk_record *r, struct souk_text *sku, struct souk_text *id, int64_t *qty)
{
	const struct souk_node *node;

	*sku = *id = SOUK_TEXT("");
	if (!souk_need_node(r, NULL, "line", SOUK_OBJECT, &node) ||
	    !souk_may_text(r, node, "sku", 1, SOUK_MAX_SKU, sku) ||
	    !souk_may_text(r, node, "id", 1, SOUK_MAX_ID, id) ||
	    !souk_need_int(r, node, "qty", 0, SOUK_MAX_QTY, qty))
		return false;
	if (!sku->len != !id->len)
		return true;
	souk_refuse_value(r, node, "must name the line by either sku or id");
	return false;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct change *s = stage->state;
	struct souk_text sku, id;
	enum souk_outcome outcome;
	int64_t qty;

	if (!change_read(stage, r) || !read_line(r, &sku, &id, &qty))
		return SOUK_REFUSED;
	souk_digest_text(&s->digest, sku);
	souk_digest_text(&s->digest, id);
	souk_digest_int(&s->digest, qty);
	if (!change_begin(stage, r, &outcome))
		return outcome;
	if (id.len) {
		const struct cart_line *line = cart_find_id(&s->cart, id);

		if (!line)
			return souk_refuse(r, "unknown_line", "the cart has no line %.*s", SOUK_ARG(id));
		sku = line->sku;
	}
	outcome = change_set(stage, r, sku, qty);
	return outcome == SOUK_ANSWER ? change_end(stage, r, true, NULL) : outcome;
}

static const struct souk_option options[] = {
	CART_OPTIONS,
	{0},
};

SOUK_VERB(set_verb) = {
	.function = &cart_function,
	.name = "set",
	.summary = "say how many pieces of a product are to be in a cart",
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
