/* SPDX-License-Identifier: ISC */
/* audit.h: what the parts of souk-audit share. */
#ifndef SOUK_AUDIT_H
#define SOUK_AUDIT_H

#include "scratch.h"
#include "souk.h"

/* Statements that put a row into a table of schema.sql, its columns in their order. */
enum put {
	PUT_ORDER, PUT_ORDER_LINE, PUT_HOLD, PUT_HOLD_LINE, PUT_MOVEMENT, PUT_LEVEL, PUT_SHELF, PUT_PAYMENT,
	PUT_EVENT, PUT_CANCELLATION, PUT_GIVEN_BACK, PUT_STATEMENT, PUT_STOCKTAKE, PUT_ENTERED, PUT_ANSWERED, PUT_TWICE,
	PUT_ORDER_EVENT, PUT_RETURNED, PUT_RETURNED_LINE, PUT_RETURN_LINE, PUT_RETURN_REFUND, PUT_CARD, PUT_INVOICE,
	PUT_PROMOTION_HOLD, PUT_PROMOTION_HELD, PUT_PROMOTION_USE, PUT_PROMOTION_APPLIED, PUT_COUNT,
};

/* The rules that one stored order keeps or breaks by itself; those across records
 * are SQL and need no names in C. */
enum order_rule {
	RECORD_UNREADABLE, RECORD_DIFFERS, LINE_SUBTOTAL, PRICE_SUBTOTAL, DISCOUNT_SUM, TAX_LINE,
	TAX_RATES, TAX_SUM, TOTAL_PARTS, TOTAL_SUM, ORDER_RULES,
};

/* When a rule is kept to. */
enum rule_scope { ALWAYS, IF_CLOSED, IF_STOCK, IF_PAY, IF_INVOICED };

struct rule {
	const char *name, *message;
	/* Lists what breaks it, sorted: the columns are the members of the finding, `id`
	 * first. NULL for the rules of one order, which are C. */
	const char *sql;
	enum rule_scope scope;
};

/* Those of one order first, by enum order_rule; those of what happens after checkout
 * (rules_after.c). */
extern const struct rule rules[], rules_after[];
extern const size_t rule_count, rule_after_count;

struct audit {
	/* options */
	bool closed, no_stock, no_pay, invoiced, list;
	const char *entered, *answers;
	int64_t max_record;
	/* the books */
	struct souk_scratch books;
	struct souk_record line, order; /* a line of the input; the order stored in it */
	/* what was found */
	struct souk_writer out;
	int64_t orders, placed, rejected, open, movements, payments, statements, counted, invoices, cards, broken;
	int64_t entered_count;
	uint64_t bad_lines;
};

/* ---- books.c: the private database ---- */

void books_open(struct audit *a);
void books_close(struct audit *a);
/* After the last row, before the first rule. */
void books_index(struct audit *a);

/* Puts a row, `types` as for souk_scratch_put(); false if there is such a row already. */
bool books_put(struct audit *a, enum put which, const char *types, ...);

/* ---- read.c: the input, line by line ---- */

/* What is read: exports, or the ids that entered, or what was answered. */
enum source { EXPORTS, ENTERED, ANSWERS };

/* Reads the file, "-" or NULL for the standard input; names bad lines on stderr and
 * counts them. */
void read_source(struct audit *a, enum source source, const char *path);

/* ---- exports.c: lines into rows ---- */

/* Notes that the id was exported before. */
void note_twice(struct audit *a, const char *export, struct souk_text id);

/* A member that must be one of the words. False if refused. */
bool need_word(struct souk_record *r, const char *name, const char *const *words, struct souk_text *word);

/* Takes the line a->line, an export of any kind. False if refused. */
bool read_export(struct audit *a);

/* ---- order.c: an order, and whether its record adds up ---- */

/* Takes the line a->line, which exports an order. False if refused. */
bool read_order(struct audit *a);

/* ---- cancellation.c ---- */

/* Takes the line a->line, which exports a cancellation. False if refused. */
bool read_cancellation(struct audit *a);
bool read_order_event(struct audit *a);
bool read_return(struct audit *a);
bool read_return_step(struct audit *a);
bool read_card(struct audit *a);
bool read_invoice(struct audit *a);

/* ---- promotion.c ---- */

/* Takes the line a->line, which exports what an order holds of promotions, or how often
 * one was taken. False if refused. */
bool read_promotion_hold(struct audit *a);
bool read_promotion_use(struct audit *a);

/* Notes the promotions that apply to a->order. False, with a->order.error filled, if they
 * can't be read. */
bool read_promotions_applied(struct audit *a, struct souk_text id);

/* ---- rederive.c ---- */

/* Writes a finding for what of a->order does not follow from the rest of it. False,
 * with a->order.error filled, if it can't be read. */
bool rederive(struct audit *a, struct souk_text id, const struct souk_line *lines, size_t count);

/* ---- findings.c ---- */

/* Begins a finding; members may follow, finding_end() ends it. */
struct souk_buffer *finding_begin(struct audit *a, const struct rule *rule, struct souk_text id);
void finding_end(struct audit *a);

/* Runs the rules that are SQL. */
void findings_list(struct audit *a);
void verdict_write(struct audit *a);

#endif
