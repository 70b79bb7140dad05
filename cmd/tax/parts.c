/* SPDX-License-Identifier: ISC */
/* Rates of several taxes: those that are combined are each a percentage of the price,
 * a compound one is a percentage of the price and the taxes before it. */
#include "tax.h"

enum { MAX_NAME = 40 };

/* Adds a part to those before it, which come to *percent of the price. */
static bool add_part(struct parts *parts, struct part part, struct souk_decimal *percent)
{
	struct souk_decimal factor = *percent;

	if (!souk_decimal_parse(part.rate, &part.percent) || part.percent.digits < 0)
		return false;
	/* 7.5 % of 105 % of the price. */
	if (part.compound && (!souk_decimal_add(factor, (struct souk_decimal){100, 0}, &factor) ||
	    !souk_decimal_multiply(factor, part.percent, &part.percent) ||
	    !souk_decimal_multiply(part.percent, (struct souk_decimal){1, 2}, &part.percent)))
		return false;
	parts->part[parts->count++] = part;
	return souk_decimal_add(*percent, part.percent, percent);
}

static bool read_part(struct souk_record *r, const struct souk_node *node, struct part *part)
{
	const struct souk_node *rate = souk_find(r, node, "rate");

	*part = (struct part){0};
	if (!souk_need_text(r, node, "name", 1, MAX_NAME, &part->name) ||
	    !souk_may_bool(r, node, "compound", &part->compound))
		return false;
	if (rate && rate->type == SOUK_NUMBER)
		part->rate = souk_raw(r, rate);
	else if (!souk_need_text(r, node, "rate", 1, 20, &part->rate))
		return false;
	return true;
}

bool parts_read(struct souk_record *r, struct parts *parts, struct souk_decimal *percent)
{
	static const struct souk_decimal most = {1000, 0};
	const struct souk_node *array, *n;
	struct part part;

	*parts = (struct parts){0};
	*percent = (struct souk_decimal){0};
	if (!souk_need_node(r, NULL, "parts", SOUK_ARRAY, &array))
		return false;
	if (souk_count(r, array) < 1 || souk_count(r, array) > MAX_PARTS) {
		souk_refuse_value(r, array, "must hold one to %d taxes", MAX_PARTS);
		return false;
	}
	for (n = souk_first(r, array); n; n = souk_next(r, array, n)) {
		if (!read_part(r, n, &part))
			return false;
		if (!add_part(parts, part, percent) || souk_decimal_compare(*percent, most) > 0) {
			souk_refuse_value(r, souk_find(r, n, "rate"),
				"must be a number of percent, such as 17.5, and all come to 1000 at most");
			return false;
		}
	}
	return true;
}

void parts_store(struct souk_buffer *out, const struct parts *parts)
{
	for (const struct part *part = parts->part; part < parts->part + parts->count; part++) {
		struct souk_decimal rate = {0};

		souk_decimal_parse(part->rate, &rate);
		souk_add(out, part->name.at, part->name.len);
		souk_add_char(out, '\t');
		souk_add_decimal_number(out, rate);
		souk_add_string(out, part->compound ? "\tc\n" : "\t\n");
	}
}

bool parts_load(struct souk_text stored, struct parts *parts, struct souk_decimal *percent)
{
	const char *at = stored.at, *end = stored.at + stored.len;
	struct part part = {0};

	*parts = (struct parts){0};
	*percent = (struct souk_decimal){0};
	while (at < end) {
		const char *rate = memchr(at, '\t', (size_t)(end - at));
		const char *compound = rate ? memchr(rate + 1, '\t', (size_t)(end - rate - 1)) : NULL;
		const char *line_end = compound ? memchr(compound, '\n', (size_t)(end - compound)) : NULL;

		if (!line_end || parts->count == MAX_PARTS)
			return false;
		part.name = (struct souk_text){at, (size_t)(rate - at)};
		part.rate = (struct souk_text){rate + 1, (size_t)(compound - rate - 1)};
		part.compound = compound[1] == 'c';
		if (!add_part(parts, part, percent))
			return false;
		at = line_end + 1;
	}
	return true;
}

bool parts_weights(const struct parts *parts, int64_t weights[MAX_PARTS])
{
	int scale = 0;

	for (size_t i = 0; i < parts->count; i++)
		if (parts->part[i].percent.scale > scale)
			scale = parts->part[i].percent.scale;
	for (size_t i = 0; i < parts->count; i++) {
		weights[i] = parts->part[i].percent.digits;
		for (int s = parts->part[i].percent.scale; s < scale; s++)
			if (!souk_money_mul(weights[i], 10, &weights[i]))
				return false;
	}
	return true;
}

void part_put(struct souk_buffer *out, const struct part *part)
{
	souk_put_text(out, "name", part->name);
	souk_put_text(out, "rate", part->rate);
	if (part->compound)
		souk_put_bool(out, "compound", true);
}
