/* SPDX-License-Identifier: ISC */
/* What an audit says: a line for each finding, and the verdict. */
#include "audit.h"

struct souk_buffer *finding_begin(struct audit *a, const struct rule *rule, struct souk_text id)
{
	struct souk_buffer *out = &a->out.buffer;

	a->broken++;
	souk_put_open(out, NULL, '{');
	souk_put_string(out, "audit", rule->name);
	souk_put_text(out, "id", id);
	souk_put_string(out, "message", rule->message);
	return out;
}

void finding_end(struct audit *a)
{
	souk_put_close(&a->out.buffer, '}');
	souk_writer_line_end(&a->out);
}

static struct souk_text column_text(sqlite3_stmt *row, int column)
{
	const unsigned char *text = sqlite3_column_text(row, column);

	return (struct souk_text){(const char *)text, (size_t)sqlite3_column_bytes(row, column)};
}

static void put_row(struct audit *a, const struct rule *rule, sqlite3_stmt *row)
{
	struct souk_buffer *out = finding_begin(a, rule, column_text(row, 0));

	for (int i = 1; i < sqlite3_column_count(row); i++) {
		const char *name = sqlite3_column_name(row, i);

		if (sqlite3_column_type(row, i) == SQLITE_INTEGER)
			souk_put_int(out, name, sqlite3_column_int64(row, i));
		else if (sqlite3_column_type(row, i) != SQLITE_NULL)
			souk_put_text(out, name, column_text(row, i));
	}
	finding_end(a);
}

static bool is_kept_to(const struct audit *a, const struct rule *rule)
{
	switch (rule->scope) {
	case IF_CLOSED:
		return a->closed;
	case IF_STOCK:
		return !a->no_stock;
	case IF_PAY:
		return !a->no_pay;
	case IF_INVOICED:
		return a->invoiced;
	case ALWAYS:
		break;
	}
	return true;
}

static void list_findings(struct audit *a, const struct rule *rule, size_t count)
{
	for (const struct rule *end = rule + count; rule < end; rule++) {
		sqlite3_stmt *query;
		int step;

		if (!rule->sql || !is_kept_to(a, rule))
			continue;
		if (sqlite3_prepare_v2(a->books.db, rule->sql, -1, &query, NULL) != SQLITE_OK)
			souk_scratch_die(&a->books, rule->name);
		while ((step = sqlite3_step(query)) == SQLITE_ROW)
			put_row(a, rule, query);
		if (step != SQLITE_DONE)
			souk_scratch_die(&a->books, rule->name);
		sqlite3_finalize(query);
	}
}

void findings_list(struct audit *a)
{
	list_findings(a, rules, rule_count);
	list_findings(a, rules_after, rule_after_count);
}

void verdict_write(struct audit *a)
{
	struct souk_buffer *out = &a->out.buffer;
	bool compared = a->statements || a->counted;

	souk_put_open(out, NULL, '{');
	souk_put_string(out, "audit", "verdict");
	souk_put_string(out, "verdict", a->broken ? "broken" : compared ? "reconciled" : "consistent");
	if (a->entered)
		souk_put_int(out, "entered", a->entered_count);
	souk_put_int(out, "orders", a->orders);
	souk_put_int(out, "placed", a->placed);
	souk_put_int(out, "rejected", a->rejected);
	souk_put_int(out, "open", a->open);
	souk_put_int(out, "movements", a->movements);
	souk_put_int(out, "payments", a->payments);
	if (a->invoices)
		souk_put_int(out, "invoices", a->invoices);
	if (a->cards)
		souk_put_int(out, "cards", a->cards);
	if (a->statements)
		souk_put_int(out, "statements", a->statements);
	if (a->counted)
		souk_put_int(out, "counted", a->counted);
	souk_put_int(out, "broken", a->broken);
	souk_put_close(out, '}');
	souk_writer_line_end(&a->out);
	souk_writer_flush(&a->out);
}
