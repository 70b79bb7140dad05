/* SPDX-License-Identifier: ISC */
/* The value of goods: pieces at what they cost the shop. Pieces are costs from the moment
 * they are sold, so what the account of the stock holds is what nobody has bought yet. */
#include "ledger.h"

/* The worth of so many pieces, rounded once; false, and said, if it can't be counted. */
static bool worth_of(struct ledger *l, struct souk_text sku, int64_t qty, sqlite3_stmt *row, int column,
	int64_t *worth)
{
	struct souk_decimal unit = {sqlite3_column_int64(row, column), sqlite3_column_int(row, column + 1)};

	if (souk_money_line(unit, qty < 0 ? -qty : qty, SOUK_HALF_UP, worth)) {
		if (qty < 0)
			*worth = -*worth;
		return true;
	}
	misfit(l, "%lld pieces of %.*s are worth more than can be counted", (long long)qty, SOUK_ARG(sku));
	return false;
}

/* Where the worth of pieces comes from that a movement brings; NULL if it brings none:
 * what is shipped was sold before, and what is transferred stays in the house. */
static const char *source_of(struct souk_text verb, enum kind *kind)
{
	static const struct {
		const char *verb, *account;
		enum kind kind;
	} sources[] = {
		{"receive", "liabilities:goods-received", GOODS_RECEIVED},
		{"adjust", "expenses:shrinkage", GOODS_ADJUSTED},
		{"stocktake", "expenses:shrinkage", GOODS_ADJUSTED},
		{"ship", NULL, GOODS_MOVED}, {"unship", NULL, GOODS_MOVED}, {"transfer", NULL, GOODS_MOVED},
	};

	*kind = GOODS_MOVED;
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
		if (souk_text_is(verb, sources[i].verb)) {
			*kind = sources[i].kind;
			return sources[i].account;
		}
	return COST;
}

static void journal_movements(struct ledger *l)
{
	sqlite3_stmt *row = souk_scratch_ask(&l->books, MOVEMENTS, "");
	struct souk_buffer title = {0};

	while (souk_scratch_row(&l->books, row)) {
		struct souk_text verb = souk_scratch_text(row, 0), id = souk_scratch_text(row, 1);
		struct souk_text sku = souk_scratch_text(row, 2);
		struct entry e = {.day = sqlite3_column_int64(row, 4), .currency = souk_scratch_text(row, 5)};
		const char *source = source_of(verb, &e.kind);
		int64_t worth;

		if (!source || !worth_of(l, sku, sqlite3_column_int64(row, 3), row, 6, &worth))
			continue;
		title.len = 0;
		souk_add(&title, verb.at, verb.len);
		souk_add_char(&title, ' ');
		souk_add(&title, id.at, id.len);
		souk_add_string(&title, ", ");
		souk_add(&title, sku.at, sku.len);
		e.title = (struct souk_text){title.at, title.len};
		post_both(l, &e, STOCK, source, worth);
	}
	souk_buffer_free(&title);
}

/* What placed orders took, in the entries of the orders. */
static void journal_sold(struct ledger *l)
{
	sqlite3_stmt *row = souk_scratch_ask(&l->books, HOLDS, "");
	struct souk_buffer title = {0};

	while (souk_scratch_row(&l->books, row)) {
		struct souk_text id = souk_scratch_text(row, 0);
		struct entry e = {.day = sqlite3_column_int64(row, 1), .kind = ORDER_PLACED,
			.currency = souk_scratch_text(row, 4)};
		int64_t worth;

		if (!worth_of(l, souk_scratch_text(row, 2), sqlite3_column_int64(row, 3), row, 5, &worth))
			continue;
		title.len = 0;
		souk_add_string(&title, "order ");
		souk_add(&title, id.at, id.len);
		e.title = (struct souk_text){title.at, title.len};
		post_both(l, &e, COST, STOCK, worth);
	}
	souk_buffer_free(&title);
}

void journal_goods(struct ledger *l)
{
	journal_movements(l);
	journal_sold(l);
}
