/* SPDX-License-Identifier: ISC */
/* souk-stock restock: goods that came back can be sold again. */
#include "stock.h"

/* The lines that say what came back: those of the return if a return says it. */
static bool read_lines(struct souk_record *r, const struct souk_node **lines)
{
	const struct souk_node *returned = NULL;

	if (!souk_may_node(r, NULL, "return", SOUK_OBJECT, &returned))
		return false;
	return souk_need_node(r, returned, "lines", SOUK_ARRAY, lines);
}

/* Of a line of a return `restock` pieces can be sold again; without that all. */
static bool read_line(struct souk_record *r, const struct souk_node *line, struct movement *m)
{
	return souk_need_text(r, line, "sku", 1, SOUK_MAX_SKU, &m->sku) &&
		(souk_find(r, line, "restock") ? souk_need_int(r, line, "restock", 0, SOUK_MAX_QTY, &m->qty)
					       : souk_need_int(r, line, "qty", 0, SOUK_MAX_QTY, &m->qty));
}

/* Adds up the lines by sku: a movement each. False if refused. */
static bool gather(struct souk_record *r, const struct souk_node *lines, struct movement *movements, size_t *count)
{
	*count = 0;
	for (const struct souk_node *n = souk_first(r, lines); n; n = souk_next(r, lines, n)) {
		struct movement m = {0};
		size_t i = 0;

		if (!read_line(r, n, &m))
			return false;
		while (i < *count && !souk_text_equal(movements[i].sku, m.sku))
			i++;
		if (i == *count && m.qty)
			movements[(*count)++].sku = m.sku;
		if (m.qty)
			movements[i].qty += m.qty;
	}
	return true;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct events *s = stage->state;
	unsigned char digest[SOUK_DIGEST_BYTES];
	const struct souk_node *lines;
	struct movement *movements;
	struct souk_text id, location;
	enum souk_outcome outcome;
	size_t count, size;

	if (!souk_need_id(r, &id) || !read_lines(r, &lines))
		return SOUK_REFUSED;
	size = (souk_count(r, lines) + 1) * sizeof(*movements);
	movements = souk_record_alloc(r, size);
	memset(movements, 0, size);
	if (!gather(r, lines, movements, &count))
		return SOUK_REFUSED;
	outcome = location_read(stage, r, "location", &location);
	if (outcome != SOUK_ANSWER)
		return outcome;
	souk_digest_begin(&s->digest);
	souk_digest_text(&s->digest, location);
	for (size_t i = 0; i < count; i++) {
		souk_digest_text(&s->digest, movements[i].sku);
		souk_digest_int(&s->digest, movements[i].qty);
	}
	outcome = event_again(stage, r, "restock", id, digest);
	if (outcome != SOUK_PASS)
		return outcome;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", count ? "restocked" : "none");
	souk_put_open(&r->answer, "lines", '[');
	for (size_t i = 0; i < count; i++) {
		movements[i].verb = "restock";
		movements[i].id = id;
		movements[i].location = location;
		movements[i].reason = SOUK_TEXT("return");
		if (!goods_move(stage, &movements[i]))
			return SOUK_FAILED;
		movement_tell(&r->answer, &movements[i]);
	}
	souk_add_string(&r->answer, "]}");
	return event_store(stage, r, "restock", id, digest);
}

static const char *const reads[] = {"id", "return?", "lines?", "location?", NULL};

SOUK_VERB(restock) = {
	.function = &stock_function,
	.name = "restock",
	.summary = "add goods that came back to what is on hand",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = 64 << 10,
	.reads = reads,
	.state_size = sizeof(struct events),
	.map = map,
	.close = event_close,
};
