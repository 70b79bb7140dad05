/* SPDX-License-Identifier: ISC */
/* souk compare: sums up orders that were quoted again beside what they were. What it
 * keeps grows with the days and skus there are, not with the orders. */
#include <stdlib.h>

#include "compare.h"
#include "lines.h"
#include "souk.h"

#define DEFAULT_TOP 20

static const struct souk_option options[] = {
	{0, "json", NULL, SOUK_OPTION_FLAG, offsetof(struct compare, json),
		"write records instead of a table", 0, 0, NULL, false},
	{0, "top", "N", SOUK_OPTION_NUMBER, offsetof(struct compare, top),
		"list so many skus, those with the largest differences (default 20)", 1, INT32_MAX, NULL,
		false},
	{0, "costs", "FILE", SOUK_OPTION_TEXT, offsetof(struct compare, costs_path),
		"what goods cost the shop, as souk-catalog list writes: tells margins", 0, 0, NULL, false},
	{0},
};

/* A key is the digit of the group, three letters, and the name. */
enum { NAME_AT = 4 };

struct souk_text sums_name(const struct sums *sums)
{
	struct souk_text key = souk_cache_key(sums);

	return (struct souk_text){key.at + NAME_AT, key.len - NAME_AT};
}

const struct souk_currency *sums_currency(const struct sums *sums)
{
	return souk_currency_find((struct souk_text){souk_cache_key(sums).at + 1, 3});
}

/* The value of a key; a new one is also noted in `order`. */
static void *find_or_add(struct souk_cache *cache, struct souk_buffer *order, struct souk_text key,
	size_t size)
{
	void *value = souk_cache_get(cache, key, NULL);

	if (value)
		return value;
	value = souk_cache_add(cache, key, NULL, size);
	souk_add(order, &value, sizeof(void *));
	return value;
}

static struct sums *sums_of(struct compare *c, enum group group, const char *code, struct souk_text name)
{
	struct sums *sums;

	c->key.len = 0;
	souk_add_char(&c->key, (char)('0' + group));
	souk_add(&c->key, code, 3);
	souk_add(&c->key, name.at, name.len);
	sums = find_or_add(&c->sums, &c->order, (struct souk_text){c->key.at, c->key.len}, sizeof(*sums));
	sums->group = group;
	return sums;
}

/* An order at work; its figures are added to sums only once all of it is read. */
struct sample {
	const struct souk_currency *currency;
	struct souk_line *lines;
	struct souk_text day;
	struct souk_figures f[SIDES];
	bool fits;
};

static void add(struct sample *s, int64_t *sum, int64_t amount)
{
	s->fits &= souk_money_add(*sum, amount, sum);
}

static void add_line(struct compare *c, struct sample *s, size_t i, struct sums *by_sku, struct sums *day,
	struct sums *all)
{
	const struct cost *cost = souk_cache_get(&c->costs, s->lines[i].sku, NULL);
	struct sums *const sums[] = {by_sku, day, all};
	int64_t spent = 0;

	if (cost && cost->currency != s->currency)
		cost = NULL;
	if (cost)
		s->fits &= souk_money_line(cost->unit, s->lines[i].qty, SOUK_HALF_UP, &spent);
	add(s, &by_sku->pieces, s->lines[i].qty);
	for (int side = 0; side < SIDES; side++) {
		const struct souk_line_figures *l = &s->f[side].lines[i];
		int64_t revenue = l->subtotal - l->discount - (s->f[side].inclusive ? l->tax : 0);
		int64_t total = l->subtotal - l->discount + (s->f[side].inclusive ? 0 : l->tax);

		for (size_t k = 0; k < sizeof(sums) / sizeof(*sums); k++) {
			int64_t *amount = sums[k]->amount[side];

			add(s, &amount[REVENUE], revenue);
			add(s, &amount[DISCOUNT], l->discount);
			add(s, &amount[TAX], l->tax);
			add(s, &amount[TOTAL], total);
			sums[k]->has_margin |= cost != NULL;
			if (cost)
				add(s, &amount[MARGIN], revenue - spent);
		}
	}
}

static void add_charges(struct sample *s, struct sums *sums)
{
	for (int side = 0; side < SIDES; side++) {
		const struct souk_figures *f = &s->f[side];

		for (size_t i = 0; i < f->charge_count; i++) {
			const struct souk_charge_figures *charge = &f->charges[i];

			add(s, &sums->amount[side][REVENUE],
				charge->amount - (f->inclusive ? charge->tax : 0));
			add(s, &sums->amount[side][TAX], charge->tax);
			add(s, &sums->amount[side][TOTAL], charge->amount + (f->inclusive ? 0 : charge->tax));
		}
	}
}

