/* SPDX-License-Identifier: ISC */
/* souk-stock transfer: goods go from one location to another. */
#include "stock.h"

static enum souk_outcome read_locations(struct souk_stage *stage, struct souk_record *r, struct souk_text *from,
	struct souk_text *to)
{
	enum souk_outcome outcome = location_read(stage, r, "from", from);

	if (outcome == SOUK_ANSWER)
		outcome = location_read(stage, r, "to", to);
	if (outcome == SOUK_ANSWER && souk_text_equal(*from, *to))
		return souk_refuse(r, "bad_record", "from and to are both %.*s: one of them may be left out for main",
			SOUK_ARG(*to));
	return outcome;
}

/* One end of it. */
static bool put_end(struct souk_stage *stage, struct souk_buffer *out, const char *name, struct movement *m)
{
	if (!goods_move(stage, m))
		return false;
	souk_put_open(out, name, '{');
	souk_put_text(out, "location", m->location);
	souk_put_int(out, "on_hand", m->on_hand);
	souk_put_close(out, '}');
	return true;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct events *s = stage->state;
	unsigned char digest[SOUK_DIGEST_BYTES];
	struct movement out = {.verb = "transfer", .reason = {"", 0}}, in;
	enum souk_outcome outcome;
	int64_t qty, on_hand, taken;

	if (!souk_need_id(r, &out.id) || !souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, &out.sku) ||
	    !souk_need_int(r, NULL, "qty", 1, SOUK_MAX_QTY, &qty) ||
	    !souk_may_text(r, NULL, "reason", 1, MAX_REASON, &out.reason))
		return SOUK_REFUSED;
	in = out;
	outcome = read_locations(stage, r, &out.location, &in.location);
	if (outcome != SOUK_ANSWER)
		return outcome;
	souk_digest_begin(&s->digest);
	souk_digest_text(&s->digest, out.sku);
	souk_digest_int(&s->digest, qty);
	souk_digest_text(&s->digest, out.location);
	souk_digest_text(&s->digest, in.location);
	souk_digest_text(&s->digest, out.reason);
	outcome = event_again(stage, r, "transfer", out.id, digest);
	if (outcome != SOUK_PASS)
		return outcome;
	if (!goods_get(stage, out.sku, out.location, &on_hand, &taken))
		return SOUK_FAILED;
	/* What is held there is sent from there. */
	if (qty > on_hand - taken) {
		souk_refuse(r, "not_available", "of %.*s %lld are to go and %lld are free at %.*s", SOUK_ARG(out.sku),
			(long long)qty, (long long)(on_hand > taken ? on_hand - taken : 0), SOUK_ARG(out.location));
		souk_put_int(&r->error, "available", on_hand > taken ? on_hand - taken : 0);
		return SOUK_REFUSED;
	}
	out.qty = -qty;
	in.qty = qty;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_int(&r->answer, "qty", qty);
	if (!put_end(stage, &r->answer, "from", &out) || !put_end(stage, &r->answer, "to", &in))
		return SOUK_FAILED;
	souk_put_close(&r->answer, '}');
	return event_store(stage, r, "transfer", out.id, digest);
}

static const char *const reads[] = {"id", "sku", "qty", "from?", "to?", "reason?", NULL};

SOUK_VERB(transfer) = {
	.function = &stock_function,
	.name = "transfer",
	.summary = "move goods from one location to another",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.state_size = sizeof(struct events),
	.map = map,
	.close = event_close,
};
