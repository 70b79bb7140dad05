/* SPDX-License-Identifier: ISC */
/* souk-promo settle: commits the uses that a placed order holds, gives back those of a
 * rejected one. Whether an order was placed, the record's order.state says. */
#include "uses.h"

static const struct souk_bulk commits = {.one = HOLD_SET, .all = HOLD_COMMIT_ALL, .columns = 2,
	.span = HOLD_SPAN, .compared = 1};

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

/* An order that was rejected before it held anything: what of it comes late must not hold
 * any more, as nothing would ever release it. A released hold of no uses says so. */
static bool bar(struct souk_stage *stage, struct souk_text id)
{
	struct souk_query *q = souk_ask(stage->store, HOLD_PUT);

	souk_bind_text(q, 1, id);
	souk_bind_blob(q, 2, "", 0);
	souk_bind_text(q, 3, SOUK_TEXT("released"));
	souk_bind_text(q, 4, SOUK_TEXT(""));
	souk_bind_text(q, 5, SOUK_TEXT(""));
	return souk_do(q);
}

/* What became of the hold, if there is one; of a rejected order it is given back. */
static enum souk_outcome settle_hold(struct souk_stage *stage, struct souk_record *r,
	struct souk_text id, bool placed)
{
	struct souk_text state = SOUK_TEXT("none"), uses;
	struct souk_query *flip, *q;
	bool was_held;

	flip = placed ? souk_defer(stage->store, &commits) : souk_ask(stage->store, HOLD_SET);
	souk_bind_text(flip, 1, id);
	souk_bind_text(flip, 2, souk_text_of(placed ? "committed" : "released"));
	if (!souk_do(flip))
		return SOUK_FAILED;
	was_held = souk_store_changes(stage->store) == 1;
	if (was_held && placed)
		return answer_state(r, SOUK_TEXT("committed"));
	q = souk_ask(stage->store, HOLD_GET);
	souk_bind_text(q, 1, id);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return placed || bar(stage, id) ? answer_state(r, state) : SOUK_FAILED;
	case SOUK_STEP_ROW:
		break;
	}
	/* Without a digest it never held anything. */
	if (!souk_text_is(souk_column_text(q, 1), "refused") && souk_column_text(q, 0).len)
		state = souk_column_text(q, 1);
	answer_state(r, state);
	uses = souk_column_text(q, 2);
	if (was_held && !give_back(stage, uses))
		return SOUK_FAILED;
	souk_done(q);
	return SOUK_ANSWER;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct uses *uses = stage->state;
	const struct souk_node *applied;
	enum souk_decision decision;
	struct souk_text id;
	enum souk_outcome needed = SOUK_ANSWER;
	bool placed;

	if (!souk_order_decision(r, &id, &decision))
		return SOUK_REFUSED;
	if (decision == SOUK_UNDECIDED)
		return SOUK_PASS;
	placed = decision == SOUK_PLACED;
	/* Most orders had nothing that is limited. What has lost its member is looked up. */
	if (r->own_member)
		needed = uses_needed(uses, stage, r, &applied);
	if (needed == SOUK_PASS)
		return answer_state(r, SOUK_TEXT("none"));
	if (needed != SOUK_ANSWER)
		return needed;
	return uses_ready(uses, stage) ? settle_hold(stage, r, id, placed) : SOUK_FAILED;
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
