/* SPDX-License-Identifier: ISC */
#include "choice.h"

#include <stdlib.h>

struct price {
	bool listed, grouped;
	int64_t min_qty, max_qty, from, to;
	struct souk_decimal amount;
};

void choice_begin(struct choice *choice, struct souk_stage *stage)
{
	bool changed = souk_store_changed(stage->store, &stage->seen);

	souk_cache_refresh(&choice->prices, changed || stage->repeated);
}

bool choice_ask(struct souk_stage *stage, struct souk_record *r, struct asked *asked)
{
	const struct souk_node *customer = NULL;

	asked->group = (struct souk_text){"", 0};
	if (!souk_order_currency(r, &asked->currency) || !souk_order_time(stage, r, &asked->time) ||
	    !souk_may_node(r, NULL, "customer", SOUK_OBJECT, &customer) ||
	    (customer && !souk_may_text(r, customer, "group", 1, MAX_GROUP, &asked->group)))
		return false;
	memcpy(asked->key, asked->currency->code, 3);
	memcpy(asked->key + 3, asked->group.at, asked->group.len);
	asked->prefix = 3 + asked->group.len;
	asked->key[asked->prefix++] = 0; /* no text of a record holds it */
	return true;
}

/* The rule of choice: of the prices that apply, the one that comes first. */
static int by_choice(const void *left, const void *right)
{
	const struct price *a = left, *b = right;
	int64_t a_lasts = a->to - a->from, b_lasts = b->to - b->from;

	if (a->listed != b->listed)
		return a->listed ? -1 : 1;
	if (a->grouped != b->grouped)
		return a->grouped ? -1 : 1;
	if (a->min_qty != b->min_qty)
		return a->min_qty > b->min_qty ? -1 : 1;
	if (a_lasts != b_lasts)
		return a_lasts < b_lasts ? -1 : 1;
	return souk_decimal_compare(a->amount, b->amount);
}

/* Reads the prices of a sku for the currency, list and group that are asked for; that
 * there are none is kept as well. NULL if the database failed. */
static const struct price *load(struct choice *choice, struct souk_store *store,
	const struct asked *asked, struct souk_text sku, struct souk_text key, size_t *len)
{
	struct souk_query *q = souk_ask(store, PRICE_OF);
	enum souk_step step;
	size_t count;

	choice->rows.len = 0;
	souk_bind_text(q, 1, sku);
	souk_bind_text(q, 2, souk_text_of(asked->currency->code));
	souk_bind_text(q, 3, souk_text_of(choice->list));
	souk_bind_text(q, 4, asked->group);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct price p = {
			.listed = souk_column_int(q, 0), .grouped = souk_column_int(q, 1),
			.min_qty = souk_column_int(q, 2), .max_qty = souk_column_int(q, 3),
			.from = souk_column_int(q, 4), .to = souk_column_int(q, 5),
			.amount = {souk_column_int(q, 6), (int)souk_column_int(q, 7)},
		};

		souk_add(&choice->rows, &p, sizeof(p));
	}
	if (step == SOUK_STEP_FAILED)
		return NULL;
	*len = choice->rows.len;
	count = *len / sizeof(struct price);
	if (count > 1)
		qsort(choice->rows.at, count, sizeof(struct price), by_choice);
	return souk_cache_add(&choice->prices, key, choice->rows.at, *len);
}

enum souk_outcome choice_find(struct choice *choice, struct souk_store *store, struct asked *asked,
	const struct souk_line *line, struct souk_decimal *unit)
{
	struct souk_text key = {asked->key, asked->prefix + line->sku.len};
	const struct price *p, *end;
	size_t len;

	memcpy(asked->key + asked->prefix, line->sku.at, line->sku.len);
	p = souk_cache_get(&choice->prices, key, &len);
	if (!p && !(p = load(choice, store, asked, line->sku, key, &len)))
		return SOUK_FAILED;
	for (end = p + len / sizeof(*p); p < end; p++)
		if (line->qty >= p->min_qty && line->qty <= p->max_qty &&
		    asked->time >= p->from && asked->time < p->to) {
			*unit = p->amount;
			return SOUK_ANSWER;
		}
	return SOUK_PASS;
}

void choice_free(struct choice *choice)
{
	souk_cache_free(&choice->prices);
	souk_buffer_free(&choice->rows);
}
