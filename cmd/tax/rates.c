/* SPDX-License-Identifier: ISC */
/* Looks up rates, and keeps what was found. Keys of the cache: COUNTRY CLASS of a
 * country that has one rate a class; else COUNTRY REGION \n POSTCODE \n CLASS; \1 COUNTRY
 * for whether it has; \2 and the stored parts for these. */
#include "tax.h"

bool rates_begin(struct rates *rates, struct souk_stage *stage)
{
	bool changed = souk_store_changed(stage->store, &stage->seen) || stage->repeated;

	souk_cache_refresh(&rates->cache, changed);
	return changed;
}

void rates_free(struct rates *rates)
{
	souk_cache_free(&rates->cache);
	souk_buffer_free(&rates->rows);
}

bool rates_place(struct rates *rates, struct souk_store *store, struct place *place)
{
	const char bytes[3] = {1, place->country.at[0], place->country.at[1]};
	struct souk_text key = {bytes, sizeof(bytes)};
	const bool *found = souk_cache_get(&rates->cache, key, NULL);
	struct souk_query *q;

	if (!found) {
		bool any;

		q = souk_ask(store, EXCEPTION_ANY);
		souk_bind_text(q, 1, place->country);
		if (souk_step(q) != SOUK_STEP_ROW)
			return false;
		any = souk_column_int(q, 0);
		souk_done(q);
		found = souk_cache_add(&rates->cache, key, &any, sizeof(any));
	}
	place->exceptions = *found;
	return true;
}

/* The parts that a row has, kept in the cache; NULL if they are damaged. */
static const struct parts *keep_parts(struct rates *rates, struct souk_text stored)
{
	struct souk_buffer key = {0};
	struct souk_decimal percent;
	struct souk_text text;
	struct parts *parts;

	souk_add_char(&key, 2);
	souk_add(&key, stored.at, stored.len);
	parts = souk_cache_get(&rates->cache, (struct souk_text){key.at, key.len}, NULL);
	if (!parts) {
		text = (struct souk_text){key.at, key.len};
		parts = souk_cache_add(&rates->cache, text, NULL, sizeof(*parts));
		text = souk_cache_key(parts);
		if (!parts_load((struct souk_text){text.at + 1, text.len - 1}, parts, &percent))
			parts = NULL;
	}
	souk_buffer_free(&key);
	return parts;
}

/* Adds the row to the others, behind those of its rank and those above it. */
static bool add_row(struct rates *rates, struct souk_query *q, size_t rank)
{
	struct rate rate = {.from = souk_column_int(q, 0), .to = souk_column_int(q, 1), .rank = rank}, *row;
	struct souk_text text = souk_column_text(q, 2), parts = souk_column_text(q, 3);

	if (text.len > sizeof(rate.spelling) || !souk_decimal_parse(text, &rate.percent)) {
		souk_warn("the stored rate %.*s is no number", SOUK_ARG(text));
		return false;
	}
	memcpy(rate.spelling, text.at, text.len);
	rate.spelling_len = text.len;
	if (parts.len && !(rate.parts = keep_parts(rates, parts))) {
		souk_warn("the stored parts of the rate %.*s are damaged", SOUK_ARG(text));
		return false;
	}
	souk_add(&rates->rows, &rate, sizeof(rate));
	row = (struct rate *)(void *)(rates->rows.at + rates->rows.len) - 1;
	for (; (char *)row > rates->rows.at && row[-1].rank < rank; row--)
		row[0] = row[-1];
	*row = rate;
	return true;
}

/* Rates of parts of the country that the place is in. */
static bool load_exceptions(struct rates *rates, struct souk_store *store, const struct place *place,
	struct souk_text class)
{
	struct souk_query *q = souk_ask(store, EXCEPTION_FIND);
	enum souk_step step;

	souk_bind_text(q, 1, place->country);
	souk_bind_text(q, 2, class);
	souk_bind_text(q, 3, place->region);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct souk_text region = souk_column_text(q, 4), postcode = souk_column_text(q, 5);
		size_t letters = postcode_match(postcode, place->postcode);
		bool own_class = !souk_text_is(souk_column_text(q, 6), "*");

		if (postcode.len && !letters)
			continue;
		if (!add_row(rates, q, 1 + 4 * letters + (region.len ? 2 : 0) + own_class)) {
			souk_done(q);
			return false;
		}
	}
	return step == SOUK_STEP_DONE;
}

/* Reads all that a class may be taxed at in a place, what counts first before the
 * rest, into the cache. */
static const struct rate *load(struct rates *rates, struct souk_store *store, struct souk_text key,
	const struct place *place, struct souk_text class, size_t *len)
{
	struct souk_query *q;
	enum souk_step step;

	rates->rows.len = 0;
	if (place->exceptions && !load_exceptions(rates, store, place, class))
		return NULL;
	q = souk_ask(store, RATE_FIND);
	souk_bind_text(q, 1, place->country);
	souk_bind_text(q, 2, class);
	while ((step = souk_step(q)) == SOUK_STEP_ROW)
		if (!add_row(rates, q, 0)) {
			souk_done(q);
			return NULL;
		}
	if (step == SOUK_STEP_FAILED)
		return NULL;
	*len = rates->rows.len;
	return souk_cache_add(&rates->cache, key, rates->rows.at, rates->rows.len);
}

static size_t append(char *bytes, size_t len, struct souk_text text)
{
	if (text.len)
		memcpy(bytes + len, text.at, text.len);
	return len + text.len;
}

bool rates_find(struct rates *rates, struct souk_store *store, const struct place *place,
	struct souk_text class, int64_t time, const struct rate **rate)
{
	char bytes[2 + MAX_REGION + MAX_POSTCODE + 2 + MAX_CLASS];
	struct souk_text key = {bytes, append(bytes, 0, place->country)};
	const struct rate *found, *end;
	size_t len;

	if (place->exceptions) {
		key.len = append(bytes, key.len, place->region);
		key.len = append(bytes, key.len, SOUK_TEXT("\n"));
		key.len = append(bytes, key.len, place->postcode);
		key.len = append(bytes, key.len, SOUK_TEXT("\n"));
	}
	key.len = append(bytes, key.len, class);
	found = souk_cache_get(&rates->cache, key, &len);
	if (!found)
		found = load(rates, store, key, place, class, &len);
	if (!found)
		return false;
	for (end = found + len / sizeof(*found); found < end; found++)
		if (found->from <= time && time < found->to)
			break;
	*rate = found < end ? found : NULL;
	return true;
}
