/* SPDX-License-Identifier: ISC */
/* Takes a cancellation: what it takes back of which orders. */
#include "audit.h"

/* The pieces that one line takes back. */
static bool read_pieces(struct audit *a, struct souk_text sku, const struct souk_node *line,
	bool is_new)
{
	struct souk_record *r = &a->line;
	const struct souk_node *of, *n;
	struct souk_text order_id;
	int64_t qty;

	if (!souk_need_node(r, line, "of", SOUK_ARRAY, &of))
		return false;
	for (n = souk_first(r, of); n; n = souk_next(r, of, n)) {
		if (!souk_need_object(r, n) ||
		    !souk_need_text(r, n, "order_id", 1, SOUK_MAX_ID, &order_id) ||
		    !souk_need_int(r, n, "qty", 1, SOUK_MAX_QTY, &qty))
			return false;
		if (is_new)
			books_put(a, PUT_GIVEN_BACK, "tti", order_id, sku, qty);
	}
	return true;
}

bool read_cancellation(struct audit *a)
{
	struct souk_record *r = &a->line;
	const struct souk_node *record, *wanted, *order, *matched, *line, *match;
	struct souk_text id, sku;
	bool is_new;

	if (!souk_need_id(r, &id) || !souk_need_node(r, NULL, "record", SOUK_OBJECT, &record) ||
	    !souk_need_node(r, record, "lines", SOUK_ARRAY, &wanted) ||
	    !souk_need_node(r, NULL, "order", SOUK_OBJECT, &order) ||
	    !souk_need_node(r, order, "lines", SOUK_ARRAY, &matched))
		return false;
	if (souk_count(r, wanted) != souk_count(r, matched)) {
		souk_refuse_value(r, matched, "must be as long as the lines of the record");
		return false;
	}
	is_new = books_put(a, PUT_CANCELLATION, "t", id);
	if (!is_new)
		note_twice(a, "order.cancellation", id);
	line = souk_first(r, wanted);
	for (match = souk_first(r, matched); match; match = souk_next(r, matched, match)) {
		if (line->type != SOUK_OBJECT || match->type != SOUK_OBJECT) {
			souk_refuse_value(r, match, "it and the line must be objects");
			return false;
		}
		if (!souk_need_text(r, line, "sku", 1, SOUK_MAX_SKU, &sku) ||
		    !read_pieces(a, sku, match, is_new))
			return false;
		line = souk_next(r, wanted, line);
	}
	return true;
}
