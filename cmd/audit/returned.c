/* SPDX-License-Identifier: ISC */
/* Takes a return: which pieces of an order were accepted, and what is to be given back. */
#include "audit.h"

static bool read_line(struct audit *a, struct souk_text id, struct souk_text order_id,
	const struct souk_node *line, bool is_new)
{
	struct souk_record *r = &a->line;
	int64_t requested, received, accepted, restock;
	struct souk_text name, sku;

	if (!souk_need_object(r, line) ||
	    !souk_need_text(r, line, "sku", 1, SOUK_MAX_SKU, &sku) ||
	    !souk_need_text(r, line, "id", 1, SOUK_MAX_ID, &name) ||
	    !souk_need_int(r, line, "requested", 0, SOUK_MAX_QTY, &requested) ||
	    !souk_need_int(r, line, "received", 0, SOUK_MAX_QTY, &received) ||
	    !souk_need_int(r, line, "accepted", 0, SOUK_MAX_QTY, &accepted) ||
	    !souk_need_int(r, line, "restock", 0, SOUK_MAX_QTY, &restock))
		return false;
	if (is_new)
		books_put(a, PUT_RETURN_LINE, "tttiiii", id, name, sku, requested, received, accepted, restock);
	if (is_new && accepted)
		books_put(a, PUT_RETURNED_LINE, "tti", order_id, sku, accepted);
	return true;
}

bool read_return(struct audit *a)
{
	struct souk_record *r = &a->line;
	const struct souk_node *lines, *n;
	struct souk_text id, order_id, state;
	int64_t amount;
	bool is_new;

	if (!souk_need_id(r, &id) || !souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &order_id) ||
	    !souk_need_text(r, NULL, "state", 1, 64, &state) ||
	    !souk_need_int(r, NULL, "amount", INT64_MIN + 1, INT64_MAX, &amount) ||
	    !souk_need_node(r, NULL, "lines", SOUK_ARRAY, &lines))
		return false;
	is_new = books_put(a, PUT_RETURNED, "ttti", id, order_id, state, amount);
	if (!is_new)
		note_twice(a, "return", id);
	for (n = souk_first(r, lines); n; n = souk_next(r, lines, n))
		if (!read_line(a, id, order_id, n, is_new))
			return false;
	return true;
}

/* Of the steps that were taken only the refund moves goods: by its id they are restocked. */
bool read_return_step(struct audit *a)
{
	struct souk_record *r = &a->line;
	struct souk_text id, verb, return_id;

	if (!souk_need_id(r, &id) || !souk_need_text(r, NULL, "verb", 1, 64, &verb) ||
	    !souk_need_text(r, NULL, "return_id", 1, SOUK_MAX_ID, &return_id))
		return false;
	if (souk_text_is(verb, "refund") && !books_put(a, PUT_RETURN_REFUND, "tt", id, return_id))
		note_twice(a, "return.step", id);
	return true;
}
