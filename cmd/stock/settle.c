/* SPDX-License-Identifier: ISC */
/* souk-stock settle: commits what a placed order holds, releases what a rejected
 * one does. Whether an order was placed, the record's order.state says. */
#include "stock.h"

static const struct souk_bulk commits = {.one = HOLD_SET, .all = HOLD_COMMIT_ALL, .columns = 2,
	.span = HOLD_SPAN, .compared = 1};

struct settle {
	struct levels levels;
	bool begun; /* to use them in this batch */
};

/* Levels are needed only where something is given back. */
static bool begin(struct souk_stage *stage)
{
	struct settle *s = stage->state;

	s->begun = false;
	return true;
}

static enum souk_outcome answer(struct souk_record *r, struct souk_text state)
{
	static const char *const changed[] = {"state", NULL};

	souk_put_open(&r->answer, NULL, '{');
	souk_put_kept(&r->answer, r, r->own_member, changed);
	souk_put_text(&r->answer, "state", state);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static bool give_back(struct souk_stage *stage, struct souk_text lines)
{
	struct settle *s = stage->state;
	struct hold_line line;

	if (!s->begun && !levels_begin(&s->levels, stage))
		return false;
	s->begun = true;
	while (hold_line_next(&lines, &line)) {
		struct level *level = levels_get(&s->levels, stage->store, line.sku);

		if (!level)
			return false;
		levels_take(&s->levels, level, level_shelf(level, line.location), -hold_line_left(&line));
	}
	return true;
}

/* An order that was rejected before it held anything: what of it comes late must
 * not hold any more, as nothing would ever release it. A released hold of no
 * lines says so. */
static bool bar(struct souk_stage *stage, struct souk_text id)
{
	struct souk_query *q = souk_ask(stage->store, HOLD_PUT);

	souk_bind_text(q, 1, id);
	souk_bind_blob(q, 2, "", 0);
	souk_bind_text(q, 3, SOUK_TEXT("released"));
	souk_bind_text(q, 4, SOUK_TEXT(""));
	return souk_do(q);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_text id, state = SOUK_TEXT("none");
	enum souk_decision decision;
	struct souk_query *q, *flip;
	bool placed, was_held;

	if (!souk_order_decision(r, &id, &decision))
		return SOUK_REFUSED;
	if (decision == SOUK_UNDECIDED)
		return SOUK_PASS;
	placed = decision == SOUK_PLACED;
	flip = placed ? souk_defer(stage->store, &commits) : souk_ask(stage->store, HOLD_SET);
	souk_bind_text(flip, 1, id);
	souk_bind_text(flip, 2, souk_text_of(placed ? "committed" : "released"));
	if (!souk_do(flip))
		return SOUK_FAILED;
	was_held = souk_store_changes(stage->store) == 1;
	if (was_held && placed)
		return answer(r, SOUK_TEXT("committed"));
	q = souk_ask(stage->store, HOLD_GET);
	souk_bind_text(q, 1, id);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return placed || bar(stage, id) ? answer(r, state) : SOUK_FAILED;
	case SOUK_STEP_ROW:
		break;
	}
	if (souk_text_is(souk_column_text(q, 1), "committed") || souk_text_is(souk_column_text(q, 1), "released"))
		state = souk_column_text(q, 1);
	if (souk_text_is(state, "released") && !souk_column_text(q, 2).len)
		state = SOUK_TEXT("none");
	answer(r, state);
	if (was_held && !give_back(stage, souk_column_text(q, 2)))
		return SOUK_FAILED;
	souk_done(q);
	return SOUK_ANSWER;
}

static bool end(struct souk_stage *stage)
{
	struct settle *s = stage->state;

	return !s->begun || levels_write(&s->levels, stage->store);
}

static void close(struct souk_stage *stage)
{
	struct settle *s = stage->state;

	levels_free(&s->levels);
}

static const char *const reads[] = {"id", "order", NULL};

SOUK_VERB(settle) = {
	.function = &stock_function,
	.name = "settle",
	.summary = "commit the hold of a placed order, release that of a rejected one",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.acts_on = SOUK_ON_FAILED | SOUK_ON_WAITING,
	.reads = reads,
	.state_size = sizeof(struct settle),
	.begin = begin,
	.map = map,
	.end = end,
	.close = close,
};
