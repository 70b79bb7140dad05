/* SPDX-License-Identifier: ISC */
/* Derives the tax of an order again: line by line, by rate, and as a whole. */
#include "rederive.h"

/* What is taxed: a line, or a charge as tax repeats it. */
struct item {
	struct souk_decimal rate;
	int64_t amount, tax;
};

/* A row of the breakdown. Of several taxes each was rounded by itself. */
struct row {
	struct souk_decimal rate;
	int64_t net, tax;
	const struct souk_node *parts; /* NULL: it is one tax */
	size_t part_count;             /* 1 then */
};

struct breakdown {
	struct row *rows;
	size_t count;
};

static bool read_rate(struct sums *s, const struct souk_node *object, struct souk_decimal *rate)
{
	struct souk_text text;

	if (!souk_need_text(s->r, object, "rate", 1, 64, &text))
		return false;
	if (souk_decimal_parse(text, rate) && rate->digits >= 0)
		return true;
	souk_refuse_value(s->r, souk_find(s->r, object, "rate"), "must be a percentage of 0 or more");
	return false;
}

static bool read_breakdown(struct sums *s, const struct souk_node *tax, struct breakdown *b)
{
	const struct souk_node *rates, *n;
	struct row *row;

	if (!souk_need_node(s->r, tax, "rates", SOUK_ARRAY, &rates))
		return false;
	b->count = souk_count(s->r, rates);
	b->rows = row = souk_record_alloc(s->r, b->count * sizeof(*row));
	for (n = souk_first(s->r, rates); n; n = souk_next(s->r, rates, n), row++) {
		*row = (struct row){.part_count = 1};
		if (!read_rate(s, n, &row->rate) || !sums_need(s, n, "net", &row->net) ||
		    !sums_need(s, n, "tax", &row->tax) || !souk_may_node(s->r, n, "parts", SOUK_ARRAY, &row->parts))
			return false;
		if (row->parts)
			row->part_count = souk_count(s->r, row->parts);
	}
	return true;
}

/* The most taxes that a rate of these percent consists of. */
static size_t part_count(const struct breakdown *b, struct souk_decimal rate)
{
	size_t most = 1;

	for (size_t i = 0; i < b->count; i++)
		if (!souk_decimal_compare(b->rows[i].rate, rate) && b->rows[i].part_count > most)
			most = b->rows[i].part_count;
	return most;
}

/* Rounded by the line, a tax is half a unit off at most; as a share of what was
 * rounded by the order, less than one and a half; below zero less than two and a
 * half, as what such an item takes back is what rounding left of the rest. Each tax
 * more that is in the rate adds half a unit. */
static bool check_item(struct sums *s, const struct breakdown *b, const struct souk_node *node,
	const char *what, size_t index, struct item *item)
{
	int64_t expected = 0, most = item->amount < 0 ? 2 : 1, off;
	struct souk_buffer *out;

	if (!read_rate(s, node, &item->rate) || !sums_need(s, node, "tax", &item->tax))
		return false;
	most += (int64_t)part_count(b, item->rate) / 2;
	if (!(s->inclusive ? souk_money_tax_inclusive : souk_money_tax_exclusive)(item->amount, item->rate,
	    SOUK_HALF_UP, &expected) || !souk_money_sub(item->tax, expected, &off)) {
		souk_refuse_value(s->r, node, "its tax is more than can be counted");
		return false;
	}
	if (off >= -most && off <= most)
		return true;
	out = sums_finding(s, TAX_LINE);
	souk_put_int(out, what, (int64_t)index);
	souk_put_int(out, "found", item->tax);
	souk_put_int(out, "expected", expected);
	finding_end(s->audit);
	return true;
}

static bool read_items(struct sums *s, const struct souk_node *tax, const struct breakdown *b,
	struct item **items, size_t *count)
{
	const struct souk_node **lines, *charges = NULL, *n;
	size_t i = 0;

	if (!souk_stage_lines(s->r, "tax", s->count, &lines) ||
	    !souk_may_node(s->r, tax, "charges", SOUK_ARRAY, &charges))
		return false;
	*count = s->count + (charges ? souk_count(s->r, charges) : 0);
	*items = souk_record_alloc(s->r, *count * sizeof(**items));
	for (; i < s->count; i++) {
		(*items)[i].amount = s->amounts[i];
		if (!check_item(s, b, lines[i], "line", i, &(*items)[i]))
			return false;
	}
	for (n = souk_first(s->r, charges); n; n = souk_next(s->r, charges, n), i++)
		if (!sums_need(s, n, "amount", &(*items)[i].amount) ||
		    !check_item(s, b, n, "charge", i - s->count, &(*items)[i]))
			return false;
	return true;
}

