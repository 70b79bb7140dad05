/* SPDX-License-Identifier: ISC */
/* Reads zones and rates into memory, and finds the zone of an address. */
#include "terms.h"

#include <stdlib.h>

static struct souk_text keep(struct terms *terms, struct souk_text text)
{
	return souk_arena_copy(&terms->memory, text);
}

static int by_text(struct souk_text a, struct souk_text b)
{
	int order = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int by_name(const void *name, const void *zone)
{
	return by_text(*(const struct souk_text *)name, ((const struct zone *)zone)->name);
}

static struct zone *zone_of(const struct terms *terms, struct souk_text name)
{
	return terms->zone_count
		? bsearch(&name, terms->zones, terms->zone_count, sizeof(*terms->zones), by_name) : NULL;
}

/* What was collected in `rows`, where it stays until all is read anew. */
static void *keep_rows(struct terms *terms, size_t size, size_t *count)
{
	void *at = souk_arena_alloc(&terms->memory, terms->rows.len + 1);

	if (terms->rows.len)
		memcpy(at, terms->rows.at, terms->rows.len);
	*count = terms->rows.len / size;
	return at;
}

static bool load_zones(struct terms *terms, struct souk_store *store)
{
	struct souk_query *q = souk_ask(store, ZONE_LIST);
	enum souk_step step;

	terms->rows.len = 0;
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct zone zone = {.name = keep(terms, souk_column_text(q, 0))};

		souk_add(&terms->rows, &zone, sizeof(zone));
	}
	terms->zones = keep_rows(terms, sizeof(struct zone), &terms->zone_count);
	return step == SOUK_STEP_DONE;
}

static bool load_areas(struct terms *terms, struct souk_store *store)
{
	struct souk_query *q = souk_ask(store, AREA_LIST);
	enum souk_step step;

	terms->rows.len = 0;
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct area area = {.zone = zone_of(terms, souk_column_text(q, 0)),
			.country = keep(terms, souk_column_text(q, 1)), .kind = (enum kind)souk_column_int(q, 2),
			.low = keep(terms, souk_column_text(q, 3)), .high = keep(terms, souk_column_text(q, 4))};

		souk_add(&terms->rows, &area, sizeof(area));
	}
	terms->areas = keep_rows(terms, sizeof(struct area), &terms->area_count);
	return step == SOUK_STEP_DONE;
}

static bool load_rates(struct terms *terms, struct souk_store *store)
{
	struct souk_query *q = souk_ask(store, RATE_LIST);
	struct zone *zone = NULL;
	enum souk_step step;

	terms->rows.len = 0;
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct souk_text name = souk_column_text(q, 0), currency = souk_column_text(q, 1);
		struct rate rate = {.method = keep(terms, souk_column_text(q, 2)), .from = souk_column_int(q, 3),
			.to = souk_column_int(q, 4), .label = keep(terms, souk_column_text(q, 5)),
			.tax_class = keep(terms, souk_column_text(q, 6)),
			.measure = (enum measure)souk_column_int(q, 7),
			.steps = keep(terms, souk_column_text(q, 8)), .max_weight = souk_column_int(q, 9),
			.free_from = souk_column_int(q, 10)};

		memcpy(rate.currency, currency.at, currency.len < 3 ? currency.len : 3);
		if (!zone || !souk_text_equal(zone->name, name))
			zone = zone_of(terms, name);
		zone->rate_count++;
		souk_add(&terms->rows, &rate, sizeof(rate));
	}
	terms->rates = keep_rows(terms, sizeof(struct rate), &terms->rate_count);
	/* Rates come in the order of their zones. */
	for (size_t i = 0, first = 0; i < terms->zone_count; first += terms->zones[i++].rate_count)
		terms->zones[i].rates = terms->rates + first;
	return step == SOUK_STEP_DONE;
}

bool terms_begin(struct terms *terms, struct souk_stage *stage)
{
	struct souk_query *q;
	int64_t version;

	if (!souk_store_changed(stage->store, &stage->seen) && terms->loaded)
		return true;
	q = souk_ask(stage->store, VERSION_GET);
	if (souk_step(q) != SOUK_STEP_ROW)
		return false;
	version = souk_column_int(q, 0);
	souk_done(q);
	if (terms->loaded && version == terms->version)
		return true;
	terms->version = version;
	souk_arena_reset(&terms->memory);
	terms->loaded = load_zones(terms, stage->store) && load_areas(terms, stage->store) &&
		load_rates(terms, stage->store);
	return terms->loaded;
}

/* `postcode` is plain. */
static bool is_in(const struct area *area, struct souk_text region, struct souk_text postcode)
{
	switch (area->kind) {
	case REGION:
		return souk_text_equal(area->low, region);
	case POSTCODE_RANGE:
		return postcode.len >= area->low.len && memcmp(area->low.at, postcode.at, area->low.len) <= 0 &&
			memcmp(postcode.at, area->high.at, area->high.len) <= 0;
	case POSTCODE_PREFIX:
		return postcode.len >= area->low.len && memcmp(area->low.at, postcode.at, area->low.len) == 0;
	case POSTCODE:
		return souk_text_equal(area->low, postcode);
	default:
		return true;
	}
}

static const struct zone *find(const struct terms *terms, struct souk_text country,
	struct souk_text region, struct souk_text postcode)
{
	size_t from = 0, to = terms->area_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (by_text(terms->areas[middle].country, country) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	for (; from < terms->area_count && souk_text_equal(terms->areas[from].country, country); from++)
		if (is_in(&terms->areas[from], region, postcode))
			return terms->areas[from].zone;
	return NULL;
}

const struct zone *terms_zone(const struct terms *terms, const struct address *address)
{
	char plain[2 * MAX_POSTCODE];
	struct souk_text postcode = {plain, 0};
	const struct zone *zone;

	/* What is longer than any postcode is in no area of postcodes. */
	if (address->postcode.len <= sizeof(plain))
		postcode.len = postcode_plain(address->postcode, plain);
	zone = find(terms, address->country, address->region, postcode);
	return zone ? zone : find(terms, SOUK_TEXT("*"), address->region, postcode);
}

void terms_free(struct terms *terms)
{
	souk_buffer_free(&terms->rows);
	souk_arena_free(&terms->memory);
}
