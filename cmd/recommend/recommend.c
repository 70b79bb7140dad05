/* SPDX-License-Identifier: ISC */
/* souk-recommend: what was bought together. */
#include "recommend.h"

#include <stdlib.h>

/* Three counts multiplied fit. */
__extension__ typedef __int128 wide;

static const char schema[] =
#include "cmd/recommend/schema.sql.h"
;

static const char *const statements[] = {
	[SKU_GET] = "SELECT number, orders FROM sku WHERE sku = ?1",
	[SKU_PUT] = "INSERT INTO sku (sku, orders) VALUES (?1, 0)",
	[SKU_COUNT] = "UPDATE sku SET orders = orders + ?2 WHERE number = ?1",
	[SKU_LIST] = "SELECT sku, orders FROM sku ORDER BY sku",
	[PAIR_COUNT] = "INSERT INTO pair (a, b, orders) VALUES (?1, ?2, ?3) ON CONFLICT (a, b) "
		       "DO UPDATE SET orders = pair.orders + excluded.orders",
	[PAIRS_OF] = "SELECT sku.sku, sku.orders, pair.orders FROM pair JOIN sku ON sku.number = pair.b "
		     "WHERE pair.a = ?1 AND pair.orders >= ?2 UNION ALL "
		     "SELECT sku.sku, sku.orders, pair.orders FROM pair JOIN sku ON sku.number = pair.a "
		     "WHERE pair.b = ?1 AND pair.orders >= ?2",
	[LEARNED_PUT] = "INSERT INTO learned (id, digest, skus, left_out) VALUES (?1, ?2, ?3, ?4) "
			"ON CONFLICT (id) DO NOTHING",
	[LEARNED_GET] = "SELECT digest, skus, left_out FROM learned WHERE id = ?1",
	[TOTAL_GET] = "SELECT orders FROM total",
	[TOTAL_RAISE] = "UPDATE total SET orders = orders + ?1",
};

const struct souk_function recommend_function = {
	.name = "recommend",
	.summary = "what was bought together in the shop's own orders",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
};

const char *const measure_names[] = {[CONFIDENCE] = "confidence", [LIFT] = "lift", NULL};

/* The measure as a fraction; the number of all orders is the same for both that are
 * compared, and left out. */
static void fraction(const struct together *t, enum measure measure, wide *above, wide *below)
{
	*above = t->count;
	*below = measure == LIFT ? (wide)t->own * t->other : t->own;
}

int together_compare(const struct together *a, const struct together *b, enum measure measure)
{
	wide a_above, a_below, b_above, b_below;

	fraction(a, measure, &a_above, &a_below);
	fraction(b, measure, &b_above, &b_below);
	a_above *= b_below;
	b_above *= a_below;
	return (a_above > b_above) - (a_above < b_above);
}

void together_put(struct souk_buffer *out, const char *name, const struct together *t, enum measure measure)
{
	enum { DECIMALS = 4 };
	wide above, below;

	fraction(t, measure, &above, &below);
	above *= 10000;
	if (measure == LIFT)
		above *= t->all;
	souk_put_name(out, name);
	souk_add_char(out, '"');
	souk_add_decimal_number(out, (struct souk_decimal){(int64_t)((2 * above + below) / (2 * below)), DECIMALS});
	souk_add_char(out, '"');
}

bool sku_get(struct souk_store *store, struct souk_text sku, int64_t *number, int64_t *orders)
{
	struct souk_query *q = souk_ask(store, SKU_GET);
	enum souk_step step;

	*number = *orders = 0;
	souk_bind_text(q, 1, sku);
	step = souk_step(q);
	if (step == SOUK_STEP_ROW) {
		*number = souk_column_int(q, 0);
		*orders = souk_column_int(q, 1);
		souk_done(q);
	}
	return step != SOUK_STEP_FAILED;
}

bool total_get(struct souk_store *store, int64_t *orders)
{
	struct souk_query *q = souk_ask(store, TOTAL_GET);

	if (souk_step(q) != SOUK_STEP_ROW)
		return false;
	*orders = souk_column_int(q, 0);
	souk_done(q);
	return true;
}

/* ---- The skus of an order ---- */

struct seat {
	struct souk_text sku;
	size_t place;
};

static int by_sku(const void *left, const void *right)
{
	const struct seat *a = left, *b = right;
	size_t len = a->sku.len < b->sku.len ? a->sku.len : b->sku.len;
	int order = memcmp(a->sku.at, b->sku.at, len);

	if (order)
		return order;
	if (a->sku.len != b->sku.len)
		return a->sku.len < b->sku.len ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

static int by_place(const void *left, const void *right)
{
	const struct seat *a = left, *b = right;

	return (a->place > b->place) - (a->place < b->place);
}

/* Which lines count; false if refused. */
static bool read_seats(struct souk_record *r, const struct souk_line *lines, size_t line_count,
	struct seat *seats, size_t *count)
{
	const struct souk_node *catalog = NULL, **goods = NULL;

	if (!souk_may_node(r, NULL, "catalog", SOUK_OBJECT, &catalog) ||
	    (catalog && !souk_stage_lines(r, "catalog", line_count, &goods)))
		return false;
	*count = 0;
	for (size_t i = 0; i < line_count; i++) {
		bool managed = true;

		if (goods && !souk_may_bool(r, goods[i], "manage_stock", &managed))
			return false;
		if (managed)
			seats[(*count)++] = (struct seat){lines[i].sku, i};
	}
	return true;
}

bool skus_read(struct souk_record *r, const struct souk_line *lines, size_t line_count,
	struct souk_text **skus, size_t *count)
{
	size_t seat_count, kept = 0;
	struct seat *seats;

	seats = souk_record_alloc(r, line_count * sizeof(*seats));
	if (!read_seats(r, lines, line_count, seats, &seat_count))
		return false;
	qsort(seats, seat_count, sizeof(*seats), by_sku);
	for (size_t i = 0; i < seat_count; i++)
		if (!i || !souk_text_equal(seats[i].sku, seats[kept - 1].sku))
			seats[kept++] = seats[i];
	qsort(seats, kept, sizeof(*seats), by_place);
	*skus = souk_record_alloc(r, kept * sizeof(**skus));
	for (size_t i = 0; i < kept; i++)
		(*skus)[i] = seats[i].sku;
	*count = kept;
	return true;
}
