/* SPDX-License-Identifier: ISC */
#include "offers.h"

#include <stdlib.h>

/* Bytes of what a customer typed as a code. */
enum { MAX_COUPON = 200 };
/* How much of jq's message is kept: it may quote the order. */
enum { MOST_MESSAGE = 200 };

static enum souk_outcome read_coupons(struct souk_stage *stage, struct souk_record *r,
	const struct souk_node *coupons, struct offers *offers)
{
	struct apply *s = stage->state;

	for (const struct souk_node *n = souk_first(r, coupons); n; n = souk_next(r, coupons, n)) {
		struct offer *offer = &offers->at[offers->count];

		*offer = (struct offer){.reason = UNKNOWN};
		if (n->type != SOUK_STRING || !souk_decode(r, n, &offer->code) || !offer->code.len ||
		    offer->code.len > MAX_COUPON)
			return souk_refuse_value(r, n, "must be a string of 1 to %d bytes", MAX_COUPON);
		if (!rules_of_code(&s->rules, stage->store, offer->code, &offer->rule))
			return SOUK_FAILED;
		for (size_t i = 0; offer->rule && i < offers->count; i++)
			if (offers->at[i].rule == offer->rule)
				offer->reason = DUPLICATE;
		offers->count++;
	}
	offers->coupons = offers->count;
	return SOUK_ANSWER;
}

/* Higher priorities first; of equal ones by id, so that the same order always gets the same. */
static int by_priority(const void *left, const void *right)
{
	const struct rule *a = (*(struct offer *const *)left)->rule, *b = (*(struct offer *const *)right)->rule;
	size_t len = a->id.len < b->id.len ? a->id.len : b->id.len;
	int order = memcmp(a->id.at, b->id.at, len);

	if (a->priority != b->priority)
		return a->priority > b->priority ? -1 : 1;
	return order ? order : (a->id.len > b->id.len) - (a->id.len < b->id.len);
}

/* Checks the coupons, adds what is automatic, and sorts what could apply. */
static void gather(struct apply *s, struct offers *offers, const struct order *order)
{
	for (size_t i = 0; i < offers->coupons; i++)
		if (offers->at[i].rule && offers->at[i].reason != DUPLICATE)
			offer_check(&offers->at[i], order);
	for (size_t i = 0; i < s->rules.automatic_count; i++) {
		struct offer *offer = &offers->at[offers->count];

		*offer = (struct offer){.rule = s->rules.automatic[i], .code = SOUK_TEXT("")};
		offer_check(offer, order);
		offers->count += offer->reason == APPLIES;
	}
	offers->chosen = souk_record_alloc(order->r, (offers->count + 1) * sizeof(*offers->chosen));
	for (size_t i = 0; i < offers->count; i++)
		if (offers->at[i].reason == APPLIES)
			offers->chosen[offers->chosen_count++] = &offers->at[i];
	if (offers->chosen_count > 1)
		qsort(offers->chosen, offers->chosen_count, sizeof(*offers->chosen), by_priority);
}

/* What the order itself holds, from an earlier time that it was sent: then it is decided
 * what it may use, and a replay must find the same. False if the database failed. */
static bool read_held(struct souk_stage *stage, struct offers *offers, const struct order *order)
{
	struct souk_query *q;
	struct souk_text uses;
	enum souk_step step;

	offers->held = SOUK_TEXT("");
	if (!order->id.len)
		return true;
	q = souk_ask(stage->store, HOLD_GET);
	souk_bind_text(q, 1, order->id);
	step = souk_step(q);
	if (step != SOUK_STEP_ROW)
		return step == SOUK_STEP_DONE;
	/* Without a digest it only bars an order that was rejected. */
	offers->has_row = souk_column_text(q, 0).len;
	uses = souk_column_text(q, 2);
	offers->held = (struct souk_text){souk_record_alloc(order->r, uses.len + 1), uses.len};
	memcpy((char *)offers->held.at, uses.at, uses.len);
	souk_done(q);
	return true;
}

/* Whether the offer may be used once more. It is only a look: reserve is what holds. */
static enum souk_outcome check_limits(struct souk_stage *stage, struct offers *offers,
	struct offer *offer, const struct order *order)
{
	const struct rule *rule = offer->rule;
	struct souk_text uses, promotion, who;
	char small[MAX_COUPON], text[MAX_WHO];

