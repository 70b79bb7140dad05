/* SPDX-License-Identifier: ISC */
/* Writes sums as a table for people, or as records. */
#include <stdlib.h>

#include "compare.h"

const char *const figure_names[FIGURES] = {"revenue", "discount", "tax", "total", "margin"};

static int64_t difference(const struct sums *s, enum figure figure)
{
	int64_t value;

	if (!souk_money_sub(s->amount[AFTER][figure], s->amount[BEFORE][figure], &value))
		souk_die("the amounts are too large to be compared");
	return value;
}

static int by_text(struct souk_text a, struct souk_text b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = memcmp(a.at, b.at, len);

	return order ? order : a.len < b.len ? -1 : a.len > b.len;
}

static int64_t change_of(const struct sums *s)
{
	int64_t change = difference(s, REVENUE);

	return change < 0 ? -change : change;
}

/* By currency, then days in their order, skus by the size of their difference. */
static int by_report(const void *left, const void *right)
{
	const struct sums *a = *(struct sums *const *)left, *b = *(struct sums *const *)right;
	int order = strcmp(sums_currency(a)->code, sums_currency(b)->code);

	if (order)
		return order;
	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->group == BY_SKU && change_of(a) != change_of(b))
		return change_of(a) > change_of(b) ? -1 : 1;
	return by_text(sums_name(a), sums_name(b));
}

static int by_key(const void *left, const void *right)
{
	return by_text(souk_cache_key(*(void *const *)left), souk_cache_key(*(void *const *)right));
}

static size_t sorted(struct souk_buffer *pointers, int (*by)(const void *, const void *))
{
	size_t count = pointers->len / sizeof(void *);

	if (count)
		qsort(pointers->at, count, sizeof(void *), by);
	return count;
}

/* ---- Records ---- */

static void put_amounts(struct souk_buffer *out, const char *name, const struct sums *s, int side)
{
	souk_put_open(out, name, '{');
	for (int f = 0; f < FIGURES; f++)
		if (f != MARGIN || s->has_margin)
			souk_put_int(out, figure_names[f],
				side == SIDES ? difference(s, (enum figure)f) : s->amount[side][f]);
	souk_put_close(out, '}');
}

void compare_write_json(struct compare *c)
{
	static const char *const names[GROUPS] = {"all", "day", "sku"};
	struct sums **sums;
	struct failure **failed;
	size_t count = sorted(&c->order, by_report), failures = sorted(&c->failed, by_key);
	struct souk_buffer *out = &c->out;

	sums = (struct sums **)(void *)c->order.at;
	for (size_t i = 0; i < count; i++) {
		const struct sums *s = sums[i];

		souk_put_open(out, NULL, '{');
		souk_put_string(out, "by", names[s->group]);
		souk_put_string(out, "currency", sums_currency(s)->code);
		if (s->group != ALL)
			souk_put_text(out, names[s->group], sums_name(s));
		souk_put_int(out, s->group == BY_SKU ? "pieces" : "orders",
			s->group == BY_SKU ? s->pieces : s->orders);
		put_amounts(out, "before", s, BEFORE);
		put_amounts(out, "after", s, AFTER);
		put_amounts(out, "difference", s, SIDES);
		souk_add_string(out, "}\n");
	}
	failed = (struct failure **)(void *)c->failed.at;
	for (size_t i = 0; i < failures; i++) {
		souk_put_open(out, NULL, '{');
		souk_put_string(out, "by", "failure");
		souk_put_text(out, "failure", souk_cache_key(failed[i]));
		souk_put_int(out, "orders", failed[i]->orders);
		souk_add_string(out, "}\n");
	}
}

/* ---- The table ---- */

enum { NAME_WIDTH = 20, AMOUNT_WIDTH = 15 };

