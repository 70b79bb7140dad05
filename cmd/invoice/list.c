/* SPDX-License-Identifier: ISC */
/* souk-invoice list and export: invoices and credit notes, in the order of their numbers; the
 * export with all that is on them. */
#include "invoice.h"

struct list {
	const char *order;
};

static void put_row(struct souk_buffer *out, struct souk_query *q)
{
	struct souk_text of = souk_column_text(q, 3);

	souk_put_text(out, "number", souk_column_text(q, 0));
	souk_put_string(out, "kind", of.len ? "credit_note" : "invoice");
	souk_put_text(out, "id", souk_column_text(q, 1));
	souk_put_text(out, "order_id", souk_column_text(q, 2));
	if (of.len)
		souk_put_text(out, "of", of);
	souk_put_name(out, "date");
	souk_add_char(out, '"');
	souk_add_time(out, souk_column_int(q, 4));
	souk_add_char(out, '"');
	souk_put_text(out, "currency", souk_column_text(q, 5));
	souk_put_int(out, "net", souk_column_int(q, 6));
	souk_put_int(out, "tax", souk_column_int(q, 7));
	souk_put_int(out, "total", souk_column_int(q, 8));
}

static int write_all(struct souk_stage *stage, const char *order, bool exports)
{
	struct souk_writer out = {.fd = 1};
	struct souk_query *q;
	enum souk_step step;

	if (!souk_store_begin(stage->store, false))
		return SOUK_EXIT_SYSTEM;
	q = souk_ask(stage->store, INVOICE_LIST);
	souk_bind_text(q, 1, souk_text_of(order));
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		souk_put_open(&out.buffer, NULL, '{');
		if (exports)
			souk_put_string(&out.buffer, "export", "invoice");
		put_row(&out.buffer, q);
		if (exports)
			souk_put_raw(&out.buffer, "document", souk_column_text(q, 9));
		souk_put_close(&out.buffer, '}');
		souk_writer_line_end(&out);
	}
	souk_writer_flush(&out);
	souk_buffer_free(&out.buffer);
	return step == SOUK_STEP_DONE ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

static int run_list(struct souk_stage *stage, int operand_count, char **operands)
{
	const struct list *s = stage->state;

	(void)operand_count, (void)operands;
	return write_all(stage, s->order ? s->order : "", false);
}

static int run_export(struct souk_stage *stage, int operand_count, char **operands)
{
	(void)operand_count, (void)operands;
	return write_all(stage, "", true);
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
	.run = run_list,
};

SOUK_VERB(export_verb) = {
	.function = &invoice_function,
	.name = "export",
	.summary = "write invoices and credit notes with all that is on them",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.run = run_export,
};
