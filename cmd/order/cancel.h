/* SPDX-License-Identifier: ISC */
/* cancel.h: a cancellation, and what was sold that it may take back. */
#ifndef SOUK_ORDER_CANCEL_H
#define SOUK_ORDER_CANCEL_H

#include "order.h"

/* The scale of a price that is not known. */
enum { CANCEL_ANY_PRICE = -1 };

/* What is acted on of a cancellation: text is borrowed from its record, arrays are in
 * the record's memory. */
struct cancellation {
	struct souk_text id, currency, customer; /* customer: empty for a guest */
	int64_t time;
	struct souk_line *lines;
	struct souk_decimal *prices;             /* of the lines; scale CANCEL_ANY_PRICE for none */
	size_t count;
	unsigned char digest[SOUK_DIGEST_BYTES];
};

/* The members that cancel_read() looks at, for a verb's declaration. */
extern const char *const cancel_members[];

/* False if refused. `scratch` is reused from record to record. */
bool cancel_read(struct souk_stage *stage, struct souk_record *r, struct souk_digest *scratch,
	struct cancellation *c);

/* Reads unit_price or unit_price_decimal, in minor units, of an object. False if it
 * has not exactly one of them; then the record is refused. */
bool cancel_read_price(struct souk_record *r, const struct souk_node *object,
	struct souk_decimal *price);

/* ---- What was sold ---- */

/* Reads stored records of orders. */
struct sold_reader {
	struct souk_record record;
	struct souk_buffer line;
};

void sold_reader_open(struct sold_reader *reader);
void sold_reader_close(struct sold_reader *reader);

/* Adds the lines of all orders that were placed since the last time. Call inside a
 * writing transaction in which nothing was done yet: where there is much to add, it
 * commits and begins another, so that checkout is not kept waiting. False if the
 * database failed. */
bool sold_catch_up(struct souk_stage *stage, struct sold_reader *reader);

/* Pieces of a line of an order that a line of a cancellation takes back. */
struct taken {
	struct taken *next;
	struct souk_text sku, order_id, line_id; /* line_id: empty if it has none */
	int64_t at, seq, line, qty;
};

/* How a line was matched: `names` has the words for it. */
enum match { MATCH_NONE, MATCH_GUESSED, MATCH_EXACT };
extern const char *const match_names[];

/* Finds the line's pieces and takes them: `taken` is a list in the record's memory,
 * `rest` the pieces that were found nowhere. False if the database failed. */
bool sold_match(struct souk_stage *stage, struct souk_record *r, const struct cancellation *c,
	size_t line, enum match *match, struct taken **taken, int64_t *rest);

/* Puts back what was taken. False if the database failed. */
bool sold_put_back(struct souk_stage *stage, const struct cancellation *c,
	const struct taken *taken);

#endif
