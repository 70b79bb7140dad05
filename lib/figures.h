/* SPDX-License-Identifier: ISC */
/* figures.h: the amounts that an order's stages found, as they stand in its record. */
#ifndef SOUK_FIGURES_H
#define SOUK_FIGURES_H

#include "order.h"

/* Amounts are in minor units; a rate is in percent. */
struct souk_line_figures {
	struct souk_decimal unit;        /* may be finer than a minor unit */
	struct souk_decimal rate;
	struct souk_text rate_text;      /* as the record has it */
	int64_t subtotal, discount, tax;
};

struct souk_charge_figures {
	struct souk_text member;         /* that charges it: "ship"; empty if that can't be told */
	struct souk_text label, rate_text;
	struct souk_decimal rate;
	int64_t amount, tax;
};

struct souk_figures {
	struct souk_line_figures *lines;
	struct souk_charge_figures *charges;
	size_t line_count, charge_count;
	bool inclusive;                  /* amounts contain the tax */
	/* As the stages' sums say, not as they add up. */
	int64_t subtotal, discount, tax, total;
};

/* Reads the figures of an order with so many lines into the record's memory, from the
 * record or from an object in it that holds the members price, promo, tax and total. What
 * was charged is read from `tax`, which repeats it. False if refused: something is
 * missing or of another form. Nothing is added up. */
bool souk_figures_read(struct souk_record *r, const struct souk_node *from, size_t line_count,
	struct souk_figures *figures);

/* What tax an amount contains (inclusive) or has added. */
static inline bool souk_figures_tax(const struct souk_figures *f, int64_t amount, struct souk_decimal rate,
	enum souk_rounding mode, int64_t *tax)
{
	return (f->inclusive ? souk_money_tax_inclusive : souk_money_tax_exclusive)(amount, rate, mode, tax);
}

/* What a piece of a sku costs the shop, as the catalogue's record of it says:
 * "cost":{"currency":"GBP","amount":120}, or "amount_decimal" where it is finer. False if
 * refused; *currency is NULL where there is no cost. */
bool souk_cost_read(struct souk_record *r, struct souk_text *sku, const struct souk_currency **currency,
	struct souk_decimal *unit);

#endif