	if (!offers->held.at && !read_held(stage, offers, order))
		return SOUK_FAILED;
	if (offers->has_row) {
		offer->reason = USED_UP;
		for (uses = offers->held; use_next(&uses, &promotion, &who);)
			if (souk_text_equal(promotion, rule->id))
				offer->reason = APPLIES;
		return SOUK_ANSWER;
	}
	for (int i = 0; i < LIMITS; i++) {
		struct souk_query *q;
		enum souk_step step;

		if (rule->limits[i] == INT64_MAX)
			continue;
		q = souk_ask(stage->store, USE_GET);
		souk_bind_text(q, 1, rule->id);
		souk_bind_text(q, 2, use_who(i, order->customer, code_fold(offer->code, small), text));
		step = souk_step(q);
		if (step == SOUK_STEP_FAILED)
			return SOUK_FAILED;
		if (step == SOUK_STEP_DONE)
			continue;
		if (souk_column_int(q, 1) >= rule->limits[i])
			offer->reason = USED_UP;
		souk_done(q);
	}
	return SOUK_ANSWER;
}

/* jq runs for what would apply but for its condition. */
static enum souk_outcome check_condition(struct souk_stage *stage, struct offer *offer,
	const struct order *order)
{
	struct apply *s = stage->state;
	char *message;
	size_t len;

	if (!offer->rule->condition.len)
		return SOUK_ANSWER;
	switch (condition_holds(&s->conditions, stage->store, s->rules.generation, order->r,
		offer->rule->condition, order->time)) {
	case CONDITION_SYSTEM:
		return SOUK_FAILED;
	case CONDITION_HOLDS:
		return SOUK_ANSWER;
	case CONDITION_FAILS:
		offer->reason = CONDITION_NOT_MET;
		return SOUK_ANSWER;
	case CONDITION_ERROR:
		break;
	}
	offer->reason = CONDITION_FAILED;
	len = s->conditions.message.len < MOST_MESSAGE ? s->conditions.message.len : MOST_MESSAGE;
	message = souk_record_alloc(order->r, len + 1);
	memcpy(message, s->conditions.message.at, len);
	/* Cut between two characters. */
	offer->message = (struct souk_text){message, souk_utf8_valid(message, len)};
	return SOUK_ANSWER;
}

enum souk_outcome offers_choose(struct souk_stage *stage, const struct order *order,
	const struct souk_node *coupons, struct offers *offers)
{
	struct apply *s = stage->state;
	size_t count, most = (coupons ? souk_count(order->r, coupons) : 0) + s->rules.automatic_count;
	int64_t *discounts = souk_record_alloc(order->r, order->count * sizeof(*discounts));
	enum souk_outcome outcome = SOUK_ANSWER;
	bool closed = false;

	*offers = (struct offers){.at = souk_record_alloc(order->r, (most + 1) * sizeof(*offers->at))};
	if (coupons)
		outcome = read_coupons(stage, order->r, coupons, offers);
	if (outcome != SOUK_ANSWER)
		return outcome;
	gather(s, offers, order);
	count = offers->chosen_count;
	offers->chosen_count = 0;
	for (size_t i = 0; i < count; i++) {
		struct offer *offer = offers->chosen[i];

		if (closed || (offer->rule->exclusive && offers->chosen_count))
			offer->reason = EXCLUDED;
		else if (offer->rule->on != ON_SHIPPING && !offer_discount(offer, order, order->subtotals,
				(enum souk_rounding)s->rounding, discounts))
			offer->reason = NO_EFFECT;
		if (offer->reason == APPLIES && check_condition(stage, offer, order) == SOUK_FAILED)
			return SOUK_FAILED;
		if (offer->reason == APPLIES && rule_is_limited(offer->rule) &&
		    check_limits(stage, offers, offer, order) == SOUK_FAILED)
			return SOUK_FAILED;
		if (offer->reason != APPLIES)
			continue;
		offers->chosen[offers->chosen_count++] = offer;
		closed = offer->rule->exclusive;
	}
	return SOUK_ANSWER;
}
