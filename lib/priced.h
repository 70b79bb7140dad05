/* SPDX-License-Identifier: ISC */
/* priced.h: a priced order as papers show it: what the quoting stages found, line by line. */
#ifndef SOUK_PRICED_H
#define SOUK_PRICED_H

#include "order.h"

/* Texts are borrowed from the record. Amounts are in minor units. */
struct souk_priced_line {
	struct souk_text id, sku;       /* id: the line's position where it has none of its own */
	struct souk_text title;         /* empty if the catalogue was not asked */
	struct souk_text unit_price;    /* a decimal number of minor units; empty if unknown */
	struct souk_text rate;          /* of the tax in percent; empty if it has not just one */
	int64_t qty, subtotal, discount, tax;
	int64_t due;                    /* subtotal - discount, and the tax where that is added */
	bool sent;                      /* false: a service, a download */
};

struct souk_priced_charge {
	struct souk_text label, rate;
	int64_t amount, tax;
};

struct souk_priced {
	const struct souk_currency *currency;
	struct souk_priced_line *lines;
	struct souk_priced_charge *charges;
	size_t line_count, charge_count;
	bool inclusive;                 /* amounts contain the tax */
	struct souk_text exempt;        /* reverse_charge, export, exempt; empty: taxed */
	struct souk_text vat_id;        /* the one it is exempt by; may be empty */
	int64_t subtotal, discount, charged, tax, total;
};

/* Reads the order into the record's memory. False if refused: a stage did not run, or the
 * lines and charges do not add up to the total (code mismatch). The verb declares that it
 * reads SOUK_PRICED_READS. */
bool souk_priced_read(struct souk_record *r, struct souk_priced *priced);

#define SOUK_PRICED_READS "currency", "lines", "catalog?", "price", "promo?", "tax", "total"

/* Appends a unit price in major units, with as many decimals as it has and at least those
 * of the currency: 2.55, 2.555, 0.001. What is no number is appended as it is. */
void souk_add_unit_price(struct souk_buffer *b, struct souk_text unit_price,
	const struct souk_currency *currency);

#endif