static void add_amount(struct souk_buffer *out, int64_t amount, const struct souk_currency *currency,
	bool sign)
{
	struct souk_buffer number = {0};

	if (sign && amount > 0)
		souk_add_char(&number, '+');
	souk_add_major(&number, amount, currency);
	souk_add_format(out, " %*.*s", AMOUNT_WIDTH, (int)number.len, number.at);
	souk_buffer_free(&number);
}

static void add_heads(struct souk_buffer *out, const char *first, const char *const *heads)
{
	souk_add_format(out, "%-*s", NAME_WIDTH, first);
	for (; *heads; heads++)
		souk_add_format(out, " %*s", AMOUNT_WIDTH, *heads);
	souk_add_char(out, '\n');
}

static void add_all(struct souk_buffer *out, const struct sums *s)
{
	static const char *const heads[] = {"before", "after", "difference", NULL};
	const struct souk_currency *currency = sums_currency(s);
	struct souk_buffer title = {0};

	souk_add_format(&title, "%s, %lld order%s", currency->code, (long long)s->orders,
		s->orders == 1 ? "" : "s");
	souk_add_char(&title, 0);
	add_heads(out, title.at, heads);
	souk_buffer_free(&title);
	for (int f = 0; f < FIGURES; f++) {
		if (f == MARGIN && !s->has_margin)
			continue;
		souk_add_format(out, "%-*s", NAME_WIDTH, figure_names[f]);
		add_amount(out, s->amount[BEFORE][f], currency, false);
		add_amount(out, s->amount[AFTER][f], currency, false);
		add_amount(out, difference(s, (enum figure)f), currency, true);
		souk_add_char(out, '\n');
	}
}

static bool is_changed(const struct sums *s)
{
	return difference(s, REVENUE) || difference(s, DISCOUNT) || difference(s, TAX);
}

/* A day or a sku: its revenue before and after, and what else differs. */
static void add_row(struct souk_buffer *out, const struct sums *s)
{
	const struct souk_currency *currency = sums_currency(s);
	struct souk_text name = sums_name(s);

	souk_add_format(out, "%-*.*s", NAME_WIDTH, (int)(name.len > 60 ? 60 : name.len), name.at);
	add_amount(out, s->amount[BEFORE][REVENUE], currency, false);
	add_amount(out, s->amount[AFTER][REVENUE], currency, false);
	add_amount(out, difference(s, REVENUE), currency, true);
	add_amount(out, difference(s, DISCOUNT), currency, true);
	add_amount(out, difference(s, TAX), currency, true);
	souk_add_char(out, '\n');
}

void compare_write_table(struct compare *c)
{
	static const char *const heads[] = {"revenue before", "after", "difference", "discount", "tax", NULL};
	struct sums **sums;
	struct failure **failed;
	size_t count = sorted(&c->order, by_report), failures = sorted(&c->failed, by_key);
	struct souk_buffer *out = &c->out;
	enum group group = GROUPS;
	int64_t listed = 0;

	sums = (struct sums **)(void *)c->order.at;
	for (size_t i = 0; i < count; i++) {
		const struct sums *s = sums[i];

		/* Of skus only the differences are of interest. */
		if (s->group == BY_SKU && !is_changed(s))
			continue;
		if (s->group != group) {
			souk_add_string(out, i ? "\n" : "");
			if (s->group != ALL)
				add_heads(out, s->group == BY_DAY ? "day" : "sku", heads);
			group = s->group;
			listed = 0;
		}
		if (group == ALL)
			add_all(out, s);
		else if (group == BY_DAY || listed++ < c->top)
			add_row(out, s);
	}
	failed = (struct failure **)(void *)c->failed.at;
	for (size_t i = 0; i < failures; i++)
		souk_add_format(out, "%s%lld order%s left out: %.*s\n", i ? "" : count ? "\n" : "",
			(long long)failed[i]->orders, failed[i]->orders == 1 ? "" : "s",
			SOUK_ARG(souk_cache_key(failed[i])));
	if (!count && !failures)
		souk_add_string(out, "no orders\n");
}
