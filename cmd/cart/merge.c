/* SPDX-License-Identifier: ISC */
/* souk-cart merge: what a guest has put into a cart goes into the customer's. */
#include "cart.h"

struct merge {
	struct change change;            /* of the customer's cart */
	struct cart from;
};

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What has no room stays where it is: nothing is lost, and nobody is kept from logging in. */
static bool move_lines(struct change *s, struct cart *from)
{
	bool moved = false;

	for (size_t i = 0; i < from->count;) {
		struct cart_line *line = &from->lines[i], *to = cart_find(&s->cart, line->sku);
		int64_t most = least(line->qty, s->max_qty - (to ? to->qty : 0));

		if (most <= 0 || (!to && (int64_t)s->cart.count >= s->max_lines)) {
			i++;
			continue;
		}
		if (!to)
			to = cart_append(&s->cart, line->sku);
		to->qty += most;
		line->qty -= most;
		moved = true;
		if (line->qty)
			i++;
		else
			cart_remove(from, line);
	}
	return moved;
}

static void put_left(struct souk_stage *stage, struct souk_buffer *out)
{
	const struct merge *s = stage->state;

	if (!s->from.count)
		return;
	souk_put_open(out, "left", '{');
	souk_put_text(out, "cart_id", s->from.id);
	cart_put_lines(&s->from, out);
	souk_put_close(out, '}');
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct merge *s = stage->state;
	struct souk_text from;
	enum souk_outcome outcome;
	bool moved;

	if (!change_read(stage, r) || !souk_need_text(r, NULL, "from_cart_id", 1, SOUK_MAX_ID, &from))
		return SOUK_REFUSED;
	if (souk_text_equal(from, s->change.cart.id))
		return souk_refuse(r, "bad_record", "from_cart_id must be another cart than cart_id");
	souk_digest_text(&s->change.digest, from);
	if (!change_begin(stage, r, &outcome))
		return outcome;
	if (!cart_read(stage, &s->from, from))
		return SOUK_FAILED;
	moved = move_lines(&s->change, &s->from);
	if (moved && !cart_store(stage, &s->from))
		return SOUK_FAILED;
	return change_end(stage, r, moved, put_left);
}

static void close(struct souk_stage *stage)
{
	struct merge *s = stage->state;

	cart_free(&s->from);
	change_close(stage);
}

static const char *const reads[] = {"id", "cart_id", "from_cart_id", NULL};

static const struct souk_option options[] = {
	CART_OPTIONS,
	{0},
};

SOUK_VERB(merge) = {
	.function = &cart_function,
	.name = "merge",
	.summary = "put what is in a guest's cart into the customer's",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = 2 * CART_ROOM,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct merge),
	.open = change_open,
	.map = map,
	.close = close,
};
