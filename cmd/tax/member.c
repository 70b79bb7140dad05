/* SPDX-License-Identifier: ISC */
/* What souk-tax writes: the member. */
#include "tax.h"

static void put_rate(struct souk_buffer *out, const struct band *band)
{
	souk_put_name(out, "rate");
	souk_add_char(out, '"');
	souk_add(out, band->rate->spelling, band->rate->spelling_len);
	souk_add_char(out, '"');
}

static void put_items(struct souk_buffer *out, const char *name, const struct bill *bill,
	size_t from, size_t to)
{
	souk_put_open(out, name, '[');
	for (const struct item *item = bill->items + from; item < bill->items + to; item++) {
		souk_put_open(out, NULL, '{');
		if (item->label.len) {
			souk_put_text(out, "label", item->label);
			souk_put_int(out, "amount", item->amount);
		}
		put_rate(out, &bill->bands[item->band]);
		souk_put_int(out, "tax", item->tax);
		souk_put_close(out, '}');
	}
	souk_put_close(out, ']');
}

static void put_parts(struct souk_buffer *out, const struct band *band)
{
	const struct parts *parts = band->rate->parts;

	if (!parts)
		return;
	souk_put_open(out, "parts", '[');
	for (size_t i = 0; i < parts->count; i++) {
		souk_put_open(out, NULL, '{');
		part_put(out, &parts->part[i]);
		souk_put_int(out, "tax", band->part_tax[i]);
		souk_put_close(out, '}');
	}
	souk_put_close(out, ']');
}

void bill_put(struct souk_buffer *out, const struct bill *bill, const struct terms *terms,
	const struct relief *relief)
{
	souk_put_open(out, NULL, '{');
	souk_put_bool(out, "inclusive", terms->inclusive);
	relief_put(out, relief);
	put_items(out, "lines", bill, 0, bill->line_count);
	if (bill->item_count > bill->line_count)
		put_items(out, "charges", bill, bill->line_count, bill->item_count);
	souk_put_open(out, "rates", '[');
	for (const struct band *band = bill->bands; band < bill->bands + bill->band_count; band++) {
		souk_put_open(out, NULL, '{');
		put_rate(out, band);
		souk_put_int(out, "net", band->net);
		souk_put_int(out, "tax", band->tax);
		put_parts(out, band);
		souk_put_close(out, '}');
	}
	souk_put_close(out, ']');
	souk_put_int(out, "tax", bill->tax);
	souk_put_close(out, '}');
}
