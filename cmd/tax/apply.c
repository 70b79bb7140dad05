/* SPDX-License-Identifier: ISC */
/* souk-tax: taxes the lines of an order and its charges at the rates that hold
 * where it goes to, at its time. */
#include "tax.h"

struct apply {
	const char *country;      /* of orders without an address */
	struct terms terms;
	struct rates rates;
};

static const char *const level_names[] = {[PER_LINE] = "line", [PER_ORDER] = "order", NULL};

static void open(struct souk_stage *stage)
{
	struct apply *s = stage->state;

	if (s->country && !is_country(souk_text_of(s->country)))
		souk_die_usage("--country %s: must be two capital letters (ISO 3166-1)", s->country);
}

static bool begin(struct souk_stage *stage)
{
	struct apply *s = stage->state;

	rates_begin(&s->rates, stage);
	return true;
}

static bool read_country(struct souk_stage *stage, struct souk_record *r, struct souk_text *country)
{
	const struct apply *s = stage->state;
	const struct souk_node *ship_to = NULL;

	if (!souk_may_node(r, NULL, "ship_to", SOUK_OBJECT, &ship_to))
		return false;
	if (!ship_to && !s->country) {
		souk_refuse(r, "bad_record", "ship_to is missing, and no --country is given for it");
		return false;
	}
	if (!ship_to) {
		*country = souk_text_of(s->country);
		return true;
	}
	if (!souk_need_text(r, ship_to, "country", 1, 200, country))
		return false;
	if (is_country(*country))
		return true;
	souk_refuse_value(r, souk_find(r, ship_to, "country"),
		"must be two capital letters (ISO 3166-1)");
	return false;
}

static void refuse_class(struct souk_record *r, struct souk_text class, struct souk_text country,
	int64_t time)
{
	struct souk_buffer when = {0};

	souk_add_time(&when, time);
	souk_refuse(r, "no_tax_rate", "no rate is known for class %.*s in %.*s at %.*s",
		SOUK_ARG(class), SOUK_ARG(country), SOUK_ARG(when));
	souk_put_text(&r->error, "country", country);
	souk_put_text(&r->error, "class", class);
	souk_put_text(&r->error, "time", (struct souk_text){when.at, when.len});
	souk_buffer_free(&when);
}

/* Puts an item into the band of its rate; items of one class follow each other. */
static enum souk_outcome find_band(struct souk_stage *stage, struct souk_record *r,
	struct bill *bill, struct item *item, struct souk_text country, int64_t time)
{
	struct apply *s = stage->state;
	const struct rate *rate;

	if (item > bill->items && souk_text_equal(item->class, item[-1].class)) {
		item->band = item[-1].band;
		return SOUK_ANSWER;
	}
	if (!rates_find(&s->rates, stage->store, country, item->class, time, &rate))
		return SOUK_FAILED;
	if (!rate) {
		refuse_class(r, item->class, country, time);
		return SOUK_REFUSED;
	}
	/* Two classes may have the same rate: the breakdown is by rate. */
	for (item->band = 0; item->band < bill->band_count; item->band++)
		if (!souk_decimal_compare(bill->bands[item->band].rate->percent, rate->percent))
			return SOUK_ANSWER;
	bill->bands[bill->band_count++] = (struct band){.rate = rate};
	return SOUK_ANSWER;
}

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

static enum souk_outcome answer(struct souk_record *r, const struct bill *bill,
	const struct terms *terms)
{
	struct souk_buffer *out = &r->answer;

	souk_put_open(out, NULL, '{');
	souk_put_bool(out, "inclusive", terms->inclusive);
	put_items(out, "lines", bill, 0, bill->line_count);
	if (bill->item_count > bill->line_count)
		put_items(out, "charges", bill, bill->line_count, bill->item_count);
	souk_put_open(out, "rates", '[');
	for (const struct band *band = bill->bands; band < bill->bands + bill->band_count; band++) {
		souk_put_open(out, NULL, '{');
		put_rate(out, band);
		souk_put_int(out, "net", band->net);
		souk_put_int(out, "tax", band->tax);
		souk_put_close(out, '}');
	}
	souk_put_close(out, ']');
	souk_put_int(out, "tax", bill->tax);
	souk_put_close(out, '}');
	return SOUK_ANSWER;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct apply *s = stage->state;
	struct bill bill;
	struct souk_text country;
	int64_t time;

	if (!souk_order_time(stage, r, &time) || !read_country(stage, r, &country) ||
	    !bill_read(r, &bill))
		return SOUK_REFUSED;
	for (size_t i = 0; i < bill.item_count; i++) {
		enum souk_outcome found = find_band(stage, r, &bill, &bill.items[i], country, time);

		if (found != SOUK_ANSWER)
			return found;
	}
	if (!bill_assess(r, &bill, &s->terms))
		return souk_refuse(r, "overflow", "the amounts of this order are too large to be taxed");
	return answer(r, &bill, &s->terms);
}

static void close(struct souk_stage *stage)
{
	struct apply *s = stage->state;

	rates_free(&s->rates);
}

static const struct souk_option options[] = {
	{.letter = 'c', .name = "country", .value = "CC", .kind = SOUK_OPTION_TEXT,
		.offset = offsetof(struct apply, country),
		.help = "country of orders without ship_to: the shop's own"},
	{.letter = 'i', .name = "inclusive", .kind = SOUK_OPTION_FLAG,
		.offset = offsetof(struct apply, terms.inclusive), .help = "prices contain the tax"},
	{.name = "round", .value = "LEVEL", .kind = SOUK_OPTION_CHOICE,
		.offset = offsetof(struct apply, terms.level),
		.help = "round per line, or once a rate per order (default line)", .choices = level_names},
	{.name = "rounding", .value = "MODE", .kind = SOUK_OPTION_CHOICE,
		.offset = offsetof(struct apply, terms.rounding),
		.help = "how to round halves (default half-up)", .choices = souk_rounding_names},
	{0},
};

static const char *const reads[] = {
	"lines", "price", "promo?", "catalog?", "ship_to.country?", "time?", "*.charges", NULL,
};

SOUK_VERB(apply) = {
	.function = &tax_function,
	.summary = "compute the tax on an order",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct apply),
	.open = open,
	.begin = begin,
	.map = map,
	.close = close,
};
