/* SPDX-License-Identifier: ISC */
/* souk-stock reserve: holds what an order wants, all of it or nothing, never more
 * than there is unless the sku may be ordered beyond that. */
#include "allocate.h"

struct reserve {
	struct levels levels;
	struct souk_digest digest;
	struct souk_buffer lines;
	uint64_t record;
};

static bool begin(struct souk_stage *stage)
{
	struct reserve *s = stage->state;

	return levels_begin(&s->levels, stage);
}

/* Which lines ask for no stock: those that the catalogue says are not kept in
 * stock (catalog.lines[].manage_stock false: services, downloads). False: refused. */
static bool find_unmanaged(struct souk_record *r, size_t count, const struct souk_node ***catalog_lines,
	bool **unmanaged)
{
	const struct souk_node *catalog = NULL, **lines;

	*unmanaged = NULL;
	*catalog_lines = NULL;
	if (!souk_may_node(r, NULL, "catalog", SOUK_OBJECT, &catalog))
		return false;
	if (!catalog)
		return true;
	if (!souk_stage_lines(r, "catalog", count, &lines))
		return false;
	*catalog_lines = lines;
	*unmanaged = souk_record_alloc(r, count * sizeof(**unmanaged));
	for (size_t i = 0; i < count; i++) {
		bool managed = true;

		if (!souk_may_bool(r, lines[i], "manage_stock", &managed))
			return false;
		(*unmanaged)[i] = !managed;
	}
	return true;
}

/* Adds up the lines by sku. Lines of one sku meet at its level: nothing is searched. */
static bool gather(struct souk_stage *stage, const struct souk_line *lines, size_t count,
	const bool *unmanaged, struct want *wants, size_t *want_count)
{
	struct reserve *s = stage->state;

	s->record++;
	*want_count = 0;
	for (size_t i = 0; i < count; i++) {
		struct level *level;

		if (unmanaged && unmanaged[i])
			continue;
		level = levels_get(&s->levels, stage->store, lines[i].sku);
		if (!level)
			return false;
		if (level->record != s->record) {
			level->record = s->record;
			level->want = (*want_count)++;
			wants[level->want] = (struct want){.sku = lines[i].sku, .level = level, .line = i};
		}
		wants[level->want].qty += lines[i].qty;
	}
	return true;
}

/* `lines`: what is held, as it is stored; empty where nothing is backordered. */
static enum souk_outcome held(struct souk_record *r, struct souk_text lines)
{
	struct hold_line line;
	bool any = false;

	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "held");
	while (hold_line_next(&lines, &line)) {
		if (!line.backordered)
			continue;
		if (!any)
			souk_put_open(&r->answer, "backordered", '[');
		any = true;
		souk_put_open(&r->answer, NULL, '{');
		souk_put_text(&r->answer, "sku", line.sku);
		souk_put_int(&r->answer, "qty", line.backordered);
		souk_put_close(&r->answer, '}');
	}
	if (any)
		souk_put_close(&r->answer, ']');
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

/* The same record again: the stored answer, and no second effect. */
static enum souk_outcome again(struct souk_stage *stage, struct souk_record *r, struct souk_text id,
	const unsigned char *digest)
{
	struct souk_query *q;
	enum souk_outcome outcome = souk_hold_again(stage, r, &stock_hold, id, digest, &q);

	if (outcome != SOUK_ANSWER)
		return outcome;
	held(r, souk_column_text(q, 2));
	souk_done(q);
	return SOUK_ANSWER;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct reserve *s = stage->state;
	unsigned char digest[SOUK_DIGEST_BYTES];
	struct souk_line *lines;
	struct want *wants;
	struct souk_text id;
	size_t count, want_count;
	bool any_backorder = false;
	const struct souk_node **catalog_lines;
	bool *unmanaged;
	struct souk_query *q;
	enum souk_outcome outcome;

	if (!souk_need_id(r, &id) || !souk_order_lines(r, &lines, &count) ||
	    !find_unmanaged(r, count, &catalog_lines, &unmanaged))
		return SOUK_REFUSED;
	wants = souk_record_alloc(r, count * sizeof(*wants));
	if (!gather(stage, lines, count, unmanaged, wants, &want_count))
		return SOUK_FAILED;
	outcome = find_lacks(r, wants, want_count, catalog_lines);
	souk_digest_begin(&s->digest);
	s->lines.len = 0;
	for (size_t i = 0; i < want_count; i++) {
		souk_digest_text(&s->digest, wants[i].sku);
		souk_digest_int(&s->digest, wants[i].qty);
		if (outcome == SOUK_ANSWER)
			allocate(r, &wants[i], &s->lines);
		any_backorder |= wants[i].backorder;
	}
	souk_digest_end(&s->digest, digest);
	/* One statement tells a new order from one seen before. */
	q = souk_defer(stage->store, &stock_hold.put);
	souk_bind_text(q, 1, id);
	souk_bind_blob(q, 2, digest, sizeof(digest));
	souk_bind_text(q, 3, souk_text_of(outcome == SOUK_ANSWER ? "held" : "refused"));
	souk_bind_text(q, 4, outcome == SOUK_ANSWER ? (struct souk_text){s->lines.at, s->lines.len}
						    : (struct souk_text){r->error.at, r->error.len});
	if (!souk_do(q))
		return SOUK_FAILED;
	if (!souk_store_changes(stage->store))
		return again(stage, r, id, digest);
	if (outcome != SOUK_ANSWER)
		return outcome;
	for (size_t i = 0; i < want_count; i++)
		take(&s->levels, &wants[i]);
	return held(r, any_backorder ? (struct souk_text){s->lines.at, s->lines.len} : (struct souk_text){"", 0});
}

static bool end(struct souk_stage *stage)
{
	struct reserve *s = stage->state;

	return levels_write(&s->levels, stage->store);
}

static void close(struct souk_stage *stage)
{
	struct reserve *s = stage->state;

	levels_free(&s->levels);
	souk_buffer_free(&s->digest.values);
	souk_buffer_free(&s->lines);
}

static const char *const reads[] = {"id", "lines", "catalog?", NULL};

SOUK_VERB(reserve) = {
	.function = &stock_function,
	.name = "reserve",
	.summary = "hold what an order wants, all of it or nothing",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = 24 << 10, /* for an error that names 20 skus */
	.reads = reads,
	.state_size = sizeof(struct reserve),
	.begin = begin,
	.map = map,
	.end = end,
	.close = close,
};
