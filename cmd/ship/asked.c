/* SPDX-License-Identifier: ISC */
/* Reads what a quote depends on: where to, when, by which method, what promotions grant. */
#include "asked.h"

static bool read_address(const char *country, struct souk_record *r, struct address *address)
{
	const struct souk_node *ship_to = NULL;

	*address = (struct address){{"", 0}, {"", 0}, {"", 0}};
	if (!souk_may_node(r, NULL, "ship_to", SOUK_OBJECT, &ship_to))
		return false;
	if (!ship_to && !country) {
		souk_refuse(r, "bad_record", "ship_to is missing, and no --country is given for it");
		return false;
	}
	if (!ship_to) {
		address->country = souk_text_of(country);
		return true;
	}
	if (!souk_need_text(r, ship_to, "country", 1, 200, &address->country) ||
	    !souk_may_text(r, ship_to, "region", 0, 200, &address->region) ||
	    !souk_may_text(r, ship_to, "postcode", 0, 200, &address->postcode))
		return false;
	if (souk_is_country(address->country))
		return true;
	souk_refuse_value(r, souk_find(r, ship_to, "country"), "must be two capital letters (ISO 3166-1)");
	return false;
}

static bool read_grant(struct souk_record *r, const struct souk_node *node, struct grant *grant)
{
	struct souk_text percent = {0};

	if (!souk_need_object(r, node) ||
	    !souk_may_text(r, node, "percent", 1, 32, &percent))
		return false;
	grant->is_part = percent.at;
	if (!grant->is_part)
		return souk_need_int(r, node, "amount", 0, INT64_MAX, &grant->amount);
	if (souk_decimal_parse(percent, &grant->percent) && grant->percent.digits >= 0 &&
	    souk_decimal_compare(grant->percent, (struct souk_decimal){100, 0}) <= 0)
		return true;
	souk_refuse_value(r, souk_find(r, node, "percent"), "must be a decimal number from 0 to 100");
	return false;
}

static bool read_grants(struct souk_record *r, struct asked *asked)
{
	const struct souk_node *promo = NULL, *shipping = NULL;

	asked->grant_count = 0;
	if (!souk_may_node(r, NULL, "promo", SOUK_OBJECT, &promo) ||
	    (promo && !souk_may_node(r, promo, "shipping", SOUK_ARRAY, &shipping)))
		return false;
	if (!shipping)
		return true;
	asked->grants = souk_record_alloc(r, souk_count(r, shipping) * sizeof(*asked->grants));
	for (const struct souk_node *n = souk_first(r, shipping); n; n = souk_next(r, shipping, n))
		if (!read_grant(r, n, &asked->grants[asked->grant_count++]))
			return false;
	return true;
}

bool asked_read(struct souk_stage *stage, struct souk_record *r, const char *country, struct asked *asked)
{
	asked->method = (struct souk_text){"", 0};
	return read_address(country, r, &asked->address) && souk_order_currency(r, &asked->currency) &&
		souk_order_time(stage, r, &asked->time) &&
		souk_may_text(r, NULL, "ship_method", 1, MAX_METHOD, &asked->method) && read_grants(r, asked);
}