/* The taxes that a row consists of, each over `items` items. */
static bool check_parts(struct sums *s, const struct row *row, int64_t items)
{
	struct souk_decimal whole = {0}, percent, factor;
	int64_t sum = 0, tax, expected, off;
	const struct souk_node *n;

	for (n = souk_first(s->r, row->parts); n; n = souk_next(s->r, row->parts, n)) {
		bool compound = false;

		if (!read_rate(s, n, &percent) || !sums_need(s, n, "tax", &tax) ||
		    !souk_may_bool(s->r, n, "compound", &compound) || !sums_add(s, &sum, tax))
			return false;
		/* A tax on the taxes before it too. */
		if ((compound && (!souk_decimal_add(whole, (struct souk_decimal){100, 0}, &factor) ||
		    !souk_decimal_multiply(percent, factor, &percent) ||
		    !souk_decimal_multiply(percent, (struct souk_decimal){1, 2}, &percent))) ||
		    !souk_decimal_add(whole, percent, &whole) ||
		    !souk_money_tax_exclusive(row->net, percent, SOUK_HALF_UP, &expected) ||
		    !souk_money_sub(tax, expected, &off)) {
			souk_refuse_value(s->r, n, "its tax is more than can be counted");
			return false;
		}
		/* Half a unit an item, or what the whole tax was divided into. */
		if (off < 0 ? -off > (s->inclusive ? 2 * items : items / 2) + 1
			    : off > (s->inclusive ? 2 * items : items / 2) + 1)
			sums_expect(s, TAX_RATES, "part", tax, expected);
	}
	if (souk_decimal_compare(whole, row->rate))
		sums_expect(s, TAX_RATES, "parts", whole.digits, row->rate.digits);
	sums_expect(s, TAX_RATES, "parts", sum, row->tax);
	return true;
}

/* The breakdown by rate, over the items that have this rate. Two rows of one rate, of
 * different taxes, are looked at together. */
static bool check_rate(struct sums *s, const struct breakdown *b, size_t index,
	const struct item *items, size_t count)
{
	const struct row *row = &b->rows[index];
	int64_t net = 0, tax = 0, net_found = 0, tax_found = 0, mine = 0;

	for (size_t i = 0; i < b->count; i++) {
		if (souk_decimal_compare(b->rows[i].rate, row->rate))
			continue;
		if (i < index)
			return true;
		if (!sums_add(s, &net_found, b->rows[i].net) || !sums_add(s, &tax_found, b->rows[i].tax))
			return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (souk_decimal_compare(items[i].rate, row->rate))
			continue;
		mine++;
		if (!sums_add(s, &net, items[i].amount) || !sums_add(s, &tax, items[i].tax))
			return false;
	}
	if (s->inclusive && !sums_add(s, &net, -tax))
		return false;
	sums_expect(s, TAX_RATES, "net", net_found, net);
	sums_expect(s, TAX_RATES, "tax", tax_found, tax);
	for (size_t i = index; i < b->count; i++)
		if (b->rows[i].parts && !souk_decimal_compare(b->rows[i].rate, row->rate) &&
		    !check_parts(s, &b->rows[i], mine))
			return false;
	return true;
}

bool check_tax(struct sums *s)
{
	int64_t lines_sum = 0, rates_sum = 0;
	const struct souk_node *tax;
	struct breakdown b;
	struct item *items;
	size_t count;

	if (!souk_need_node(s->r, NULL, "tax", SOUK_OBJECT, &tax) ||
	    !souk_may_bool(s->r, tax, "inclusive", &s->inclusive) || !read_breakdown(s, tax, &b) ||
	    !sums_need(s, tax, "tax", &s->tax) || !read_items(s, tax, &b, &items, &count))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!sums_add(s, &lines_sum, items[i].tax))
			return false;
	for (size_t i = 0; i < b.count; i++)
		if (!sums_add(s, &rates_sum, b.rows[i].tax) || !check_rate(s, &b, i, items, count))
			return false;
	sums_expect(s, TAX_SUM, "lines", s->tax, lines_sum);
	sums_expect(s, TAX_SUM, "rates", s->tax, rates_sum);
	if (souk_find(s->r, tax, "exempt"))
		sums_expect(s, TAX_SUM, "exempt", s->tax, 0);
	return true;
}
