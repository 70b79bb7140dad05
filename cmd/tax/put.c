/* SPDX-License-Identifier: ISC */
/* souk-tax put: stores a rate, or where the shop is. */
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

/* Region and postcodes as they are stored; empty for the whole country. */
static bool read_part(struct souk_record *r, struct souk_text *region, struct souk_buffer *postcodes)
{
	struct souk_text text = {0};

	if (!souk_may_text(r, NULL, "region", 1, MAX_REGION, region) ||
	    !souk_may_text(r, NULL, "postcode", 1, 1000, &text))
		return false;
	if (!text.len || postcode_patterns(text, postcodes))
		return true;
	souk_refuse_value(r, souk_member(r, "postcode"),
		"must be prefixes and ranges of equal length, such as \"35, 51001-51005\"");
	return false;
}

static bool read_percent(struct souk_record *r, struct souk_decimal *percent, struct parts *parts)
{
	parts->count = 0;
	if (!souk_member(r, "parts"))
		return read_rate(r, percent);
	if (!souk_member(r, "rate"))
		return parts_read(r, parts, percent);
	souk_refuse_value(r, souk_member(r, "rate"), "can't be given beside parts, from which it follows");
	return false;
}

/* What follows from the record beside its plain members. */
struct written {
	struct souk_buffer rate, parts, postcodes;
};

static struct souk_text text_of(const struct souk_buffer *b)
{
	return b->len ? (struct souk_text){b->at, b->len} : SOUK_TEXT("");
}

static enum souk_outcome put_rate(struct souk_stage *stage, struct souk_record *r, struct written *w)
{
	struct souk_text country, class, region = SOUK_TEXT("");
	int64_t from = RATE_FROM_EVER, to = RATE_FOR_EVER;
	struct souk_decimal percent;
	struct parts parts;
	struct souk_query *q;
	bool part;

	if (!souk_need_text(r, NULL, "country", 1, 2, &country) ||
	    !souk_need_text(r, NULL, "class", 1, MAX_CLASS, &class) || !read_percent(r, &percent, &parts) ||
	    !read_part(r, &region, &w->postcodes) || !souk_may_time(r, "from", &from) ||
	    !souk_may_time(r, "to", &to))
		return SOUK_REFUSED;
	part = region.len || w->postcodes.len;
	if (!souk_is_country(country) && (part || !souk_text_is(country, "*")))
		return souk_refuse_value(r, souk_member(r, "country"),
			"must be two capital letters (ISO 3166-1)%s",
			part ? "" : ", or * for countries without own rates");
	if (from >= to)
		return souk_refuse_value(r, souk_member(r, "to"), "must be later than from");
	souk_add_decimal_number(&w->rate, percent);
	parts_store(&w->parts, &parts);
	q = souk_ask(stage->store, part ? EXCEPTION_PUT : RATE_PUT);
	souk_bind_text(q, 1, country);
	souk_bind_text(q, 2, class);
	souk_bind_int(q, 3, from);
	souk_bind_int(q, 4, to);
	souk_bind_text(q, 5, text_of(&w->rate));
	souk_bind_text(q, 6, text_of(&w->parts));
	if (part) {
		souk_bind_text(q, 7, region);
		souk_bind_text(q, 8, text_of(&w->postcodes));
	}
	return souk_do(q) ? SOUK_ANSWER : SOUK_FAILED;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct written w = {0};
	enum souk_outcome outcome = souk_member(r, "origin") ? shop_put(stage, r) : put_rate(stage, r, &w);

	souk_buffer_free(&w.rate);
	souk_buffer_free(&w.parts);
	souk_buffer_free(&w.postcodes);
	return outcome == SOUK_ANSWER ? souk_answer_state(r, "stored") : outcome;
}

static const char *const reads[] = {
	"country?", "region?", "postcode?", "class?", "rate?", "parts?", "from?", "to?",
	"origin?", "reverse_charge?", "export?", "registered?", NULL,
};

SOUK_VERB(put) = {
	.function = &tax_function,
	.name = "put",
	.summary = "store a rate, in place of that of the same beginning, or where the shop is",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.needs_no_id = true,
	.reads = reads,
	.map = map,
};
