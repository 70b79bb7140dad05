/* SPDX-License-Identifier: ISC */
/* The entries that take more than one record to make: payments, cancelled orders, returns. */
#include "ledger.h"

/* Of what does not fit so much is named, the rest counted. */
enum { MISFITS_NAMED = 10 };

void misfit(struct ledger *l, const char *format, ...)
{
	struct souk_buffer message = {0};
	va_list args;

	va_start(args, format);
	souk_add_vformat(&message, format, args);
	va_end(args);
	if (l->bad++ < MISFITS_NAMED)
		souk_warn("%.*s", (int)message.len, message.at);
	souk_buffer_free(&message);
}

void post(struct ledger *l, const struct entry *e, const char *account, int64_t amount)
{
	if (amount)
		souk_scratch_put(&l->books, POST, "iittti", e->day, (int64_t)e->kind, e->title, e->currency,
			souk_text_of(account), amount);
}

void post_both(struct ledger *l, const struct entry *e, const char *to, const char *from, int64_t amount)
{
	post(l, e, to, amount);
	post(l, e, from, -amount);
}

const char *account_of(struct souk_buffer *b, const char *parent, struct souk_text name)
{
	b->len = 0;
	souk_add_string(b, parent);
	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			c == '.';

		souk_add_char(b, plain ? c : '-');
	}
	souk_add_char(b, 0);
	return b->at;
}

/* "capture c1, order o1" */
static struct souk_text title_of(struct souk_buffer *b, struct souk_text verb, struct souk_text id,
	struct souk_text order_id)
{
	b->len = 0;
	souk_add(b, verb.at, verb.len);
	souk_add_char(b, ' ');
	souk_add(b, id.at, id.len);
	souk_add_string(b, ", order ");
	souk_add(b, order_id.at, order_id.len);
	return (struct souk_text){b->at, b->len};
}

/* Money that came or went. A gift card is no money: it is what the shop owed. */
static void journal_payments(struct ledger *l)
{
	sqlite3_stmt *row = souk_scratch_ask(&l->books, PAYMENT_EVENTS, "");
	struct souk_buffer title = {0}, account = {0};

	while (souk_scratch_row(&l->books, row)) {
		struct souk_text order_id = souk_scratch_text(row, 0), verb = souk_scratch_text(row, 2);
		struct souk_text id = souk_scratch_text(row, 3), method = souk_scratch_text(row, 6);
		bool captured = souk_text_is(verb, "capture");
		struct entry e = {.day = sqlite3_column_int64(row, 5),
			.kind = captured ? PAYMENT_CAPTURED : PAYMENT_REFUNDED,
			.title = title_of(&title, verb, id, order_id), .currency = souk_scratch_text(row, 7)};
		int64_t amount = sqlite3_column_int64(row, 4);

		if (!method.len) {
			misfit(l, "%.*s %.*s: order %.*s has no payment %.*s", SOUK_ARG(verb), SOUK_ARG(id),
				SOUK_ARG(order_id), SOUK_ARG(souk_scratch_text(row, 1)));
			continue;
		}
		post_both(l, &e, souk_text_is(method, "credit") ? CREDIT
			: account_of(&account, "assets:provider:", method), RECEIVABLE,
				captured ? amount : -amount);
	}
	souk_buffer_free(&title);
	souk_buffer_free(&account);
}

/* Orders that were cancelled as a whole, before anything of them was sent. */
static void journal_cancelled(struct ledger *l)
{
	sqlite3_stmt *row = souk_scratch_ask(&l->books, CANCELLED, "i", (int64_t)ORDER_PLACED);
	struct souk_buffer title = {0}, account = {0};

	while (souk_scratch_row(&l->books, row)) {
		struct souk_text order_id = souk_scratch_text(row, 0), id = souk_scratch_text(row, 1);
		struct entry e = {.day = sqlite3_column_int64(row, 2), .kind = ORDER_CANCELLED,
			.title = title_of(&title, SOUK_TEXT("cancel"), id, order_id),
			.currency = souk_scratch_text(row, 4)};
		struct souk_text name = souk_scratch_text(row, 5);

		if (sqlite3_column_type(row, 3) == SQLITE_NULL) {
			misfit(l, "cancel %.*s: order %.*s is not placed", SOUK_ARG(id), SOUK_ARG(order_id));
			continue;
		}
		account.len = 0;
		souk_add(&account, name.at, name.len);
		souk_add_char(&account, 0);
		/* An order that cost nothing has no postings. */
		if (name.len)
			post(l, &e, account.at, -sqlite3_column_int64(row, 6));
	}
	souk_buffer_free(&title);
	souk_buffer_free(&account);
}

