/* SPDX-License-Identifier: ISC */
/* The taxes that a rate consists of, such as GST and QST: each is shown with its own amount. */
#include "invoice.h"

enum { MAX_NAME = 64, MAX_RATE = 64 };

static size_t count_parts(struct souk_record *r, const struct souk_node *rates)
{
	size_t count = 0;

	for (const struct souk_node *n = souk_first(r, rates); n; n = souk_next(r, rates, n)) {
		const struct souk_node *parts = souk_find(r, n, "parts");

		count += parts && parts->type == SOUK_ARRAY ? souk_count(r, parts) : 0;
	}
	return count;
}

static bool read_parts(struct souk_record *r, const struct souk_node *band, struct taxes *taxes)
{
	struct souk_text rate = SOUK_TEXT("");
	const struct souk_node *parts = NULL;

	if (!souk_may_node(r, band, "parts", SOUK_ARRAY, &parts) ||
	    (parts && !souk_need_text(r, band, "rate", 1, MAX_RATE, &rate)))
		return false;
	for (const struct souk_node *n = souk_first(r, parts); n; n = souk_next(r, parts, n)) {
		struct tax *tax = &taxes->tax[taxes->count++];

		*tax = (struct tax){.of = rate};
		if (!souk_need_text(r, n, "name", 1, MAX_NAME, &tax->name) ||
		    !souk_need_text(r, n, "rate", 1, MAX_RATE, &tax->rate) ||
		    !souk_may_bool(r, n, "compound", &tax->compound) ||
		    !souk_need_int(r, n, "tax", -INT64_MAX, INT64_MAX, &tax->amount))
			return false;
	}
	return true;
}

bool taxes_read(struct souk_record *r, const struct souk_node *object, struct taxes *taxes)
{
	const struct souk_node *rates = NULL;

	*taxes = (struct taxes){.count = 0};
	if (!souk_may_node(r, object, "rates", SOUK_ARRAY, &rates))
		return false;
	taxes->tax = souk_record_alloc(r, (count_parts(r, rates) + 1) * sizeof(*taxes->tax));
	for (const struct souk_node *n = souk_first(r, rates); n; n = souk_next(r, rates, n))
		if (!read_parts(r, n, taxes))
			return false;
	return true;
}

static bool same_tax(const struct tax *a, const struct tax *b)
{
	return souk_text_equal(a->of, b->of) && souk_text_equal(a->name, b->name) &&
		souk_text_equal(a->rate, b->rate);
}

void taxes_take(struct taxes *left, const struct taxes *taken)
{
	for (size_t i = 0; i < taken->count; i++)
		for (size_t j = 0; j < left->count; j++)
			if (same_tax(&left->tax[j], &taken->tax[i])) {
				left->tax[j].amount -= taken->tax[i].amount;
				break;
			}
}

/* Spreads what is taxed at one rate over the taxes from `first` that it consists of. */
static size_t share_band(struct souk_record *r, const struct paper *p, struct taxes *shares, size_t first)
{
	const struct band *band = paper_band(p, shares->tax[first].of);
	int64_t *weights = souk_record_alloc(r, 2 * shares->count * sizeof(*weights));
	int64_t *amounts = weights + shares->count;
	size_t count = 0;

	while (first + count < shares->count && souk_text_equal(shares->tax[first + count].of, shares->tax[first].of)) {
		weights[count] = shares->tax[first + count].amount;
		count++;
	}
	memset(amounts, 0, count * sizeof(*amounts));
	/* It fails where the amounts are no weights; then nobody could say whose tax it is. */
	if (band && band->tax)
		souk_money_spread(band->tax, weights, count, amounts);
	for (size_t i = 0; i < count; i++)
		shares->tax[first + i].amount = amounts[i];
	return count;
}

void taxes_share(struct souk_record *r, struct paper *p, const struct taxes *left)
{
	size_t size = (left->count + 1) * sizeof(*left->tax);

	p->taxes = (struct taxes){.tax = souk_record_alloc(r, size), .count = left->count};
	memcpy(p->taxes.tax, left->tax, left->count * sizeof(*left->tax));
	for (size_t i = 0; i < left->count; )
		i += share_band(r, p, &p->taxes, i);
}

void taxes_put(struct souk_buffer *out, const struct taxes *taxes, struct souk_text rate)
{
	bool any = false;

	for (size_t i = 0; i < taxes->count; i++) {
		const struct tax *tax = &taxes->tax[i];

		if (!souk_text_equal(tax->of, rate))
			continue;
		if (!any)
			souk_put_open(out, "parts", '[');
		any = true;
		souk_put_open(out, NULL, '{');
		souk_put_text(out, "name", tax->name);
		souk_put_text(out, "rate", tax->rate);
		if (tax->compound)
			souk_put_bool(out, "compound", true);
		souk_put_int(out, "tax", tax->amount);
		souk_put_close(out, '}');
	}
	if (any)
		souk_put_close(out, ']');
}
