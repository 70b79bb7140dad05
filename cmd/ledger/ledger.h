/* SPDX-License-Identifier: ISC */
/* ledger.h: what the parts of souk-ledger share. */
#ifndef SOUK_LEDGER_H
#define SOUK_LEDGER_H

#include "figures.h"
#include "lines.h"
#include "scratch.h"
#include "souk.h"

/* Statements on the tables of schema.sql. */
enum {
	POST, ORDER_PUT, LINE_PUT, PAYMENT_PUT, PAYMENT_EVENT_PUT, CANCELLED_PUT, GIVEN_BACK_PUT,
	REFUND_DAY_PUT, CARD_PUT, MOVEMENT_PUT, HOLD_PUT, COST_PUT,
	PAYMENT_EVENTS, CANCELLED, GIVEN_BACK, LINE_GET, LINE_BACK, MOVEMENTS, HOLDS, CURRENCIES, ACCOUNTS,
	JOURNAL, STATEMENTS,
};

enum format { HLEDGER, BEANCOUNT };

/* What an entry tells of, in the order in which the entries of a day stand. */
enum kind {
	GOODS_RECEIVED, GOODS_ADJUSTED, ORDER_PLACED, ORDER_CANCELLED, CARD_ISSUED, PAYMENT_CAPTURED,
	PIECES_RETURNED, PAYMENT_REFUNDED, GOODS_MOVED,
};

struct ledger {
	/* options */
	int format;
	const char *costs, *country;
	int64_t max_record;
	/* at work */
	struct souk_scratch books;
	struct souk_record line, order; /* a line of the input; the order stored in it */
	struct souk_writer out;
	uint64_t bad;                   /* lines that can't be taken, and what does not fit together */
};

/* An entry that is made: its postings add up to nothing. */
struct entry {
	int64_t day;                    /* since 1970 */
	enum kind kind;
	struct souk_text title, currency;
};

/* A debit of the account, or a credit if it is below zero. */
void post(struct ledger *l, const struct entry *entry, const char *account, int64_t amount);
/* The same amount to the one account and from the other. */
void post_both(struct ledger *l, const struct entry *entry, const char *to, const char *from, int64_t amount);

/* "assets:provider:" and a name, in which other characters than letters, digits, dots
 * and dashes are dashes; into `b`, NUL-terminated. */
const char *account_of(struct souk_buffer *b, const char *parent, struct souk_text name);

#define RECEIVABLE "assets:receivable"
#define STOCK "assets:stock"
#define COST "expenses:cost"
#define RETURNS "income:returns"
#define CARDS "income:gift-cards"
#define CREDIT "liabilities:credit"

/* ---- Reading (read.c, order.c, card.c) ---- */

/* Each takes the line l->line. False if refused. */
bool read_export(struct ledger *l);
bool read_order(struct ledger *l);
bool read_card(struct ledger *l);
bool read_cost(struct ledger *l);

/* The day of a member that is a time; false if refused. */
bool need_day(struct souk_record *r, const struct souk_node *object, const char *name, int64_t *day);
/* Refuses what stands twice. */
bool refuse_twice(struct souk_record *r, const char *export, struct souk_text id);

/* ---- Joining what was read (journal.c, goods.c) ---- */

/* Says on stderr what does not fit together, and counts it. */
void misfit(struct ledger *l, const char *format, ...) SOUK_PRINTF(2, 3);

/* Makes the entries of payments, cancelled orders and returns, once all is read. */
void journal_money(struct ledger *l);
/* Makes those of goods whose cost is known. */
void journal_goods(struct ledger *l);

/* ---- Writing (write.c) ---- */

void journal_write(struct ledger *l);

#endif
