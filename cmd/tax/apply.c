/* SPDX-License-Identifier: ISC */
/* souk-tax: taxes the lines of an order and its charges at the rates that hold
 * where it goes to, at its time. */
#include "tax.h"

struct apply {
	const char *country;      /* of orders without an address */
	const char *origin;       /* where the shop is, in place of what is stored */
	struct terms terms;
	struct rates rates;
	struct shop shop;
};

/* What is not taxed has this rate. */
static const struct rate none = {.spelling = "0", .spelling_len = 1};

static const char *const level_names[] = {[PER_LINE] = "line", [PER_ORDER] = "order", NULL};

static void open(struct souk_stage *stage)
{
	struct apply *s = stage->state;

	if (s->country && !souk_is_country(souk_text_of(s->country)))
		souk_die_usage("--country %s: must be two capital letters (ISO 3166-1)", s->country);
	if (s->origin && !souk_is_country(souk_text_of(s->origin)))
		souk_die_usage("--origin %s: must be two capital letters (ISO 3166-1)", s->origin);
}

static bool begin(struct souk_stage *stage)
{
	struct apply *s = stage->state;

	if (rates_begin(&s->rates, stage) && !shop_get(stage->store, &s->shop))
		return false;
	if (s->origin && memcmp(s->origin, s->shop.origin, 2) != 0) {
		s->shop = (struct shop){.reverse_charge = true, .export = true};
		memcpy(s->shop.origin, s->origin, 2);
	}
	return true;
}

/* The region and the postcode as they are compared. */
static bool read_part(struct souk_record *r, const struct souk_node *ship_to, struct place *place)
{
	struct souk_text region = {0}, postcode = {0};
	char *plain = place->plain;

	if (!souk_may_text(r, ship_to, "region", 0, 200, &region) ||
	    !souk_may_text(r, ship_to, "postcode", 0, 200, &postcode))
		return false;
	/* A region with a longer name has no rate. */
	if (region.len && region.len <= MAX_REGION) {
		memcpy(plain, region.at, region.len);
		place->region = (struct souk_text){plain, region.len};
	}
	plain += MAX_REGION;
	place->postcode = (struct souk_text){plain, postcode_plain(postcode, plain)};
	return true;
}

static bool read_place(struct souk_stage *stage, struct souk_record *r, const struct souk_node **ship_to,
	struct place *place)
{
	const struct apply *s = stage->state;

	*ship_to = NULL;
	place->region = place->postcode = (struct souk_text){0};
	if (!souk_may_node(r, NULL, "ship_to", SOUK_OBJECT, ship_to))
		return false;
	if (!*ship_to && !s->country) {
		souk_refuse(r, "bad_record", "ship_to is missing, and no --country is given for it");
		return false;
	}
	if (!*ship_to) {
		place->country = souk_text_of(s->country);
		return true;
	}
	if (!souk_need_text(r, *ship_to, "country", 1, 200, &place->country))
		return false;
	if (souk_is_country(place->country))
		return true;
	souk_refuse_value(r, souk_find(r, *ship_to, "country"),
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
	struct bill *bill, struct item *item, const struct place *place, int64_t time)
{
	struct apply *s = stage->state;
	const struct rate *rate;

	if (item > bill->items && souk_text_equal(item->class, item[-1].class)) {
		item->band = item[-1].band;
		return SOUK_ANSWER;
	}
	if (!rates_find(&s->rates, stage->store, place, item->class, time, &rate))
		return SOUK_FAILED;
	if (!rate) {
		refuse_class(r, item->class, place->country, time);
		return SOUK_REFUSED;
	}
	/* Two classes may have the same rate: the breakdown is by rate. Parts are kept once. */
	for (item->band = 0; item->band < bill->band_count; item->band++)
		if (bill->bands[item->band].rate->parts == rate->parts &&
		    !souk_decimal_compare(bill->bands[item->band].rate->percent, rate->percent))
			return SOUK_ANSWER;
	bill->bands[bill->band_count++] = (struct band){.rate = rate};
	return SOUK_ANSWER;
}

/* Finds the rate of each item; all are in one band where there is no tax. */
static enum souk_outcome find_bands(struct souk_stage *stage, struct souk_record *r,
	const struct souk_node *ship_to, struct bill *bill, struct place *place, int64_t time)
{
	struct apply *s = stage->state;
	enum souk_outcome found;

	if (!rates_place(&s->rates, stage->store, place))
		return SOUK_FAILED;
	if (place->exceptions && ship_to && !read_part(r, ship_to, place))
		return SOUK_REFUSED;
	for (size_t i = 0; i < bill->item_count; i++) {
		found = find_band(stage, r, bill, &bill->items[i], place, time);
		if (found != SOUK_ANSWER)
			return found;
	}
	return SOUK_ANSWER;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct apply *s = stage->state;
	const struct souk_node *ship_to;
	enum souk_outcome found;
	struct relief relief;
	struct place place;
	struct bill bill;
	int64_t time;

	if (!souk_order_time(stage, r, &time) || !read_place(stage, r, &ship_to, &place) ||
	    !bill_read(r, &bill) || !relief_find(r, &s->shop, &place, time, &relief))
		return SOUK_REFUSED;
	if (relief.why) {
		bill.bands[bill.band_count++] = (struct band){.rate = &none};
	} else {
		found = find_bands(stage, r, ship_to, &bill, &place, time);
		if (found != SOUK_ANSWER)
			return found;
	}
	if (!bill_assess(r, &bill, &s->terms))
		return souk_refuse(r, "overflow", "the amounts of this order are too large to be taxed");
	bill_put(&r->answer, &bill, &s->terms, &relief);
	return SOUK_ANSWER;
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
	{.letter = 'o', .name = "origin", .value = "CC", .kind = SOUK_OPTION_TEXT,
		.offset = offsetof(struct apply, origin),
		.help = "where the shop is, in place of what put stored: exports are not taxed"},
	{.name = "round", .value = "LEVEL", .kind = SOUK_OPTION_CHOICE,
		.offset = offsetof(struct apply, terms.level),
		.help = "round per line, or once a rate per order (default line)", .choices = level_names},
	{.name = "rounding", .value = "MODE", .kind = SOUK_OPTION_CHOICE,
		.offset = offsetof(struct apply, terms.rounding),
		.help = "how to round halves (default half-up)", .choices = souk_rounding_names},
	{0},
};

static const char *const reads[] = {
	"lines", "price", "promo?", "catalog?", "ship_to.country?", "ship_to.region?", "ship_to.postcode?",
	"customer.vat_id?", "customer.tax_exempt?", "time?", "*.charges", NULL,
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
