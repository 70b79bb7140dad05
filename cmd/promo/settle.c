/* SPDX-License-Identifier: ISC */
/* souk-promo settle: commits the uses that a placed order holds, gives back those of a
 * rejected one. Whether an order was placed, the record's order.state says. */
#include "uses.h"

static bool begin(struct souk_stage *stage)
{
	uses_begin(stage->state);
	return true;
}

static bool give_back(struct souk_stage *stage, struct souk_text lines)
{
	struct uses *uses = stage->state;
	struct souk_text promotion, who;

	while (use_next(&lines, &promotion, &who)) {
		struct use *use = uses_get(uses, stage->store, promotion, who);

		if (!use)
			return false;
		uses_give_back(uses, use);
	}
	return true;
}

const struct souk_hold promo_hold = {
	.put = {.one = HOLD_PUT, .all = HOLD_PUT_ALL, .columns = 5},
	.commit = {.one = HOLD_SET, .all = HOLD_COMMIT_ALL, .columns = 2, .span = HOLD_SPAN, .compared = 1},
	.get = HOLD_GET,
	.error = 3,
	.conflict = "this id holds uses of other promotions",
	.give_back = give_back,
};

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct uses *uses = stage->state;
	const struct souk_node *applied;
	enum souk_decision decision;
	struct souk_text id;
	enum souk_outcome needed = SOUK_ANSWER;

	if (!souk_order_decision(r, &id, &decision))
		return SOUK_REFUSED;
	if (decision == SOUK_UNDECIDED)
		return SOUK_PASS;
	/* Most orders had nothing that is limited. What has lost its member is looked up. */
	if (r->own_member)
		needed = uses_needed(uses, stage, r, &applied);
	if (needed == SOUK_PASS)
		return souk_answer_new_state(r, SOUK_TEXT("none"));
	if (needed != SOUK_ANSWER)
		return needed;
	if (!uses_ready(uses, stage))
		return SOUK_FAILED;
	return souk_hold_settle(stage, r, &promo_hold, id, decision == SOUK_PLACED);
}

static bool end(struct souk_stage *stage)
{
	return uses_write(stage->state, stage->store);
}

static void close(struct souk_stage *stage)
{
	uses_free(stage->state);
}

static const char *const reads[] = {"id", "order", "promo?", NULL};

SOUK_VERB(settle) = {
	.function = &promo_function,
	.name = "settle",
	.summary = "commit the uses that a placed order holds, give back those of a rejected one",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.acts_on = SOUK_ON_FAILED | SOUK_ON_WAITING,
	.reads = reads,
	.state_size = sizeof(struct uses),
	.begin = begin,
	.map = map,
	.end = end,
	.close = close,
};
