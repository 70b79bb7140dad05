/* SPDX-License-Identifier: ISC */
/* souk-stock settle: commits what a placed order holds, releases what a rejected
 * one does. Whether an order was placed, the record's order.state says. */
#include "stock.h"

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

const struct souk_hold stock_hold = {
	.put = {.one = HOLD_PUT, .all = HOLD_PUT_ALL, .columns = 4},
	.commit = {.one = HOLD_SET, .all = HOLD_COMMIT_ALL, .columns = 2, .span = HOLD_SPAN, .compared = 1},
	.get = HOLD_GET,
	.error = 2,
	.conflict = "this id holds stock for other lines",
	.give_back = give_back,
};

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	enum souk_decision decision;
	struct souk_text id;

	if (!souk_order_decision(r, &id, &decision))
		return SOUK_REFUSED;
	if (decision == SOUK_UNDECIDED)
		return SOUK_PASS;
	return souk_hold_settle(stage, r, &stock_hold, id, decision == SOUK_PLACED);
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
