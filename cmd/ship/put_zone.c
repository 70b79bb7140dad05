/* SPDX-License-Identifier: ISC */
/* souk-ship put, of a zone: countries, or regions or postcodes of one country. */
#include "put.h"

enum { MAX_AREAS = 5000 };

struct area {
	struct souk_text country, low, high;
	enum kind kind;
};

static bool text_of(struct souk_record *r, const struct souk_node *node, size_t max, struct souk_text *text)
{
	if (node->type == SOUK_STRING && souk_decode(r, node, text) && text->len && text->len <= max)
		return true;
	souk_refuse_value(r, node, "must be a string of 1 to %zu bytes", max);
	return false;
}

static bool read_country(struct souk_record *r, const struct souk_node *node, struct area *area)
{
	if (!text_of(r, node, 2, &area->country))
		return false;
	area->kind = souk_text_is(area->country, "*") ? EVERYWHERE : COUNTRY;
	if (area->kind == EVERYWHERE || souk_is_country(area->country))
		return true;
	souk_refuse_value(r, node, "must be two capital letters (ISO 3166-1), or * for all other countries");
	return false;
}

static bool read_region(struct souk_record *r, const struct souk_node *node, struct area *area)
{
	area->kind = REGION;
	return text_of(r, node, MAX_REGION, &area->low);
}

/* A postcode as addresses have it, made plain; false if nothing is left of it. */
static bool plain(struct souk_record *r, struct souk_text text, struct souk_text *out)
{
	char *at = souk_record_alloc(r, text.len + 1);

	*out = (struct souk_text){at, postcode_plain(text, at)};
	return out->len && out->len <= MAX_POSTCODE && !memchr(at, '*', out->len) && !memchr(at, '.', out->len);
}

/* "SW1Y 4JH", "IV*", "20000...20999" */
static bool read_postcode(struct souk_record *r, const struct souk_node *node, struct area *area)
{
	struct souk_text text;
	const char *dots;
	bool reads;

	if (!text_of(r, node, 2 * MAX_POSTCODE + 3, &text))
		return false;
	dots = memmem(text.at, text.len, "...", 3);
	if (dots) {
		area->kind = POSTCODE_RANGE;
		reads = plain(r, (struct souk_text){text.at, (size_t)(dots - text.at)}, &area->low) &&
			plain(r, (struct souk_text){dots + 3, (size_t)(text.at + text.len - dots - 3)}, &area->high) &&
			area->low.len == area->high.len && memcmp(area->low.at, area->high.at, area->low.len) <= 0;
	} else {
		area->kind = text.at[text.len - 1] == '*' ? POSTCODE_PREFIX : POSTCODE;
		reads = plain(r, (struct souk_text){text.at, text.len - (area->kind == POSTCODE_PREFIX)}, &area->low);
	}
	if (!reads)
		souk_refuse_value(r, node, "must be a postcode, the beginning of one and *, or two of one length and "
			"... between them");
	return reads;
}

/* Reads the areas in the array `name`, each after the pattern of `common`. */
static bool read_areas(struct souk_record *r, const char *name, const struct area *common,
	bool (*read)(struct souk_record *, const struct souk_node *, struct area *),
	struct area **areas, size_t *count)
{
	const struct souk_node *array, *n;

	if (!souk_need_node(r, NULL, name, SOUK_ARRAY, &array))
		return false;
	if (souk_count(r, array) > MAX_AREAS) {
		souk_refuse_value(r, array, "must not hold more than %d", MAX_AREAS);
		return false;
	}
	*areas = souk_record_alloc(r, (souk_count(r, array) + 1) * sizeof(**areas));
	*count = 0;
	for (n = souk_first(r, array); n; n = souk_next(r, array, n)) {
		(*areas)[*count] = *common;
		if (!read(r, n, &(*areas)[(*count)++]))
			return false;
	}
	return true;
}

static bool read_zone(struct souk_record *r, struct area **areas, size_t *count)
{
	static const struct area none = {.low = {"", 0}, .high = {"", 0}};
	bool of_regions = souk_member(r, "regions"), of_postcodes = souk_member(r, "postcodes");
	struct area common;

	if (!read_areas(r, "countries", &none, read_country, areas, count))
		return false;
	if (!of_regions && !of_postcodes)
		return true;
	if (of_regions && of_postcodes) {
		souk_refuse(r, "bad_record", "regions and postcodes stand both there: make a zone of each");
		return false;
	}
	if (*count != 1 || (*areas)[0].kind != COUNTRY) {
		souk_refuse_value(r, souk_member(r, "countries"), "must be one country, as %s are of one",
			of_regions ? "regions" : "postcodes");
		return false;
	}
	common = (*areas)[0];
	return of_regions ? read_areas(r, "regions", &common, read_region, areas, count)
			  : read_areas(r, "postcodes", &common, read_postcode, areas, count);
}

enum souk_outcome put_zone(struct souk_stage *stage, struct souk_record *r, struct souk_text zone)
{
	const struct put *s = stage->state;
	struct souk_query *q;
	struct area *areas;
	bool known, same;
	size_t count;

	if (!read_zone(r, &areas, &count))
		return SOUK_REFUSED;
	if (!put_zone_body(stage, zone, &known, &same))
		return SOUK_FAILED;
	if (same)
		return SOUK_ANSWER;
	q = souk_ask(stage->store, ZONE_PUT);
	souk_bind_text(q, 1, zone);
	souk_bind_text(q, 2, (struct souk_text){s->body.at, s->body.len});
	if (!souk_do(q))
		return SOUK_FAILED;
	q = souk_ask(stage->store, AREA_CLEAR);
	souk_bind_text(q, 1, zone);
	if (!souk_do(q))
		return SOUK_FAILED;
	for (size_t i = 0; i < count; i++) {
		q = souk_ask(stage->store, AREA_PUT);
		souk_bind_text(q, 1, zone);
		souk_bind_text(q, 2, areas[i].country);
		souk_bind_int(q, 3, areas[i].kind);
		souk_bind_text(q, 4, areas[i].low);
		souk_bind_text(q, 5, areas[i].high);
		if (!souk_do(q))
			return SOUK_FAILED;
	}
	return souk_do(souk_ask(stage->store, VERSION_RAISE)) ? SOUK_ANSWER : SOUK_FAILED;
}
