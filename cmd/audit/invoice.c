/* SPDX-License-Identifier: ISC */
/* Takes an invoice or a credit note, and a gift card. */
#include "audit.h"

enum { MAX_NUMBER = 64, MAX_DIGITS = 15 };

/* "C-2026-000012" is number 12 of C-2026. */
static bool split(struct souk_record *r, struct souk_text number, struct souk_text *series, int64_t *seq)
{
	size_t dash = number.len;

	while (dash && number.at[dash - 1] >= '0' && number.at[dash - 1] <= '9')
		dash--;
	if (dash < 2 || number.at[dash - 1] != '-' || number.len - dash < 1 || number.len - dash > MAX_DIGITS) {
		souk_refuse_value(r, souk_member(r, "number"), "must end in a dash and a number");
		return false;
	}
	*series = (struct souk_text){number.at, dash - 1};
	for (*seq = 0; dash < number.len; dash++)
		*seq = *seq * 10 + (number.at[dash] - '0');
	return true;
}

bool read_invoice(struct audit *a)
{
	struct souk_record *r = &a->line;
	struct souk_text number, series, order_id, of = {0}, currency;
	int64_t seq, net, tax, total;

	if (!souk_need_text(r, NULL, "number", 1, MAX_NUMBER, &number) || !split(r, number, &series, &seq) ||
	    !souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &order_id) ||
	    !souk_may_text(r, NULL, "of", 1, MAX_NUMBER, &of) ||
	    !souk_need_text(r, NULL, "currency", 3, 3, &currency) ||
	    !souk_need_int(r, NULL, "net", INT64_MIN + 1, INT64_MAX, &net) ||
	    !souk_need_int(r, NULL, "tax", INT64_MIN + 1, INT64_MAX, &tax) ||
	    !souk_need_int(r, NULL, "total", INT64_MIN + 1, INT64_MAX, &total))
		return false;
	if (books_put(a, PUT_INVOICE, "tittttiii", series, seq, number, order_id, of, currency, net, tax, total))
		a->invoices++;
	else
		note_twice(a, "invoice", number);
	return true;
}

bool read_card(struct audit *a)
{
	struct souk_record *r = &a->line;
	struct souk_text card, currency;
	int64_t amount, held, spent;

	if (!souk_need_text(r, NULL, "card", 1, SOUK_MAX_ID, &card) ||
	    !souk_need_text(r, NULL, "currency", 3, 3, &currency) ||
	    !souk_need_int(r, NULL, "amount", INT64_MIN + 1, INT64_MAX, &amount) ||
	    !souk_need_int(r, NULL, "held", INT64_MIN + 1, INT64_MAX, &held) ||
	    !souk_need_int(r, NULL, "spent", INT64_MIN + 1, INT64_MAX, &spent))
		return false;
	if (books_put(a, PUT_CARD, "ttiii", card, currency, amount, held, spent))
		a->cards++;
	else
		note_twice(a, "pay.card", card);
	return true;
}
