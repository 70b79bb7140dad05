/* SPDX-License-Identifier: ISC */
/* souk-tax put: stores a rate. */
#include "tax.h"

/* A rate is a string, or a number taken by its spelling: 17.5 is never a float. */
static bool read_rate(struct souk_record *r, struct souk_decimal *percent)
{
	static const struct souk_decimal most = {1000, 0};
	const struct souk_node *node = souk_member(r, "rate");
	struct souk_text text = {0};

	if (node && node->type == SOUK_NUMBER)
		text = souk_raw(r, node);
	else if (!souk_need_text(r, NULL, "rate", 1, 32, &text))
		return false;
	if (souk_decimal_parse(text, percent) && percent->digits >= 0 &&
	    souk_decimal_compare(*percent, most) <= 0)
		return true;
	souk_refuse_value(r, node, "must be a number of percent from 0 to 1000, such as 17.5");
	return false;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_buffer spelling = {0};
	struct souk_text country, class;
	struct souk_decimal percent;
	int64_t from = RATE_FROM_EVER, to = RATE_FOR_EVER;
	struct souk_query *q;
	bool stored;

	if (!souk_need_text(r, NULL, "country", 1, 2, &country) ||
	    !souk_need_text(r, NULL, "class", 1, MAX_CLASS, &class) || !read_rate(r, &percent) ||
	    !souk_may_time(r, "from", &from) || !souk_may_time(r, "to", &to))
		return SOUK_REFUSED;
	if (!is_country(country) && !souk_text_is(country, "*"))
		return souk_refuse_value(r, souk_member(r, "country"),
			"must be two capital letters (ISO 3166-1), or * for countries without own rates");
	if (from >= to)
		return souk_refuse_value(r, souk_member(r, "to"), "must be later than from");
	souk_add_decimal_number(&spelling, percent);
	q = souk_ask(stage->store, RATE_PUT);
	souk_bind_text(q, 1, country);
	souk_bind_text(q, 2, class);
	souk_bind_int(q, 3, from);
	souk_bind_int(q, 4, to);
	souk_bind_text(q, 5, (struct souk_text){spelling.at, spelling.len});
	stored = souk_do(q);
	souk_buffer_free(&spelling);
	if (!stored)
		return SOUK_FAILED;
	souk_add_string(&r->answer, "{\"state\":\"stored\"}");
	return SOUK_ANSWER;
}

static const char *const reads[] = {"country", "class", "rate", "from?", "to?", NULL};

SOUK_VERB(put) = {
	.function = &tax_function,
	.name = "put",
	.summary = "store a rate; one of the same country, class and beginning is replaced",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.needs_no_id = true,
	.reads = reads,
	.map = map,
};
