/* SPDX-License-Identifier: ISC */
/* souk-promo: finds the promotions that apply to an order, and takes off what they say. */
#include "offers.h"

/* An order brings so many coupons at most. */
enum { MAX_COUPONS = 50 };

static bool begin(struct souk_stage *stage)
{
	struct apply *s = stage->state;

	return rules_begin(&s->rules, stage, souk_store_changed(stage->store, &stage->seen) || stage->repeated) &&
		rules_list(&s->rules, stage->store);
}

/* Takes off what was chosen: items first, then the order, by priority within each. Returns
 * the sum; `discounts` are those of the lines. */
static int64_t take_off(const struct apply *s, const struct order *order, struct offers *offers,
	int64_t *discounts)
{
	int64_t *left = souk_record_alloc(order->r, order->count * sizeof(*left)), sum = 0;
	int64_t *off = souk_record_alloc(order->r, order->count * sizeof(*off));

	memcpy(left, order->subtotals, order->count * sizeof(*left));
	for (int target = ON_ITEMS; target < ON_SHIPPING; target++)
		for (size_t i = 0; i < offers->chosen_count; i++) {
			struct offer *offer = offers->chosen[i];

			if ((int)offer->rule->on != target)
				continue;
			offer->discount = offer_discount(offer, order, left, (enum souk_rounding)s->rounding, off);
			/* Others before it may have left nothing. */
			if (!offer->discount)
				offer->reason = NO_EFFECT;
			for (size_t line = 0; line < order->count; line++)
				left[line] -= off[line];
			sum += offer->discount;
		}
	for (size_t line = 0; line < order->count; line++)
		discounts[line] = order->subtotals[line] - left[line];
	return sum;
}

static void put_shipping(struct souk_buffer *out, const struct offers *offers)
{
	bool any = false;

	for (size_t i = 0; i < offers->chosen_count; i++) {
		const struct rule *rule = offers->chosen[i]->rule;

		if (rule->on != ON_SHIPPING)
			continue;
		if (!any)
			souk_put_open(out, "shipping", '[');
		any = true;
		souk_put_open(out, NULL, '{');
		souk_put_text(out, "id", rule->id);
		if (rule->kind == AMOUNT) {
			souk_put_int(out, "amount", rule->amount);
		} else {
			souk_put_name(out, "percent");
			souk_add_char(out, '"');
			souk_add_decimal_number(out, rule->percent);
			souk_add_char(out, '"');
		}
		souk_put_close(out, '}');
	}
	if (any)
		souk_put_close(out, ']');
}

static void put_applied(struct souk_buffer *out, const struct offers *offers)
{
	bool any = false;

	for (int target = ON_ITEMS; target <= ON_SHIPPING; target++)
		for (size_t i = 0; i < offers->chosen_count; i++) {
			const struct offer *offer = offers->chosen[i];

			if ((int)offer->rule->on != target || offer->reason != APPLIES)
				continue;
			if (!any)
				souk_put_open(out, "applied", '[');
			any = true;
			souk_put_open(out, NULL, '{');
			souk_put_text(out, "id", offer->rule->id);
			souk_put_some(out, "code", offer->code);
			souk_put_some(out, "title", offer->rule->title);
			souk_put_int(out, "discount", offer->discount);
			souk_put_close(out, '}');
		}
	if (any)
		souk_put_close(out, ']');
}

/* All coupons that did nothing. Of what is automatic only that of which somebody should
 * know: a condition that failed, and what is used up, as reserve goes by it. */
static void put_refused(struct souk_buffer *out, const struct offers *offers)
{
	bool any = false;

	for (size_t i = 0; i < offers->count; i++) {
		const struct offer *offer = &offers->at[i];

		if (offer->reason == APPLIES ||
		    (i >= offers->coupons && offer->reason != CONDITION_FAILED && offer->reason != USED_UP))
			continue;
		if (!any)
			souk_put_open(out, "refused", '[');
		any = true;
		souk_put_open(out, NULL, '{');
		if (offer->code.len)
			souk_put_text(out, "code", offer->code);
		else
			souk_put_text(out, "id", offer->rule->id);
		souk_put_string(out, "reason", reason_names[offer->reason]);
		souk_put_some(out, "message", offer->message);
		souk_put_close(out, '}');
	}
	if (any)
		souk_put_close(out, ']');
}

static enum souk_outcome nothing(struct souk_record *r)
{
	souk_put_open(&r->answer, NULL, '{');
	souk_put_int(&r->answer, "discount", 0);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct apply *s = stage->state;
	const struct souk_node *coupons = NULL;
	struct offers offers;
	struct order order;
	enum souk_outcome outcome;
	int64_t *discounts, sum;

	if (!souk_member(r, "price"))
		return souk_refuse(r, "bad_record", "price is missing: souk-price has to run before souk-promo");
	if (!souk_may_node(r, NULL, "coupons", SOUK_ARRAY, &coupons))
		return SOUK_REFUSED;
	if (!s->rules.automatic_count && (!coupons || !souk_count(r, coupons)))
		return nothing(r);
	if (coupons && souk_count(r, coupons) > MAX_COUPONS)
		return souk_refuse_value(r, coupons, "must hold %d codes at most", MAX_COUPONS);
	if (!order_read(stage, r, &order))
		return SOUK_REFUSED;
	outcome = offers_choose(stage, &order, coupons, &offers);
	conditions_forget(&s->conditions);
	if (outcome != SOUK_ANSWER)
		return outcome;
	discounts = souk_record_alloc(r, order.count * sizeof(*discounts));
	sum = take_off(s, &order, &offers, discounts);
	souk_put_open(&r->answer, NULL, '{');
	if (sum) {
		souk_put_open(&r->answer, "lines", '[');
		for (size_t i = 0; i < order.count; i++) {
			souk_put_open(&r->answer, NULL, '{');
			souk_put_int(&r->answer, "discount", discounts[i]);
			souk_put_close(&r->answer, '}');
		}
		souk_put_close(&r->answer, ']');
	}
	souk_put_int(&r->answer, "discount", sum);
	put_shipping(&r->answer, &offers);
	put_applied(&r->answer, &offers);
	put_refused(&r->answer, &offers);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static void close(struct souk_stage *stage)
{
	struct apply *s = stage->state;

	rules_free(&s->rules);
	conditions_free(&s->conditions);
}

static const struct souk_option options[] = {
	{0, "rounding", "MODE", SOUK_OPTION_CHOICE, offsetof(struct apply, rounding),
		"how half a minor unit is rounded (default half-up)", 0, 0, souk_rounding_names, false},
	{0},
};

static const char *const reads[] = {
	"id?", "time?", "currency", "customer?", "ship_to?", "ship_method?", "lines", "coupons?", "catalog?",
	"price", "meta?", NULL,
};

SOUK_VERB(apply) = {
	.function = &promo_function,
	.summary = "find the promotions that apply to an order, and what they take off",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct apply),
	.begin = begin,
	.map = map,
	.close = close,
};