/* The part of `whole` that the first `some` of `all` are, by largest remainder: it never
 * falls as `some` rises, and all of it is for all. */
static bool part_of(int64_t whole, int64_t some, int64_t all, int64_t *part)
{
	int64_t weights[2] = {some, all - some}, shares[2];

	if (weights[1] < 0 || !souk_money_spread(whole, weights, 2, shares))
		return false;
	*part = shares[0];
	return true;
}

/* A line of an order, as far as it is given back. */
struct line {
	int64_t position, paid, tax, paid_back;
};

/* The tax in what is given back for a line, as a difference, so that that of all returns
 * adds up to what was paid; false if it is more than that. */
static bool reckon_tax(const struct line *line, int64_t amount, int64_t *paid_back, int64_t *tax)
{
	int64_t from, to;

	*tax = 0;
	if (!souk_money_add(line->paid_back, amount, paid_back) || *paid_back > line->paid)
		return false;
	if (!line->paid)
		return true;
	if (!part_of(line->tax, line->paid_back, line->paid, &from) ||
	    !part_of(line->tax, *paid_back, line->paid, &to))
		return false;
	*tax = to - from;
	return true;
}

static void give_back(struct ledger *l, const struct entry *e, struct souk_text order_id, int64_t amount,
	sqlite3_stmt *row)
{
	struct line line = {.position = sqlite3_column_int64(row, 0), .paid = sqlite3_column_int64(row, 1),
		.tax = sqlite3_column_int64(row, 2), .paid_back = sqlite3_column_int64(row, 4)};
	struct souk_text name = souk_scratch_text(row, 3);
	struct souk_buffer account = {0};
	int64_t paid_back, tax;

	souk_add(&account, name.at, name.len);
	souk_add_char(&account, 0);
	sqlite3_reset(row);
	if (reckon_tax(&line, amount, &paid_back, &tax)) {
		post_both(l, e, RETURNS, RECEIVABLE, amount - tax);
		post_both(l, e, account.at, RECEIVABLE, tax);
		souk_scratch_put(&l->books, LINE_BACK, "tii", order_id, line.position, paid_back);
	} else {
		misfit(l, "%.*s: more is given back for a line than was paid", SOUK_ARG(e->title));
	}
	souk_buffer_free(&account);
}

static void journal_returns(struct ledger *l)
{
	sqlite3_stmt *back = souk_scratch_ask(&l->books, GIVEN_BACK, ""), *row;
	struct souk_buffer title = {0};

	while (souk_scratch_row(&l->books, back)) {
		struct souk_text order_id = souk_scratch_text(back, 0);
		struct entry e = {.day = sqlite3_column_int64(back, 1), .kind = PIECES_RETURNED,
			.title = title_of(&title, SOUK_TEXT("return"), souk_scratch_text(back, 2), order_id),
			.currency = souk_scratch_text(back, 5)};

		row = souk_scratch_ask(&l->books, LINE_GET, "tt", order_id, souk_scratch_text(back, 4));
		if (souk_scratch_row(&l->books, row))
			give_back(l, &e, order_id, sqlite3_column_int64(back, 3), row);
		else
			misfit(l, "%.*s: the order is not placed, or has no such line", SOUK_ARG(e.title));
	}
	souk_buffer_free(&title);
}

void journal_money(struct ledger *l)
{
	journal_payments(l);
	journal_cancelled(l);
	journal_returns(l);
}
