/* SPDX-License-Identifier: ISC */
/* souk-stock release: an order that was placed is cancelled; what it holds is given
 * back. Of an order that goes to be shipped and to be cancelled at once, only one gets
 * the pieces. */
#include "stock.h"

struct release {
	struct levels levels;
};

static bool begin(struct souk_stage *stage)
{
	struct release *s = stage->state;

	return levels_begin(&s->levels, stage);
}

static enum souk_outcome answer(struct souk_record *r, const char *state)
{
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", state);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

/* Notes the cancellation: SOUK_PASS if it is new. */
static enum souk_outcome note(struct souk_stage *stage, struct souk_record *r, struct souk_text id,
	struct souk_text order_id)
{
	struct souk_query *q = souk_ask(stage->store, CANCEL_PUT);
	bool same;

	souk_bind_text(q, 1, id);
	souk_bind_text(q, 2, order_id);
	if (!souk_do(q))
		return SOUK_FAILED;
	if (souk_store_changes(stage->store) == 1)
		return SOUK_PASS;
	q = souk_ask(stage->store, CANCEL_GET);
	souk_bind_text(q, 1, id);
	if (souk_step(q) != SOUK_STEP_ROW)
		return SOUK_FAILED;
	same = souk_text_equal(souk_column_text(q, 0), order_id);
	souk_done(q);
	return same ? SOUK_ANSWER
		    : souk_refuse(r, "id_conflict", "this id was used to cancel another order");
}

static bool give_back(struct souk_stage *stage, struct souk_text lines)
{
	struct release *s = stage->state;
	struct souk_text sku;
	int64_t qty;

	while (hold_line_next(&lines, &sku, &qty)) {
		struct level *level = levels_get(&s->levels, stage->store, sku);

		if (!level)
			return false;
		levels_take(&s->levels, level, -qty);
	}
	return true;
}

static bool set_released(struct souk_stage *stage, struct souk_text order_id)
{
	struct souk_query *q = souk_ask(stage->store, HOLD_RELEASE);

	souk_bind_text(q, 1, order_id);
	return souk_do(q);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_text id, order_id, state;
	enum souk_outcome outcome;
	struct souk_query *q;
	bool given;

	if (!souk_need_id(r, &id) || !souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &order_id))
		return SOUK_REFUSED;
	q = souk_ask(stage->store, HOLD_GET);
	souk_bind_text(q, 1, order_id);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		/* It wanted no stock, or the shop keeps none. */
		outcome = note(stage, r, id, order_id);
		return outcome == SOUK_PASS || outcome == SOUK_ANSWER ? answer(r, "none") : outcome;
	case SOUK_STEP_ROW:
		break;
	}
	state = souk_column_text(q, 1);
	if (!souk_text_is(state, "committed") && !souk_text_is(state, "released")) {
		souk_refuse(r, "not_committed", "what order %.*s asked for is %.*s: only what is committed "
			"can be given back", SOUK_ARG(order_id), SOUK_ARG(state));
		souk_done(q);
		return SOUK_REFUSED;
	}
	given = souk_text_is(state, "released");
	outcome = note(stage, r, id, order_id);
	if (outcome == SOUK_PASS && !given && !give_back(stage, souk_column_text(q, 2)))
		outcome = SOUK_FAILED;
	souk_done(q);
	if (outcome == SOUK_PASS && !given && !set_released(stage, order_id))
		outcome = SOUK_FAILED;
	return outcome == SOUK_PASS || outcome == SOUK_ANSWER ? answer(r, "released") : outcome;
}

static bool end(struct souk_stage *stage)
{
	struct release *s = stage->state;

	return levels_write(&s->levels, stage->store);
}

static void close(struct souk_stage *stage)
{
	struct release *s = stage->state;

	souk_cache_free(&s->levels.cache);
}

static const char *const reads[] = {"id", "order_id", NULL};

SOUK_VERB(release) = {
	.function = &stock_function,
	.name = "release",
	.summary = "give back what a placed order holds: it is cancelled",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.state_size = sizeof(struct release),
	.begin = begin,
	.map = map,
	.end = end,
	.close = close,
};
