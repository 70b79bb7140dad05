/* SPDX-License-Identifier: ISC */
/* Takes an exported order: its row, what it wants of each sku, and whether the
 * record that was stored with it adds up. */
#include "audit.h"

struct row {
	struct souk_text id, state, currency;
	int64_t total;
	bool closed;
};

static bool read_row(struct souk_record *r, struct row *row, const struct souk_node **record)
{
	static const char *const states[] = {"open", "placed", "rejected", NULL};
	const char *const *known = states;

	if (!souk_need_id(r, &row->id) || !souk_need_text(r, NULL, "state", 1, 64, &row->state) ||
	    !souk_need_text(r, NULL, "currency", 3, 3, &row->currency) ||
	    !souk_need_int(r, NULL, "total", INT64_MIN + 1, INT64_MAX, &row->total) ||
	    !souk_need_node(r, NULL, "record", SOUK_OBJECT, record))
		return false;
	while (*known && !souk_text_is(row->state, *known))
		known++;
	if (!*known) {
		souk_refuse_value(r, souk_member(r, "state"), "must be open, placed or rejected");
		return false;
	}
	if (souk_member(r, "closed"))
		return souk_may_bool(r, NULL, "closed", &row->closed);
	souk_refuse(r, "bad_record", "closed is missing");
	return false;
}

/* Which lines ask for no stock; `managed` has room for all, and holds true. */
static bool read_managed(struct souk_record *o, size_t count, bool *managed)
{
	const struct souk_node *catalog = NULL, **lines;

	if (!souk_may_node(o, NULL, "catalog", SOUK_OBJECT, &catalog))
		return false;
	if (!catalog)
		return true;
	if (!souk_stage_lines(o, "catalog", count, &lines))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!souk_may_bool(o, lines[i], "manage_stock", &managed[i]))
			return false;
	return true;
}

/* The stored record; false if it can't be read, o->error says why. */
static bool read_record(struct souk_record *o, struct souk_text json, struct souk_line **lines,
	size_t *count, bool **managed)
{
	if (!souk_record_parse(o, json.at, json.len)) {
		souk_refuse(o, o->fault_code, "%s (byte %u of the record)", o->fault, o->fault_at + 1);
		return false;
	}
	if (!souk_order_lines(o, lines, count))
		return false;
	*managed = souk_record_alloc(o, *count * sizeof(**managed));
	memset(*managed, true, *count * sizeof(**managed));
	return read_managed(o, *count, *managed);
}

static void count_order(struct audit *a, const struct row *row)
{
	a->orders++;
	a->open += !row->closed;
	a->placed += souk_text_is(row->state, "placed");
	a->rejected += souk_text_is(row->state, "rejected");
}

static void note_unreadable(struct audit *a, struct souk_text id)
{
	struct souk_record *o = &a->order;
	struct souk_buffer *out = finding_begin(a, &rules[RECORD_UNREADABLE], id);

	souk_add_char(&o->error, '}');
	souk_put_raw(out, "error", (struct souk_text){o->error.at, o->error.len});
	finding_end(a);
}

static void differs(struct audit *a, struct souk_text id, const char *member, struct souk_text kept,
	struct souk_text stored)
{
	struct souk_buffer *out;

	if (souk_text_equal(kept, stored))
		return;
	out = finding_begin(a, &rules[RECORD_DIFFERS], id);
	souk_put_string(out, "member", member);
	souk_put_text(out, "order", kept);
	souk_put_text(out, "record", stored);
	finding_end(a);
}

/* The order's row repeats what its record says. */
static bool compare(struct audit *a, const struct row *row)
{
	struct souk_record *o = &a->order;
	const struct souk_node *total;
	struct souk_text id, currency;
	struct souk_buffer *out;
	int64_t amount;

	if (!souk_need_id(o, &id) || !souk_need_text(o, NULL, "currency", 3, 3, &currency) ||
	    !souk_need_node(o, NULL, "total", SOUK_OBJECT, &total) ||
	    !souk_need_int(o, total, "total", INT64_MIN + 1, INT64_MAX, &amount))
		return false;
	differs(a, row->id, "id", row->id, id);
	differs(a, row->id, "currency", row->currency, currency);
	if (amount != row->total) {
		out = finding_begin(a, &rules[RECORD_DIFFERS], row->id);
		souk_put_string(out, "member", "total");
		souk_put_int(out, "order", row->total);
		souk_put_int(out, "record", amount);
		finding_end(a);
	}
	return true;
}

bool read_order(struct audit *a)
{
	const struct souk_node *record;
	struct souk_line *lines;
	struct row row = {0};
	bool *managed, legible;
	size_t count;

	if (!read_row(&a->line, &row, &record))
		return false;
	legible = read_record(&a->order, souk_raw(&a->line, record), &lines, &count, &managed);
	if (!books_put(a, PUT_ORDER, "ttitii", row.id, row.state, (int64_t)row.closed, row.currency,
	    row.total, (int64_t)legible)) {
		books_put(a, PUT_TWICE, "tt", SOUK_TEXT("order"), row.id);
		return true;
	}
	count_order(a, &row);
	for (size_t i = 0; legible && i < count; i++)
		if (managed[i])
			books_put(a, PUT_ORDER_LINE, "tti", row.id, lines[i].sku, lines[i].qty);
	if (!legible || !compare(a, &row) || !read_promotions_applied(a, row.id) ||
	    !rederive(a, row.id, lines, count))
		note_unreadable(a, row.id);
	return true;
}
