/* SPDX-License-Identifier: ISC */
/* souk-stock: what is in the house and for whom it is kept. */
#include "stock.h"

static const char schema[] =
#include "cmd/stock/schema.sql.h"
;

static const char *const statements[] = {
	[LEVEL_GET] = "SELECT number, on_hand, taken FROM level WHERE sku = ?1",
	[LEVEL_PUT] = "INSERT INTO level (sku, on_hand, taken) VALUES (?1, ?2, 0) "
		      "ON CONFLICT (sku) DO UPDATE SET on_hand = excluded.on_hand",
	[LEVEL_TAKE] = "UPDATE level SET taken = taken + ?2 WHERE number = ?1 AND (?2 < 0 OR on_hand - taken >= ?2)",
	[LEVEL_LIST] = "SELECT sku, on_hand, taken FROM level ORDER BY sku",
	[VERSION_GET] = "SELECT version FROM level_version",
	[VERSION_RAISE] = "UPDATE level_version SET version = version + 1",
	[HOLD_PUT] = "INSERT INTO hold (id, digest, state, lines) VALUES (?1, ?2, ?3, ?4) "
		     "ON CONFLICT (id) DO NOTHING",
	[HOLD_PUT_ALL] = "INSERT INTO hold (id, digest, state, lines) SELECT c1, c2, c3, c4 FROM batch "
			 "WHERE true ON CONFLICT (id) DO NOTHING",
	[HOLD_GET] = "SELECT digest, state, lines FROM hold WHERE id = ?1",
	[HOLD_SET] = "UPDATE hold SET state = ?2 WHERE id = ?1 AND state = 'held'",
	[HOLD_SPAN] = "SELECT id FROM hold WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
	[HOLD_COMMIT_ALL] = "UPDATE hold NOT INDEXED SET state = 'committed' "
			    "WHERE id BETWEEN ?1 AND ?2 AND state = 'held'",
	[HOLD_HELD] = "SELECT lines FROM hold WHERE state = 'held'",
	[HOLD_LIST] = "SELECT id, state, lines FROM hold ORDER BY id",
	[MOVEMENT_PUT] = "INSERT INTO movement (verb, id, sku, qty, reason, on_hand, at) "
			 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[MOVEMENT_GET] = "SELECT sku, qty, reason, on_hand FROM movement WHERE verb = ?1 AND id = ?2",
	[MOVEMENT_LIST] = "SELECT verb, id, sku, qty, reason, on_hand, at FROM movement ORDER BY verb, id",
	[HOLD_RELEASE] = "UPDATE hold SET state = 'released' WHERE id = ?1 AND state = 'committed'",
	[CANCEL_PUT] = "INSERT INTO cancellation (id, order_id) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING",
	[CANCEL_GET] = "SELECT order_id FROM cancellation WHERE id = ?1",
};

const struct souk_function stock_function = {
	.name = "stock",
	.summary = "stock levels, and holds on them for orders",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
};

bool levels_begin(struct levels *levels, struct souk_stage *stage)
{
	bool changed = souk_store_changed(stage->store);
	struct souk_query *q;

	levels->changed = NULL;
	if (changed || stage->repeated) {
		q = souk_ask(stage->store, VERSION_GET);
		if (souk_step(q) != SOUK_STEP_ROW)
			return false;
		changed = souk_column_int(q, 0) != levels->version;
		levels->version = souk_column_int(q, 0);
		souk_done(q);
	}
	souk_cache_refresh(&levels->cache, changed || stage->repeated);
	return true;
}

struct level *levels_get(struct levels *levels, struct souk_store *store, struct souk_text sku)
{
	struct level *level = souk_cache_get(&levels->cache, sku, NULL), found = {0};
	struct souk_query *q;
	enum souk_step step;

	if (level)
		return level;
	q = souk_ask(store, LEVEL_GET);
	souk_bind_text(q, 1, sku);
	step = souk_step(q);
	if (step == SOUK_STEP_FAILED)
		return NULL;
	if (step == SOUK_STEP_ROW) {
		found = (struct level){.number = souk_column_int(q, 0), .on_hand = souk_column_int(q, 1),
			.taken = souk_column_int(q, 2)};
		souk_done(q);
	}
	return souk_cache_add(&levels->cache, sku, &found, sizeof(found));
}

void levels_take(struct levels *levels, struct level *level, int64_t qty)
{
	level->taken += qty;
	level->change += qty;
	if (!level->listed) {
		level->listed = true;
		level->next = levels->changed;
		levels->changed = level;
	}
}

bool levels_write(struct levels *levels, struct souk_store *store)
{
	bool changed = false;

	for (struct level *level = levels->changed; level; level = level->next) {
		struct souk_query *q = souk_ask(store, LEVEL_TAKE);

		level->listed = false;
		if (!level->change)
			continue;
		changed = true;
		souk_bind_int(q, 1, level->number);
		souk_bind_int(q, 2, level->change);
		if (!souk_do(q))
			return false;
		/* Nobody else writes while this transaction lasts: this can't happen, and if
		 * it does, nothing must be sold on it. */
		if (souk_store_changes(store) != 1) {
			souk_warn("the level of %.*s is not what it was read as", SOUK_ARG(souk_cache_key(level)));
			return false;
		}
		level->change = 0;
	}
	levels->changed = NULL;
	if (!changed)
		return true;
	levels->version++;
	return souk_do(souk_ask(store, VERSION_RAISE));
}

