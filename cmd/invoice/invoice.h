/* SPDX-License-Identifier: ISC */
/* invoice.h: what the verbs of souk-invoice share. */
#ifndef SOUK_INVOICE_H
#define SOUK_INVOICE_H

#include "priced.h"
#include "souk.h"

extern const struct souk_function invoice_function;

enum {
	SELLER_PUT, SELLER_GET, SERIES_NEXT, INVOICE_PUT, INVOICE_GET, INVOICE_BY_NUMBER, INVOICE_OF_ORDER,
	INVOICE_CREDITS, INVOICE_LIST,
};

enum { MAX_SERIES = 16, MAX_NUMBER = 48, MAX_REASON = 500 };

/* ---- Papers (paper.c): an invoice or a credit note, all that is printed of it ---- */

/* A line of goods, a charge, or in a credit note an adjustment. */
struct item {
	int64_t line, charge;            /* its position among the order's, from 1; else 0 */
	struct souk_text id, sku, label; /* of a line; label: its title, or what a charge is called */
	struct souk_text unit_price, rate; /* as in struct souk_priced_line */
	int64_t qty, amount, discount, tax; /* amount: before the discount */
};

/* What is taxed at one rate. */
struct band {
	struct souk_text rate;
	int64_t net, tax;
};

/* One of the taxes that a rate consists of. */
struct tax {
	struct souk_text of;             /* the rate of the band */
	struct souk_text name, rate;
	bool compound;                   /* its rate is of the price and the taxes before it */
	int64_t amount;
};

/* Those of one band stand together. */
struct taxes {
	struct tax *tax;
	size_t count;
};

/* Texts are borrowed. */
struct paper {
	struct souk_text number, order_id;
	struct souk_text of, reason;     /* of a credit note: the invoice's number; else empty */
	struct souk_text seller, buyer;  /* JSON objects */
	struct souk_text exempt, vat_id; /* as in struct souk_priced */
	const struct souk_currency *currency;
	bool inclusive;
	int64_t at, supplied;            /* supplied: SOUK_NO_TIME if unknown */
	struct item *items;
	struct band *bands;              /* as many as items have room */
	size_t item_count, band_count;
	struct taxes taxes;              /* of rates that consist of several */
	int64_t net, tax, total;
};

/* Fills bands and sums from the items. False if they overflow. */
bool paper_sum(struct paper *paper);
/* Without its tax. */
int64_t item_net(const struct paper *paper, const struct item *item);
/* The band of that rate, NULL if there is none. */
struct band *paper_band(const struct paper *paper, struct souk_text rate);
void paper_write(struct souk_buffer *out, const struct paper *paper);

/* ---- Rates of several taxes (taxes.c) ---- */

/* Reads the `parts` of an object's `rates`, in the record's memory. False if refused. */
bool taxes_read(struct souk_record *r, const struct souk_node *object, struct taxes *taxes);
/* Takes off what another paper has of them. */
void taxes_take(struct taxes *left, const struct taxes *taken);
/* Spreads the tax of the paper's bands over what is left of the taxes, in the record's memory. */
void taxes_share(struct souk_record *r, struct paper *paper, const struct taxes *left);
/* Writes `parts` for the band of that rate, if it has any. */
void taxes_put(struct souk_buffer *out, const struct taxes *taxes, struct souk_text rate);

/* A stored paper, read back. A zeroed sheet is ready; its owner frees it. */
struct sheet {
	struct souk_record record;
	struct souk_buffer line;
	struct paper paper;
};

/* Parses any JSON object into the sheet's record. */
bool sheet_parse(struct sheet *sheet, struct souk_text document);
/* Parses a paper. False, after a message, if it is none. */
bool sheet_load(struct sheet *sheet, struct souk_text document);
void sheet_free(struct sheet *sheet);

/* The share of `amount` that is due for qty pieces of `of`, when those for `before` pieces
 * were due already: all shares make up the amount exactly. */
int64_t share(int64_t amount, int64_t before, int64_t qty, int64_t of);

/* ---- The book (book.c) ---- */

/* The paper issued under verb and id: ROW if there is one. Then *same: its digest is this,
 * and the answer is written. */
enum souk_step book_seen(struct souk_stage *stage, struct souk_record *r, const char *verb,
	struct souk_text id, const unsigned char *digest, bool *same);
/* Gives the paper the next number of the series, stores it and writes the answer. */
bool book_enter(struct souk_stage *stage, struct souk_record *r, const char *verb, struct souk_text id,
	const unsigned char *digest, struct souk_text series, struct paper *paper);
/* Answers that nothing was issued, nor had to be. */
enum souk_outcome book_answer_none(struct souk_record *r);
/* Who issues the papers of the series, into `seller`: ROW if it is known. */
enum souk_step book_seller(struct souk_stage *stage, struct souk_text series,
	struct souk_buffer *seller);
/* Ends the program if --series is no series. */
struct souk_text series_of(const char *option, const char *otherwise);

/* ---- Lines of an event: {"id","qty"} (wanted.c) ---- */

struct wanted {
	struct souk_text id;
	int64_t qty;
	int64_t amount;                  /* what souk-return gives back for it; else -1 */
};

/* The array's elements, in the record's memory. False if refused, also if there are none; of a
 * return there may be none, as all of it may have been rejected. */
bool wanted_read(struct souk_record *r, const struct souk_node *array, bool returned,
	struct wanted **wanted, size_t *count);

/* ---- Seller and buyer (party.c) ---- */

/* Writes whom an order's invoice is for: the address that the bill goes to, else the one the
 * goods go to. *vat_id stays as it is if it is not empty. False if refused. */
bool buyer_read(struct souk_record *order, struct souk_text *vat_id, struct souk_buffer *out);
/* Of a paper that was loaded: the text of a member of its `seller` or `buyer`; empty if there
 * is none. */
struct souk_text party_text(struct sheet *sheet, const char *party, const char *member);
/* The lines of the address, the first has index 0. False at the end. */
bool party_line(struct sheet *sheet, const char *party, size_t index, struct souk_text *line);
/* Why no tax is due, as it has to be said; empty if it is due. */
struct souk_text exemption_text(struct sheet *sheet);

/* ---- Printing (text.c, html.c) ---- */

void print_text(struct souk_buffer *out, struct sheet *sheet);
void print_html(struct souk_buffer *out, struct sheet *sheet);

#endif
