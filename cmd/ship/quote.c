/* SPDX-License-Identifier: ISC */
/* souk-ship: what it costs to send an order, by each method that there is, and by the
 * one that was chosen. */
#include "asked.h"

struct quote {
	const char *country;      /* of orders without an address */
	struct terms terms;
};

/* A method by which the order can be sent. */
struct option {
	const struct rate *rate;
	int64_t quoted, amount;   /* before and after what promotions grant */
};

static void open(struct souk_stage *stage)
{
	struct quote *s = stage->state;

	if (s->country && !souk_is_country(souk_text_of(s->country)))
		souk_die_usage("--country %s: must be two capital letters (ISO 3166-1)", s->country);
}

static bool begin(struct souk_stage *stage)
{
	struct quote *s = stage->state;

	return terms_begin(&s->terms, stage);
}

/* What is to be paid of `quoted`: the grants one after the other, never below 0. */
static int64_t granted(const struct asked *asked, int64_t quoted)
{
	for (const struct grant *g = asked->grants; g < asked->grants + asked->grant_count; g++) {
		int64_t off = g->amount;

		/* A part of 100 percent at most always fits. */
		if (g->is_part)
			souk_money_percent(quoted, g->percent, SOUK_HALF_UP, &off);
		quoted -= off < quoted ? off : quoted;
	}
	return quoted;
}

/* Whether the order can be sent at the rate, and for how much. */
static bool price(const struct asked *asked, const struct rate *rate, int64_t *amount)
{
	struct souk_text steps = rate->steps;
	int64_t up_to, measured = rate->measure == FLAT ? 0
		: rate->measure == BY_WEIGHT ? asked->goods.weight : asked->goods.worth;

	if (memcmp(rate->currency, asked->currency->code, 3) || asked->time < rate->from ||
	    asked->time >= rate->to)
		return false;
	/* What is not known to be light enough is not sent. */
	if ((rate->measure == BY_WEIGHT || rate->max_weight != NO_LIMIT) &&
	    (asked->goods.weight < 0 || asked->goods.weight > rate->max_weight))
		return false;
	do {
		if (!step_next(&steps, &up_to, amount))
			return false;
	} while (measured > up_to);
	if (asked->goods.worth >= rate->free_from && rate->free_from != NO_LIMIT)
		*amount = 0;
	return true;
}

static bool is_cheaper(const struct option *a, const struct option *b)
{
	return a->amount != b->amount ? a->amount < b->amount : a->quoted < b->quoted;
}

/* All methods, the cheapest first; of equally cheap ones in the order of their names. */
static size_t find_options(const struct asked *asked, const struct zone *zone, struct option *options)
{
	const struct rate *done = NULL;
	size_t count = 0;

	for (const struct rate *rate = zone->rates; rate < zone->rates + zone->rate_count; rate++) {
		struct option option = {.rate = rate};
		size_t at;

		/* Of one method that rate holds which began last. */
		if (done && souk_text_equal(done->method, rate->method))
			continue;
		if (!price(asked, rate, &option.quoted))
			continue;
		done = rate;
		option.amount = granted(asked, option.quoted);
		for (at = count++; at && is_cheaper(&option, &options[at - 1]); at--)
			options[at] = options[at - 1];
		options[at] = option;
	}
	return count;
}

static void put_options(struct souk_buffer *out, const char *name, const struct option *options, size_t count)
{
	souk_put_open(out, name, '[');
	for (size_t i = 0; i < count; i++) {
		souk_put_open(out, NULL, '{');
		souk_put_text(out, "method", options[i].rate->method);
		souk_put_text(out, "label", options[i].rate->label);
		souk_put_int(out, "amount", options[i].amount);
		souk_put_close(out, '}');
	}
	souk_put_close(out, ']');
}

static enum souk_outcome answer(struct souk_record *r, const struct option *chosen,
	const struct option *options, size_t count)
{
	struct souk_buffer *out = &r->answer;

	souk_put_open(out, NULL, '{');
	souk_put_text(out, "method", chosen->rate->method);
	souk_put_text(out, "label", chosen->rate->label);
	put_options(out, "options", options, count);
	souk_put_int(out, "quoted", chosen->quoted);
	souk_put_int(out, "discount", chosen->quoted - chosen->amount);
	souk_put_int(out, "amount", chosen->amount);
	if (chosen->amount) {
		souk_put_open(out, "charges", '[');
		souk_put_open(out, NULL, '{');
		souk_put_string(out, "label", "Shipping");
		souk_put_int(out, "amount", chosen->amount);
		souk_put_text(out, "tax_class", chosen->rate->tax_class);
		souk_add_string(out, "}]");
	}
	souk_put_close(out, '}');
	return SOUK_ANSWER;
}

static enum souk_outcome refuse(struct souk_record *r, const struct asked *asked, const char *why)
{
	souk_refuse(r, "no_shipping", "%s", why);
	souk_put_text(&r->error, "country", asked->address.country);
	if (asked->goods.weight >= 0)
		souk_put_int(&r->error, "weight_grams", asked->goods.weight);
	return SOUK_REFUSED;
}

static enum souk_outcome choose(struct souk_record *r, const struct asked *asked,
	const struct option *options, size_t count)
{
	if (!asked->method.len)
		return answer(r, options, options, count);
	for (size_t i = 0; i < count; i++)
		if (souk_text_equal(options[i].rate->method, asked->method))
			return answer(r, &options[i], options, count);
	souk_refuse(r, "unknown_method", "this order can't be sent by %.*s", SOUK_ARG(asked->method));
	put_options(&r->error, "options", options, count);
	return SOUK_REFUSED;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	const struct quote *s = stage->state;
	struct asked asked = {0};
	const struct zone *zone;
	struct option *options;
	size_t count;

	if (s->terms.zone_count && !goods_read(r, &asked.goods))
		return SOUK_REFUSED;
	if (!asked.goods.any_sent) {
		souk_add_string(&r->answer, "{\"method\":\"none\",\"amount\":0}");
		return SOUK_ANSWER;
	}
	if (!asked_read(stage, r, s->country, &asked))
		return SOUK_REFUSED;
	zone = terms_zone(&s->terms, &asked.address);
	if (!zone)
		return refuse(r, &asked, "nothing is sent to this address");
	options = souk_record_alloc(r, zone->rate_count * sizeof(*options) + 1);
	count = find_options(&asked, zone, options);
	if (!count)
		return refuse(r, &asked, asked.goods.weight >= 0 ? "there is no rate for this order"
			: "there is no rate for it, as not all goods have a weight");
	return choose(r, &asked, options, count);
}

static void close(struct souk_stage *stage)
{
	struct quote *s = stage->state;

	terms_free(&s->terms);
}

static const struct souk_option options[] = {
	{.letter = 'c', .name = "country", .value = "CC", .kind = SOUK_OPTION_TEXT,
		.offset = offsetof(struct quote, country),
		.help = "country of orders without ship_to: the shop's own"},
	{0},
};

static const char *const reads[] = {
	"lines", "catalog?", "price", "promo?", "ship_to?", "ship_method?", "currency", "time?", NULL,
};

SOUK_VERB(quote) = {
	.function = &ship_function,
	.summary = "say what it costs to send an order, by each method and by the chosen one",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct quote),
	.open = open,
	.begin = begin,
	.map = map,
	.close = close,
};