static bool read_sample(struct souk_record *r, struct sample *s)
{
	const struct souk_node *was;
	struct souk_text time;
	size_t count;
	int64_t seconds;

	if (!souk_order_currency(r, &s->currency) || !souk_order_lines(r, &s->lines, &count) ||
	    !souk_need_text(r, NULL, "time", 1, 64, &time) ||
	    !souk_need_node(r, NULL, "was", SOUK_OBJECT, &was) ||
	    !souk_figures_read(r, was, count, &s->f[BEFORE]) ||
	    !souk_figures_read(r, NULL, count, &s->f[AFTER]))
		return false;
	if (!souk_time_parse(time, &seconds)) {
		souk_refuse_value(r, souk_member(r, "time"), "must be a time (RFC 3339)");
		return false;
	}
	/* The day as it is written, as in pipelines/daily-sales. */
	s->day = (struct souk_text){time.at, 10};
	return true;
}

static void count_failure(struct compare *c, const struct souk_node *error)
{
	struct souk_text by = SOUK_TEXT(""), code = SOUK_TEXT("");
	struct failure *failure;

	if (!souk_may_text(&c->r, error, "by", 1, 64, &by) ||
	    !souk_may_text(&c->r, error, "code", 1, 64, &code))
		code = SOUK_TEXT("?");
	c->key.len = 0;
	souk_add_format(&c->key, "%.*s: %.*s", SOUK_ARG(by), SOUK_ARG(code));
	failure = find_or_add(&c->failures, &c->failed, (struct souk_text){c->key.at, c->key.len},
		sizeof(*failure));
	failure->orders++;
}

static bool take(void *context)
{
	struct compare *c = context;
	struct souk_record *r = &c->r;
	struct sample s = {.fits = true};
	struct sums *day, *all;

	if (r->error_member || r->wait_member) {
		count_failure(c, r->error_member ? r->error_member : r->wait_member);
		return true;
	}
	if (!read_sample(r, &s))
		return false;
	all = sums_of(c, ALL, s.currency->code, SOUK_TEXT(""));
	day = sums_of(c, BY_DAY, s.currency->code, s.day);
	all->orders++;
	day->orders++;
	for (size_t i = 0; i < s.f[AFTER].line_count; i++)
		add_line(c, &s, i, sums_of(c, BY_SKU, s.currency->code, s.lines[i].sku), day, all);
	add_charges(&s, day);
	add_charges(&s, all);
	if (!s.fits)
		souk_die("the amounts are too large to be added");
	return true;
}

static bool take_cost(void *context)
{
	struct compare *c = context;
	struct cost cost;
	struct souk_text sku;

	if (!souk_cost_read(&c->r, &sku, &cost.currency, &cost.unit))
		return false;
	if (cost.currency && !souk_cache_get(&c->costs, sku, NULL))
		souk_cache_add(&c->costs, sku, &cost, sizeof(cost));
	return true;
}

static uint64_t read_lines(struct compare *c, const char *const *members, bool (*what)(void *),
	const char *path)
{
	struct souk_lines lines = {.record = &c->r, .take = what, .context = c,
		.max_record = 2 * SOUK_MAX_RECORD};

	souk_record_init(&c->r, "souk", &(struct souk_interest){.reads = members});
	souk_lines_read(&lines, path);
	souk_record_free(&c->r);
	return lines.bad;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	static const char *const reads[] = {"currency", "lines", "time", "price", "promo", "tax", "total",
		"was",
		"*.charges", NULL}, *const cost_reads[] = {"sku", "cost", NULL};
	struct compare *c = stage->state;
	uint64_t bad = 0;

	(void)operand_count, (void)operands;
	if (!c->top)
		c->top = DEFAULT_TOP;
	if (c->costs_path)
		bad += read_lines(c, cost_reads, take_cost, c->costs_path);
	bad += read_lines(c, reads, take, NULL);
	(c->json ? compare_write_json : compare_write_table)(c);
	if (!souk_write_all(1, c->out.at, c->out.len))
		souk_die_errno("cannot write the output");
	souk_cache_free(&c->sums);
	souk_cache_free(&c->costs);
	souk_cache_free(&c->failures);
	souk_buffer_free(&c->order);
	souk_buffer_free(&c->failed);
	souk_buffer_free(&c->key);
	souk_buffer_free(&c->out);
	return bad ? SOUK_EXIT_BAD : SOUK_EXIT_OK;
}

SOUK_VERB(compare) = {
	.function = &souk_function,
	.name = "compare",
	.summary = "sum up what orders that were quoted again would have changed",
	.kind = SOUK_TOOL,
	.options = options,
	.state_size = sizeof(struct compare),
	.run = run,
};
