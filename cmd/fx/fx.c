/* SPDX-License-Identifier: ISC */
/* souk-fx: what amounts are in another currency. */
#include "fx.h"

static const char schema[] =
#include "cmd/fx/schema.sql.h"
;

static const char *const statements[] = {
	/* The same record again writes nothing, so that nobody's cache goes stale. */
	[RATE_PUT] = "INSERT INTO rate (currency, day, rate) VALUES (?1, ?2, ?3) "
		     "ON CONFLICT (currency, day) DO UPDATE SET rate = excluded.rate "
		     "WHERE rate.rate <> excluded.rate",
	[RATE_FIND] = "SELECT day, rate FROM rate WHERE currency = ?1 AND day BETWEEN ?2 AND ?3 "
		      "ORDER BY day DESC LIMIT 1",
	[PAIR_FIND] = "SELECT a.day, a.rate, b.rate FROM rate a JOIN rate b ON b.currency = ?4 "
		      "AND b.day = a.day WHERE a.currency = ?1 AND a.day BETWEEN ?2 AND ?3 "
		      "ORDER BY a.day DESC LIMIT 1",
	[RATE_LIST] = "SELECT day, currency, rate FROM rate ORDER BY day, currency",
};

const struct souk_function fx_function = {
	.name = "fx",
	.summary = "amounts in another currency, at the rate of the day",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
};

void pairs_begin(struct pairs *pairs, struct souk_stage *stage)
{
	bool changed = souk_store_changed(stage->store, &stage->seen);

	souk_cache_refresh(&pairs->cache, changed || stage->repeated);
}

static bool take(struct souk_query *q, int column, struct souk_decimal *rate, char *text, size_t *len)
{
	struct souk_text stored = souk_column_text(q, column);

	if (stored.len > MAX_RATE || !souk_decimal_parse(stored, rate)) {
		souk_warn("the stored rate %.*s is no number", SOUK_ARG(stored));
		return false;
	}
	memcpy(text, stored.at, stored.len);
	*len = stored.len;
	return true;
}

/* The row as a pair; that there is none is an answer too. */
static bool load(struct souk_store *store, struct souk_text from, struct souk_text to, int64_t day,
	struct pair *pair)
{
	bool from_euro = souk_text_is(from, "EUR"), one = from_euro || souk_text_is(to, "EUR");
	struct souk_query *q = souk_ask(store, one ? RATE_FIND : PAIR_FIND);
	enum souk_step step;
	bool taken;

	*pair = (struct pair){.day = -1, .from = {1, 0}, .to = {1, 0}};
	souk_bind_text(q, 1, from_euro ? to : from);
	souk_bind_int(q, 2, day - MAX_AGE);
	souk_bind_int(q, 3, day);
	if (!one)
		souk_bind_text(q, 4, to);
	step = souk_step(q);
	if (step != SOUK_STEP_ROW)
		return step == SOUK_STEP_DONE;
	pair->day = souk_column_int(q, 0);
	taken = (from_euro || take(q, 1, &pair->from, pair->from_text, &pair->from_len)) &&
		(souk_text_is(to, "EUR") || take(q, one ? 1 : 2, &pair->to, pair->to_text, &pair->to_len));
	souk_done(q);
	return taken;
}

const struct pair *pairs_find(struct pairs *pairs, struct souk_store *store, struct souk_text from,
	struct souk_text to, int64_t day)
{
	char bytes[6 + sizeof(day)];
	struct souk_text key = {bytes, sizeof(bytes)};
	const struct pair *found;
	struct pair pair;

	memcpy(bytes, from.at, 3);
	memcpy(bytes + 3, to.at, 3);
	memcpy(bytes + 6, &day, sizeof(day));
	found = souk_cache_get(&pairs->cache, key, NULL);
	if (found)
		return found;
	if (!load(store, from, to, day, &pair))
		return NULL;
	return souk_cache_add(&pairs->cache, key, &pair, sizeof(pair));
}

void add_day(struct souk_buffer *out, int64_t day)
{
	souk_add_char(out, '"');
	souk_add_time(out, day * DAY);
	out->len -= strlen("T00:00:00Z");
	souk_add_char(out, '"');
}
