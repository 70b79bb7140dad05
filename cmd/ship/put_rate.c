/* SPDX-License-Identifier: ISC */
/* souk-ship put, of a rate: what a method costs in a zone. */
#include "put.h"

enum { MAX_STEPS = 1000 };

struct rate {
	struct souk_text method, label, tax_class;
	const struct souk_currency *currency;
	int64_t from, to, max_weight, free_from;
	enum measure measure;
};

static void add_step(struct souk_buffer *steps, int64_t up_to, int64_t amount)
{
	souk_add_decimal(steps, up_to);
	souk_add_char(steps, ' ');
	souk_add_decimal(steps, amount);
	souk_add_char(steps, '\n');
}

/* [{"up_to":1000,"amount":395},{"amount":995}]: what is beyond the last is not sent. */
static bool read_steps(struct souk_record *r, const char *name, struct souk_buffer *steps)
{
	const struct souk_node *array, *n;
	int64_t before = -1;

	if (!souk_need_node(r, NULL, name, SOUK_ARRAY, &array))
		return false;
	if (!souk_count(r, array) || souk_count(r, array) > MAX_STEPS) {
		souk_refuse_value(r, array, "must hold 1 to %d steps", MAX_STEPS);
		return false;
	}
	for (n = souk_first(r, array); n; n = souk_next(r, array, n)) {
		int64_t up_to = NO_LIMIT, amount;

		if (!souk_need_object(r, n) ||
		    !souk_may_int(r, n, "up_to", 0, NO_LIMIT, &up_to) ||
		    !souk_need_int(r, n, "amount", 0, INT64_MAX, &amount))
			return false;
		if (up_to <= before) {
			souk_refuse_value(r, n, "must go further than the step before it");
			return false;
		}
		add_step(steps, before = up_to, amount);
	}
	return true;
}

static bool read_price(struct souk_record *r, struct rate *rate, struct souk_buffer *steps)
{
	static const char *const names[] = {[FLAT] = "amount", [BY_WEIGHT] = "by_weight", [BY_AMOUNT] = "by_amount"};
	int found = 0;
	int64_t amount;

	steps->len = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (souk_member(r, names[i])) {
			rate->measure = (enum measure)i;
			found++;
		}
	if (found != 1) {
		souk_refuse(r, "bad_record", "a rate has one of amount, by_weight and by_amount, and this has %s",
			found ? "several" : "none");
		return false;
	}
	if (rate->measure != FLAT)
		return read_steps(r, names[rate->measure], steps);
	if (!souk_need_int(r, NULL, "amount", 0, INT64_MAX, &amount))
		return false;
	add_step(steps, NO_LIMIT, amount);
	return true;
}

static bool read_rate(struct souk_record *r, struct rate *rate, struct souk_buffer *steps)
{
	*rate = (struct rate){.tax_class = SOUK_TEXT("standard"), .from = SOUK_TIME_FIRST,
		.to = SOUK_TIME_LAST + 1, .max_weight = NO_LIMIT, .free_from = NO_LIMIT};
	if (!souk_need_text(r, NULL, "method", 1, MAX_METHOD, &rate->method))
		return false;
	rate->label = rate->method;
	if (!souk_order_currency(r, &rate->currency) ||
	    !souk_may_text(r, NULL, "label", 1, MAX_LABEL, &rate->label) ||
	    !souk_may_text(r, NULL, "tax_class", 1, MAX_CLASS, &rate->tax_class) ||
	    !read_price(r, rate, steps) ||
	    !souk_may_int(r, NULL, "max_weight_grams", 0, INT64_MAX, &rate->max_weight) ||
	    !souk_may_int(r, NULL, "free_from", 0, INT64_MAX, &rate->free_from) ||
	    !souk_may_time(r, "from", &rate->from) || !souk_may_time(r, "to", &rate->to))
		return false;
	if (rate->from < rate->to)
		return true;
	souk_refuse(r, "bad_record", "to must be later than from: at it the rate ends");
	return false;
}

enum souk_outcome put_rate(struct souk_stage *stage, struct souk_record *r, struct souk_text zone)
{
	struct put *s = stage->state;
	struct souk_query *q;
	struct rate rate;
	bool known, same;

	if (!read_rate(r, &rate, &s->steps))
		return SOUK_REFUSED;
	if (!put_zone_body(stage, zone, &known, &same))
		return SOUK_FAILED;
	if (!known)
		return souk_refuse(r, "unknown_zone", "there is no zone %.*s yet: put it before its rates",
			SOUK_ARG(zone));
	q = souk_ask(stage->store, RATE_PUT);
	souk_bind_text(q, 1, zone);
	souk_bind_text(q, 2, souk_text_of(rate.currency->code));
	souk_bind_text(q, 3, rate.method);
	souk_bind_int(q, 4, rate.from);
	souk_bind_int(q, 5, rate.to);
	souk_bind_text(q, 6, rate.label);
	souk_bind_text(q, 7, rate.tax_class);
	souk_bind_int(q, 8, rate.measure);
	souk_bind_text(q, 9, (struct souk_text){s->steps.at, s->steps.len});
	souk_bind_int(q, 10, rate.max_weight);
	souk_bind_int(q, 11, rate.free_from);
	souk_bind_text(q, 12, (struct souk_text){s->body.at, s->body.len});
	if (!souk_do(q) || (souk_store_changes(stage->store) && !souk_do(souk_ask(stage->store, VERSION_RAISE))))
		return SOUK_FAILED;
	return SOUK_ANSWER;
}
