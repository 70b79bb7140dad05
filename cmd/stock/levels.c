/* SPDX-License-Identifier: ISC */
/* Levels in memory, over a batch and between batches. */
#include "stock.h"

bool levels_begin(struct levels *levels, struct souk_stage *stage)
{
	bool changed = souk_store_changed(stage->store, &stage->seen);
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
	/* Levels point to shelves, and these to names: they go together. */
	changed |= stage->repeated || levels->cache.bytes >= SOUK_CACHE_BYTES ||
		levels->shelves.bytes >= SOUK_CACHE_BYTES || levels->locations.bytes >= SOUK_CACHE_BYTES;
	souk_cache_refresh(&levels->cache, changed);
	souk_cache_refresh(&levels->shelves, changed);
	souk_cache_refresh(&levels->locations, changed);
	return true;
}

/* The name of a location, where it stays. */
static struct souk_text name_of(struct levels *levels, struct souk_text name)
{
	void *kept = souk_cache_get(&levels->locations, name, NULL);

	return souk_cache_key(kept ? kept : souk_cache_add(&levels->locations, name, "", 1));
}

static bool read_main(struct souk_store *store, struct shelf *main)
{
	struct souk_query *q = souk_ask(store, LOCATION_GET);
	enum souk_step step;

	souk_bind_text(q, 1, MAIN_LOCATION);
	step = souk_step(q);
	if (step == SOUK_STEP_ROW) {
		main->priority = souk_column_int(q, 0);
		souk_done(q);
	}
	return step != SOUK_STEP_FAILED;
}

/* What of a level is where. */
static bool load_shelves(struct levels *levels, struct souk_store *store, struct souk_text sku, struct level *level)
{
	struct shelf main = {.location = name_of(levels, MAIN_LOCATION), .on_hand = level->on_hand,
		.taken = level->taken};
	struct souk_query *q;
	enum souk_step step;

	if (!read_main(store, &main))
		return false;
	levels->rows.len = 0;
	souk_add(&levels->rows, &main, sizeof(main));
	q = souk_ask(store, SHELF_OF);
	souk_bind_text(q, 1, sku);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct shelf shelf = {.location = name_of(levels, souk_column_text(q, 0)),
			.on_hand = souk_column_int(q, 1), .taken = souk_column_int(q, 2),
			.priority = souk_column_int(q, 3)};

		main.on_hand -= shelf.on_hand;
		main.taken -= shelf.taken;
		souk_add(&levels->rows, &shelf, sizeof(shelf));
	}
	if (step == SOUK_STEP_FAILED)
		return false;
	memcpy(levels->rows.at, &main, sizeof(main));
	level->shelf_count = levels->rows.len / sizeof(struct shelf);
	level->shelves = souk_cache_add(&levels->shelves, sku, levels->rows.at, levels->rows.len);
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
		bool elsewhere = souk_column_int(q, 4);

		found = (struct level){.number = souk_column_int(q, 0), .on_hand = souk_column_int(q, 1),
			.taken = souk_column_int(q, 2), .allow_backorder = souk_column_int(q, 3)};
		souk_done(q);
		if (elsewhere && !load_shelves(levels, store, sku, &found))
			return NULL;
	}
	return souk_cache_add(&levels->cache, sku, &found, sizeof(found));
}

struct shelf *level_shelf(const struct level *level, struct souk_text location)
{
	for (size_t i = 0; i < level->shelf_count; i++)
		if (souk_text_equal(level->shelves[i].location, location))
			return &level->shelves[i];
	return NULL;
}

void levels_take(struct levels *levels, struct level *level, struct shelf *shelf, int64_t qty)
{
	level->taken += qty;
	level->change += qty;
	if (shelf) {
		shelf->taken += qty;
		shelf->change += qty;
	}
	if (!level->listed) {
		level->listed = true;
		level->next = levels->changed;
		levels->changed = level;
	}
}

/* Nobody else writes while this transaction lasts: what was read can't have changed, and
 * if it has, nothing must be sold on it. */
static bool as_read(struct souk_store *store, const struct level *level)
{
	if (souk_store_changes(store) == 1)
		return true;
	souk_warn("the level of %.*s is not what it was read as", SOUK_ARG(souk_cache_key(level)));
	return false;
}

/* A sku that never came may be held for when it comes. */
static bool make(struct souk_store *store, struct level *level)
{
	struct souk_query *q = souk_ask(store, LEVEL_MAKE);

	souk_bind_text(q, 1, souk_cache_key(level));
	if (!souk_do(q))
		return false;
	q = souk_ask(store, LEVEL_GET);
	souk_bind_text(q, 1, souk_cache_key(level));
	if (souk_step(q) != SOUK_STEP_ROW)
		return false;
	level->number = souk_column_int(q, 0);
	souk_done(q);
	return true;
}

static bool write_level(struct souk_store *store, struct level *level)
{
	struct souk_query *q;

	if (!level->number && !make(store, level))
		return false;
	q = souk_ask(store, LEVEL_TAKE);
	souk_bind_int(q, 1, level->number);
	souk_bind_int(q, 2, level->change);
	souk_bind_int(q, 3, level->backordered);
	if (!souk_do(q) || !as_read(store, level))
		return false;
	level->change = 0;
	level->backordered = false;
	return true;
}

/* Main has what the others leave of the level: it has no row. */
static bool write_shelves(struct souk_store *store, const struct level *level)
{
	for (size_t i = 0; i < level->shelf_count; i++) {
		struct shelf *shelf = &level->shelves[i];
		struct souk_query *q;

		if (i && shelf->change) {
			q = souk_ask(store, SHELF_CHANGE);
			souk_bind_text(q, 1, souk_cache_key(level));
			souk_bind_text(q, 2, shelf->location);
			souk_bind_int(q, 3, 0);
			souk_bind_int(q, 4, shelf->change);
			if (!souk_do(q) || !as_read(store, level))
				return false;
		}
		shelf->change = 0;
	}
	return true;
}

bool levels_write(struct levels *levels, struct souk_store *store)
{
	bool changed = false;

	for (struct level *level = levels->changed; level; level = level->next) {
		level->listed = false;
		if (!level->change && !level->shelves)
			continue;
		changed = true;
		if ((level->change && !write_level(store, level)) ||
		    (level->shelves && !write_shelves(store, level)))
			return false;
	}
	levels->changed = NULL;
	if (!changed)
		return true;
	levels->version++;
	return souk_do(souk_ask(store, VERSION_RAISE));
}

void levels_free(struct levels *levels)
{
	souk_cache_free(&levels->cache);
	souk_cache_free(&levels->shelves);
	souk_cache_free(&levels->locations);
	souk_buffer_free(&levels->rows);
}
