/* SPDX-License-Identifier: ISC */
/* souk-invoice list and export: invoices and credit notes, in the order of their numbers; the
 * export with all that is on them. */
#include "invoice.h"

struct list {
	const char *order;
};

static void put_row(struct souk_buffer *out, struct souk_query *row)
{
	struct souk_text of = souk_column_text(row, 3);

	souk_put_text(out, "number", souk_column_text(row, 0));
	souk_put_string(out, "kind", of.len ? "credit_note" : "invoice");
	souk_put_text(out, "id", souk_column_text(row, 1));
	souk_put_text(out, "order_id", souk_column_text(row, 2));
	souk_put_some(out, "of", of);
	souk_put_time(out, "date", souk_column_int(row, 4));
	souk_put_text(out, "currency", souk_column_text(row, 5));
	souk_put_int(out, "net", souk_column_int(row, 6));
	souk_put_int(out, "tax", souk_column_int(row, 7));
	souk_put_int(out, "total", souk_column_int(row, 8));
}

static bool list_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	(void)stage;
	souk_put_open(out, NULL, '{');
	put_row(out, row);
	souk_put_close(out, '}');
	return true;
}

static bool export_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	(void)stage;
	souk_put_open(out, NULL, '{');
	souk_put_string(out, "export", "invoice");
	put_row(out, row);
	souk_put_raw(out, "document", souk_column_text(row, 9));
	souk_put_close(out, '}');
	return true;
}

static struct souk_query *ask(struct souk_stage *stage, const char *order)
{
	struct souk_query *q = souk_ask(stage->store, INVOICE_LIST);

	souk_bind_text(q, 1, souk_text_of(order));
	return q;
}

static bool write_list(struct souk_stage *stage, struct souk_writer *out)
{
	const struct list *s = stage->state;

	return souk_write_rows(stage, ask(stage, s->order ? s->order : ""), list_line, out);
}

static bool write_export(struct souk_stage *stage, struct souk_writer *out)
{
	return souk_write_rows(stage, ask(stage, ""), export_line, out);
}

static const struct souk_option options[] = {
	{0, "order", "ID", SOUK_OPTION_TEXT, offsetof(struct list, order),
		"only those of this order", 0, 0, NULL, false},
	{0},
};

SOUK_VERB(list_verb) = {
	.function = &invoice_function,
	.name = "list",
	.summary = "list invoices and credit notes",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.options = options,
	.state_size = sizeof(struct list),
	.write = write_list,
};

SOUK_VERB(export_verb) = {
	.function = &invoice_function,
	.name = "export",
	.summary = "write invoices and credit notes with all that is on them",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.write = write_export,
};
