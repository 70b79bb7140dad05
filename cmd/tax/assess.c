/* SPDX-License-Identifier: ISC */
/* The arithmetic of souk-tax: what each line, each rate and the order owe. */
#include "tax.h"

/* The tax at the band's rate. Of a rate of several taxes each is rounded by itself, as
 * each is owed to its own authority; where prices contain them, what they contain is
 * divided. What each comes to is written to part_tax. */
static bool tax_on(int64_t amount, const struct band *band, const struct terms *terms, int64_t *tax,
	int64_t *part_tax)
{
	const enum souk_rounding mode = (enum souk_rounding)terms->rounding;
	const struct parts *parts = band->rate->parts;
	int64_t weights[MAX_PARTS];

	if (terms->inclusive) {
		if (!souk_money_tax_inclusive(amount, band->rate->percent, mode, tax))
			return false;
		return !parts || (parts_weights(parts, weights) &&
			souk_money_spread(*tax, weights, parts->count, part_tax));
	}
	if (!parts)
		return souk_money_tax_exclusive(amount, band->rate->percent, mode, tax);
	*tax = 0;
	for (size_t i = 0; i < parts->count; i++)
		if (!souk_money_tax_exclusive(amount, parts->part[i].percent, mode, &part_tax[i]) ||
		    !souk_money_add(*tax, part_tax[i], tax))
			return false;
	return true;
}

/* Shares `tax` among the items of a band that have one sign. `weights` has room for
 * two numbers an item. */
static bool share(struct bill *bill, size_t band, bool negative, int64_t tax, int64_t *weights)
{
	int64_t *shares = weights + bill->item_count;
	size_t count = 0;

	for (size_t i = 0; i < bill->item_count; i++)
		if (bill->items[i].band == band && (bill->items[i].amount < 0) == negative)
			weights[count++] = negative ? -bill->items[i].amount : bill->items[i].amount;
	if (!souk_money_spread(tax, weights, count, shares))
		return false;
	count = 0;
	for (size_t i = 0; i < bill->item_count; i++)
		if (bill->items[i].band == band && (bill->items[i].amount < 0) == negative)
			bill->items[i].tax = shares[count++];
	return true;
}

/* Rounds once for the band, and then finds each item's part of it. Largest
 * remainder knows no shares of two signs, so what the items above zero owe is
 * shared among them, and what is left among those below. */
static bool assess_band(struct bill *bill, size_t index, const struct terms *terms,
	int64_t *weights)
{
	struct band *band = &bill->bands[index];
	int64_t above = 0, tax_above, tax_below, unused[MAX_PARTS];
	bool mixed = false;

	for (size_t i = 0; i < bill->item_count; i++) {
		const struct item *item = &bill->items[i];

		if (item->band != index)
			continue;
		mixed |= item->amount < 0;
		if (!souk_money_add(band->amount, item->amount, &band->amount) ||
		    (item->amount > 0 && !souk_money_add(above, item->amount, &above)))
			return false;
	}
	if (!tax_on(band->amount, band, terms, &band->tax, band->part_tax))
		return false;
	if (!mixed)
		return share(bill, index, false, band->tax, weights);
	return tax_on(above, band, terms, &tax_above, unused) &&
		souk_money_sub(band->tax, tax_above, &tax_below) &&
		share(bill, index, false, tax_above, weights) &&
		share(bill, index, true, tax_below, weights);
}

static bool assess_item(struct bill *bill, struct item *item, const struct terms *terms)
{
	struct band *band = &bill->bands[item->band];
	int64_t part_tax[MAX_PARTS];

	if (!tax_on(item->amount, band, terms, &item->tax, part_tax))
		return false;
	for (size_t i = 0; band->rate->parts && i < band->rate->parts->count; i++)
		if (!souk_money_add(band->part_tax[i], part_tax[i], &band->part_tax[i]))
			return false;
	return souk_money_add(band->amount, item->amount, &band->amount) &&
		souk_money_add(band->tax, item->tax, &band->tax);
}

bool bill_assess(struct souk_record *r, struct bill *bill, const struct terms *terms)
{
	if (terms->level == PER_LINE) {
		for (size_t i = 0; i < bill->item_count; i++)
			if (!assess_item(bill, &bill->items[i], terms))
				return false;
	} else {
		int64_t *weights = souk_record_alloc(r, 2 * bill->item_count * sizeof(*weights));

		for (size_t i = 0; i < bill->band_count; i++)
			if (!assess_band(bill, i, terms, weights))
				return false;
	}
	bill->tax = 0;
	for (size_t i = 0; i < bill->band_count; i++) {
		struct band *band = &bill->bands[i];

		if (!souk_money_sub(band->amount, terms->inclusive ? band->tax : 0, &band->net) ||
		    !souk_money_add(bill->tax, band->tax, &bill->tax))
			return false;
	}
	return true;
}
