/* SPDX-License-Identifier: ISC */
/* souk-pay export: all payments and what was done with them, for souk-audit and for
 * whoever keeps books. */
#include "credit_books.h"
#include "pay.h"

static bool payment_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	(void)stage;
	souk_add_string(out, "{\"export\":\"pay.payment\"");
	souk_put_text(out, "order_id", souk_column_text(row, 16));
	souk_put_text(out, "id", souk_column_text(row, 1));
	payment_row_put(out, row);
	souk_put_text(out, "key", souk_column_text(row, 5));
	souk_put_some(out, "reference", souk_column_text(row, 13));
	souk_put_close(out, '}');
	return true;
}

static bool event_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	(void)stage;
	souk_add_string(out, "{\"export\":\"pay.event\"");
	souk_put_text(out, "verb", souk_column_text(row, 0));
	souk_put_text(out, "id", souk_column_text(row, 1));
	souk_put_text(out, "order_id", souk_column_text(row, 2));
	souk_put_text(out, "payment", souk_column_text(row, 3));
	souk_put_int(out, "amount", souk_column_int(row, 4));
	souk_put_text(out, "state", souk_column_text(row, 5));
	souk_put_time(out, "time", souk_column_int(row, 6));
	souk_add_char(out, '}');
	return true;
}

static bool card_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	struct card card = card_read(row);

	(void)stage;
	souk_add_string(out, "{\"export\":\"pay.card\"");
	card_put(out, &card);
	souk_put_close(out, '}');
	return true;
}

/* The books of the cards are a database of their own. */
static bool write_cards(struct souk_stage *stage, struct souk_writer *out)
{
	struct souk_query *q;

	if (!souk_store_begin(credit_books(false), false))
		return false;
	q = souk_ask(credit_books(false), CARD_LIST);
	souk_bind_text(q, 1, SOUK_TEXT(""));
	return souk_write_rows(stage, q, card_line, out);
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	struct souk_query *payments = souk_ask(stage->store, PAYMENT_LIST);

	souk_bind_text(payments, 1, SOUK_TEXT(""));
	souk_bind_text(payments, 2, SOUK_TEXT(LAST_ID));
	souk_bind_text(payments, 3, SOUK_TEXT(""));
	return souk_write_rows(stage, payments, payment_line, out) &&
		souk_write_rows(stage, souk_ask(stage->store, EVENT_LIST), event_line, out) &&
		write_cards(stage, out);
}

static void close(struct souk_stage *stage)
{
	(void)stage;
	providers_close();
}

SOUK_VERB(export) = {
	.function = &pay_function,
	.name = "export",
	.summary = "write all payments, captures, voids, refunds and gift cards",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.close = close,
	.write = write_all,
};
