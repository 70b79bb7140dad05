/* SPDX-License-Identifier: ISC */
/* souk-stock ship: what souk-ship sent is no longer on hand, nor held. */
#include "stock.h"

/* What of a line of the hold goes, and from where. */
struct out {
	struct hold_line *line;
	struct souk_text from;
	int64_t qty;
};

struct shipping {
	struct shipment is;
	struct hold_line *held;
	size_t held_count;
	struct out *outs;
	size_t out_count;
};

/* Takes pieces of a line of the hold for this shipment. */
static int64_t take_line(struct shipping *sh, struct hold_line *line, int64_t qty)
{
	int64_t left = hold_line_left(line), some = left < qty ? left : qty;

	if (!some)
		return 0;
	line->shipped += some;
	sh->outs[sh->out_count++] = (struct out){line, sh->is.location.len ? sh->is.location : line->location, some};
	return some;
}

/* Finds the pieces in the hold, first those that are held where they go from. A sku that
 * is not in it is one of which no stock is kept. */
static bool find_pieces(struct souk_record *r, struct shipping *sh, struct souk_text sku, int64_t qty)
{
	int64_t rest = qty;
	bool kept = false;

	for (int elsewhere = 0; elsewhere < 2; elsewhere++)
		for (size_t i = 0; i < sh->held_count; i++) {
			struct hold_line *line = &sh->held[i];

			if (!souk_text_equal(line->sku, sku))
				continue;
			kept = true;
			if (sh->is.location.len && souk_text_equal(line->location, sh->is.location) == elsewhere)
				continue;
			rest -= take_line(sh, line, rest);
		}
	if (!kept || !rest)
		return true;
	souk_refuse(r, "too_many", "of %.*s %lld are held for order %.*s, fewer than would go", SOUK_ARG(sku),
		(long long)(qty - rest), SOUK_ARG(sh->is.order_id));
	souk_put_int(&r->error, "left", qty - rest);
	return false;
}

static bool is_same_place(const struct out *a, const struct out *b)
{
	return souk_text_equal(a->line->sku, b->line->sku) && souk_text_equal(a->from, b->from);
}

/* What goes of a sku from one location, if `out` is the first of it; else 0. */
static int64_t sum_of(const struct shipping *sh, size_t out)
{
	int64_t sum = 0;

	for (size_t i = 0; i < sh->out_count; i++)
		if (is_same_place(&sh->outs[i], &sh->outs[out])) {
			if (i < out)
				return 0;
			sum += sh->outs[i].qty;
		}
	return sum;
}

/* Goods that have not come yet can't go. */
static enum souk_outcome check_there(struct souk_stage *stage, struct souk_record *r, const struct shipping *sh)
{
	for (size_t i = 0; i < sh->out_count; i++) {
		const struct out *out = &sh->outs[i];
		int64_t qty = sum_of(sh, i), on_hand, taken;

		if (!qty)
			continue;
		if (!goods_get(stage, out->line->sku, out->from, &on_hand, &taken))
			return SOUK_FAILED;
		if (qty <= on_hand)
			continue;
		souk_refuse(r, "not_on_hand", "of %.*s %lld are to go and %lld are on hand at %.*s",
			SOUK_ARG(out->line->sku), (long long)qty, (long long)on_hand, SOUK_ARG(out->from));
		souk_put_int(&r->error, "left", on_hand);
		return SOUK_REFUSED;
	}
	return SOUK_ANSWER;
}

static bool move_out(struct souk_stage *stage, const struct shipping *sh, struct souk_buffer *answer)
{
	for (size_t i = 0; i < sh->out_count; i++) {
		const struct out *out = &sh->outs[i];

		if (!goods_change(stage, out->line->sku, out->line->location, 0, -out->qty) ||
		    !goods_change(stage, out->line->sku, out->from, -out->qty, 0))
			return false;
	}
	for (size_t i = 0; i < sh->out_count; i++) {
		struct movement m = {.verb = "ship", .id = sh->is.id, .sku = sh->outs[i].line->sku,
			.location = sh->outs[i].from, .reason = {"", 0}, .qty = -sum_of(sh, i)};

		if (!m.qty)
			continue;
		if (!movement_put(stage, &m))
			return false;
		movement_tell(answer, &m);
	}
	return true;
}

/* Takes the pieces off what is on hand and held: all of them, or none. */
static enum souk_outcome take_out(struct souk_stage *stage, struct souk_record *r, struct shipping *sh)
{
	struct events *s = stage->state;
	enum souk_outcome outcome = hold_read(stage, r, sh->is.order_id, &sh->held, &sh->held_count);

	if (outcome == SOUK_PASS)
		return souk_refuse(r, "nothing_held", "nothing is held for an order %.*s", SOUK_ARG(sh->is.order_id));
	if (outcome != SOUK_ANSWER)
		return outcome;
	sh->outs = souk_record_alloc(r, souk_count(r, sh->is.lines) * (sh->held_count + 1) * sizeof(*sh->outs) + 1);
	for (const struct souk_node *n = souk_first(r, sh->is.lines); n; n = souk_next(r, sh->is.lines, n)) {
		struct souk_text sku;
		int64_t qty;

		if (!souk_need_text(r, n, "sku", 1, SOUK_MAX_SKU, &sku) ||
		    !souk_need_int(r, n, "qty", 1, SOUK_MAX_QTY, &qty) || !find_pieces(r, sh, sku, qty))
			return SOUK_REFUSED;
	}
	outcome = check_there(stage, r, sh);
	if (outcome != SOUK_ANSWER)
		return outcome;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "shipped");
	souk_put_open(&r->answer, "lines", '[');
	if (!move_out(stage, sh, &r->answer) ||
	    !hold_write(stage, sh->is.order_id, sh->held, sh->held_count, &s->lines))
		return SOUK_FAILED;
	souk_add_string(&r->answer, "]}");
	return SOUK_ANSWER;
}

/* A refusal is stored, too: the shipment is given up for it, so the same event that comes
 * twice at once must not be refused here and go through there. */
static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct events *s = stage->state;
	unsigned char digest[SOUK_DIGEST_BYTES];
	struct shipping sh = {0};
	enum souk_outcome outcome;

	if (!shipment_read(r, &s->digest, &sh.is))
		return SOUK_REFUSED;
	outcome = event_again(stage, r, "ship", sh.is.id, digest);
	if (outcome != SOUK_PASS)
		return outcome;
	outcome = take_out(stage, r, &sh);
	if (outcome == SOUK_REFUSED)
		return event_store_refusal(stage, r, "ship", sh.is.id, digest);
	return outcome == SOUK_ANSWER ? event_store(stage, r, "ship", sh.is.id, digest) : outcome;
}

static const char *const reads[] = {"id", "order_id", "ship", NULL};

SOUK_VERB(ship) = {
	.function = &stock_function,
	.name = "ship",
	.summary = "take what was shipped off what is on hand and held",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = 64 << 10,
	.reads = reads,
	.state_size = sizeof(struct events),
	.map = map,
	.close = event_close,
};
