/* SPDX-License-Identifier: ISC */
/* souk-tax: what the tax on an order is. */
#include "tax.h"

static const char schema[] =
#include "cmd/tax/schema.sql.h"
;

static const char *const statements[] = {
	/* The same record again writes nothing, so that nobody's cache goes stale. */
	[RATE_PUT] = "INSERT INTO rate (country, class, valid_from, valid_to, rate) "
		     "VALUES (?1, ?2, ?3, ?4, ?5) "
		     "ON CONFLICT (country, class, valid_from) "
		     "DO UPDATE SET valid_to = excluded.valid_to, rate = excluded.rate "
		     "WHERE rate.valid_to <> excluded.valid_to OR rate.rate <> excluded.rate",
	[RATE_FIND] = "SELECT valid_from, valid_to, rate FROM rate WHERE class = ?2 AND country = "
		      "CASE WHEN EXISTS (SELECT 1 FROM rate WHERE country = ?1) THEN ?1 ELSE '*' END "
		      "ORDER BY valid_from DESC",
	[RATE_LIST] = "SELECT country, class, valid_from, valid_to, rate FROM rate ORDER BY 1, 2, 3",
};

const struct souk_function tax_function = {
	.name = "tax",
	.summary = "the tax on an order, by country, class of goods and date",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
};

void rates_begin(struct rates *rates, struct souk_stage *stage)
{
	bool changed = souk_store_changed(stage->store);

	souk_cache_refresh(&rates->cache, changed || stage->repeated);
}

void rates_free(struct rates *rates)
{
	souk_cache_free(&rates->cache);
	souk_buffer_free(&rates->rows);
}

/* Reads all periods of a class in a country, the latest first, into the cache. */
static const struct rate *load(struct rates *rates, struct souk_store *store, struct souk_text key,
	struct souk_text country, struct souk_text class, size_t *len)
{
	struct souk_query *q = souk_ask(store, RATE_FIND);
	enum souk_step step;

	rates->rows.len = 0;
	souk_bind_text(q, 1, country);
	souk_bind_text(q, 2, class);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct rate rate = {.from = souk_column_int(q, 0), .to = souk_column_int(q, 1)};
		struct souk_text text = souk_column_text(q, 2);

		if (text.len > sizeof(rate.spelling) || !souk_decimal_parse(text, &rate.percent)) {
			souk_warn("the stored rate %.*s is no number", SOUK_ARG(text));
			souk_done(q);
			return NULL;
		}
		memcpy(rate.spelling, text.at, text.len);
		rate.spelling_len = text.len;
		souk_add(&rates->rows, &rate, sizeof(rate));
	}
	if (step == SOUK_STEP_FAILED)
		return NULL;
	*len = rates->rows.len;
	return souk_cache_add(&rates->cache, key, rates->rows.at, rates->rows.len);
}

bool rates_find(struct rates *rates, struct souk_store *store, struct souk_text country,
	struct souk_text class, int64_t time, const struct rate **rate)
{
	char bytes[2 + MAX_CLASS];
	struct souk_text key = {bytes, country.len + class.len};
	const struct rate *found, *end;
	size_t len;

	memcpy(bytes, country.at, country.len);
	memcpy(bytes + country.len, class.at, class.len);
	found = souk_cache_get(&rates->cache, key, &len);
	if (!found)
		found = load(rates, store, key, country, class, &len);
	if (!found)
		return false;
	for (end = found + len / sizeof(*found); found < end; found++)
		if (found->from <= time && time < found->to)
			break;
	*rate = found < end ? found : NULL;
	return true;
}

bool is_country(struct souk_text text)
{
	return text.len == 2 && text.at[0] >= 'A' && text.at[0] <= 'Z' && text.at[1] >= 'A' &&
		text.at[1] <= 'Z';
}