bool hold_line_next(struct souk_text *lines, struct souk_text *sku, int64_t *qty)
{
	const char *end = lines->at + lines->len, *at = lines->at;

	if (!lines->len)
		return false;
	for (*qty = 0; *at != ' '; at++)
		*qty = *qty * 10 + (*at - '0');
	sku->at = ++at;
	while (*at != '\n')
		at++;
	sku->len = (size_t)(at - sku->at);
	*lines = (struct souk_text){at + 1, (size_t)(end - at - 1)};
	return true;
}

bool reserved_read(struct reserved *reserved, struct souk_store *store)
{
	struct souk_query *q = souk_ask(store, HOLD_HELD);
	enum souk_step step;

	souk_cache_refresh(&reserved->pieces, true);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct souk_text lines = souk_column_text(q, 0), sku;
		int64_t qty, *sum;

		while (hold_line_next(&lines, &sku, &qty)) {
			sum = souk_cache_get(&reserved->pieces, sku, NULL);
			if (!sum)
				sum = souk_cache_add(&reserved->pieces, sku, NULL, sizeof(*sum));
			*sum += qty;
		}
	}
	return step == SOUK_STEP_DONE;
}

void level_put(struct reserved *reserved, struct souk_buffer *out, struct souk_text sku,
	int64_t on_hand, int64_t taken)
{
	const int64_t *sum = souk_cache_get(&reserved->pieces, sku, NULL);
	int64_t held = sum ? *sum : 0;

	souk_put_int(out, "on_hand", on_hand);
	souk_put_int(out, "reserved", held);
	souk_put_int(out, "committed", taken - held);
	souk_put_int(out, "available", on_hand - taken);
}

static enum souk_outcome answer(struct souk_record *r, int64_t qty, int64_t on_hand)
{
	souk_put_open(&r->answer, NULL, '{');
	souk_put_int(&r->answer, "qty", qty);
	souk_put_int(&r->answer, "on_hand", on_hand);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

enum souk_outcome move(struct souk_stage *stage, struct souk_record *r, const char *verb,
	int64_t min_qty, bool wants_reason)
{
	struct souk_text id, sku, reason = SOUK_TEXT("");
	int64_t qty, on_hand = 0;
	struct souk_query *q;
	enum souk_step step;

	if (!souk_need_id(r, &id) || !souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, &sku) ||
	    !souk_need_int(r, NULL, "qty", min_qty, SOUK_MAX_QTY, &qty) ||
	    !(wants_reason ? souk_need_text : souk_may_text)(r, NULL, "reason", 1, 200, &reason))
		return SOUK_REFUSED;
	q = souk_ask(stage->store, MOVEMENT_GET);
	souk_bind_text(q, 1, souk_text_of(verb));
	souk_bind_text(q, 2, id);
	step = souk_step(q);
	if (step == SOUK_STEP_FAILED)
		return SOUK_FAILED;
	if (step == SOUK_STEP_ROW) {
		bool same = souk_text_equal(souk_column_text(q, 0), sku) && souk_column_int(q, 1) == qty &&
			souk_text_equal(souk_column_text(q, 2), reason);

		on_hand = souk_column_int(q, 3);
		souk_done(q);
		return same ? answer(r, qty, on_hand)
			    : souk_refuse(r, "id_conflict", "this id was used for another movement of stock");
	}
	q = souk_ask(stage->store, LEVEL_GET);
	souk_bind_text(q, 1, sku);
	step = souk_step(q);
	if (step == SOUK_STEP_FAILED)
		return SOUK_FAILED;
	if (step == SOUK_STEP_ROW) {
		on_hand = souk_column_int(q, 1);
		souk_done(q);
	}
	if (on_hand + qty < 0)
		return souk_refuse(r, "below_zero", "there are %lld pieces of %.*s, fewer than would go",
			(long long)on_hand, SOUK_ARG(sku));
	on_hand += qty;
	q = souk_ask(stage->store, LEVEL_PUT);
	souk_bind_text(q, 1, sku);
	souk_bind_int(q, 2, on_hand);
	if (!souk_do(q) || !souk_do(souk_ask(stage->store, VERSION_RAISE)))
		return SOUK_FAILED;
	q = souk_ask(stage->store, MOVEMENT_PUT);
	souk_bind_text(q, 1, souk_text_of(verb));
	souk_bind_text(q, 2, id);
	souk_bind_text(q, 3, sku);
	souk_bind_int(q, 4, qty);
	souk_bind_text(q, 5, reason);
	souk_bind_int(q, 6, on_hand);
	souk_bind_int(q, 7, souk_now(stage));
	return souk_do(q) ? answer(r, qty, on_hand) : SOUK_FAILED;
}
