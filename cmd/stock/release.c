/* SPDX-License-Identifier: ISC */
/* souk-stock release: an order that was placed is cancelled: what of it is held and was
 * not shipped is given back. */
#include "stock.h"

struct release {
	struct events events;  /* first, as event_close() wants it */
	bool whole;
};

static bool any_shipped(const struct hold_line *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (lines[i].shipped)
			return true;
	return false;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct release *state = stage->state;
	struct events *s = &state->events;
	unsigned char digest[SOUK_DIGEST_BYTES];
	struct souk_text id, order_id;
	struct hold_line *lines;
	size_t count = 0;
	enum souk_outcome outcome;

	if (!souk_need_id(r, &id) || !souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &order_id))
		return SOUK_REFUSED;
	souk_digest_begin(&s->digest);
	souk_digest_text(&s->digest, order_id);
	outcome = event_again(stage, r, "release", id, digest);
	if (outcome != SOUK_PASS)
		return outcome;
	outcome = hold_read(stage, r, order_id, &lines, &count);
	if (outcome == SOUK_PASS) {
		/* A shop may keep no stock. */
		souk_add_string(&r->answer, "{\"state\":\"none\",\"lines\":[]}");
		return event_store(stage, r, "release", id, digest);
	}
	if (outcome != SOUK_ANSWER)
		return outcome;
	if (state->whole && any_shipped(lines, count))
		return souk_refuse(r, "shipped", "goods of order %.*s were shipped", SOUK_ARG(order_id));
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "released");
	souk_put_open(&r->answer, "lines", '[');
	for (size_t i = 0; i < count; i++) {
		int64_t left = hold_line_left(&lines[i]);

		if (!left)
			continue;
		if (!goods_change(stage, lines[i].sku, lines[i].location, 0, -left))
			return SOUK_FAILED;
		lines[i].released += left;
		souk_put_open(&r->answer, NULL, '{');
		souk_put_text(&r->answer, "sku", lines[i].sku);
		souk_put_int(&r->answer, "qty", left);
		location_put(&r->answer, lines[i].location);
		souk_put_close(&r->answer, '}');
	}
	souk_add_string(&r->answer, "]}");
	return hold_write(stage, order_id, lines, count, &s->lines) ? event_store(stage, r, "release", id, digest)
								    : SOUK_FAILED;
}

static const char *const reads[] = {"id", "order_id", NULL};

static const struct souk_option options[] = {
	{0, "whole", NULL, SOUK_OPTION_FLAG, offsetof(struct release, whole),
		"refuse if something of the order was shipped", 0, 0, NULL, false},
	{0},
};

SOUK_VERB(release) = {
	.function = &stock_function,
	.name = "release",
	.summary = "give back what a cancelled order still holds",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = 64 << 10,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct release),
	.map = map,
	.close = event_close,
};
