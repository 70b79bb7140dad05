/* SPDX-License-Identifier: ISC */
/* souk-stock stocktake: what was counted is what is on hand. */
#include "stock.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct events *s = stage->state;
	unsigned char digest[SOUK_DIGEST_BYTES];
	struct movement m = {.verb = "stocktake", .reason = SOUK_TEXT("stocktake")};
	enum souk_outcome outcome;
	int64_t counted, taken;

	if (!souk_need_id(r, &m.id) || !souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, &m.sku) ||
	    !souk_need_int(r, NULL, "qty", 0, SOUK_MAX_QTY, &counted))
		return SOUK_REFUSED;
	outcome = location_read(stage, r, "location", &m.location);
	if (outcome != SOUK_ANSWER)
		return outcome;
	souk_digest_begin(&s->digest);
	souk_digest_text(&s->digest, m.sku);
	souk_digest_int(&s->digest, counted);
	souk_digest_text(&s->digest, m.location);
	outcome = event_again(stage, r, "stocktake", m.id, digest);
	if (outcome != SOUK_PASS)
		return outcome;
	if (!goods_get(stage, m.sku, m.location, &m.on_hand, &taken))
		return SOUK_FAILED;
	m.qty = counted - m.on_hand;
	/* Nothing moves where the books were right. */
	if (m.qty && !goods_move(stage, &m))
		return SOUK_FAILED;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_int(&r->answer, "qty", m.qty);
	location_put(&r->answer, m.location);
	souk_put_int(&r->answer, "on_hand", counted);
	souk_put_close(&r->answer, '}');
	return event_store(stage, r, "stocktake", m.id, digest);
}

static const char *const reads[] = {"id", "sku", "qty", "location?", NULL};

SOUK_VERB(stocktake) = {
	.function = &stock_function,
	.name = "stocktake",
	.summary = "set what is on hand to what was counted",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.state_size = sizeof(struct events),
	.map = map,
	.close = event_close,
};
