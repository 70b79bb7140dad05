/* SPDX-License-Identifier: ISC */
/* souk-cart settle: what was bought leaves the cart; what was put into it meanwhile stays. */
#include "cart.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct change *s = stage->state;
	enum souk_decision decision;
	struct souk_line *lines;
	enum souk_outcome outcome;
	struct souk_text id, cart = SOUK_TEXT("");
	bool changed = false;
	size_t count;

	if (!souk_order_decision(r, &id, &decision) ||
	    !souk_may_text(r, NULL, "cart_id", 1, SOUK_MAX_ID, &cart))
		return SOUK_REFUSED;
	if (decision != SOUK_PLACED || !cart.len)
		return SOUK_PASS;
	if (!change_read(stage, r) || !souk_order_lines(r, &lines, &count))
		return SOUK_REFUSED;
	for (size_t i = 0; i < count; i++) {
		souk_digest_text(&s->digest, lines[i].sku);
		souk_digest_int(&s->digest, lines[i].qty);
	}
	if (!change_begin(stage, r, &outcome))
		return outcome;
	for (size_t i = 0; i < count; i++) {
		struct cart_line *line = cart_find(&s->cart, lines[i].sku);

		if (!line)
			continue;
		changed = true;
		line->qty -= lines[i].qty;
		if (line->qty <= 0)
			cart_remove(&s->cart, line);
	}
	return change_end(stage, r, changed, NULL);
}

static const char *const reads[] = {"id", "cart_id?", "lines", "order.state", NULL};

SOUK_VERB(settle) = {
	.function = &cart_function,
	.name = "settle",
	.summary = "take what a placed order has bought out of its cart",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = CART_ROOM,
	.reads = reads,
	.state_size = sizeof(struct change),
	.open = change_open,
	.map = map,
	.close = change_close,
};
