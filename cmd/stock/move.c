/* SPDX-License-Identifier: ISC */
/* Goods that come, go and move. */
#include "stock.h"

bool goods_get(struct souk_stage *stage, struct souk_text sku, struct souk_text location, int64_t *on_hand,
	int64_t *taken)
{
	struct souk_query *q = souk_ask(stage->store, is_main(location) ? MAIN_GET : SHELF_GET);
	enum souk_step step;

	*on_hand = *taken = 0;
	souk_bind_text(q, 1, sku);
	if (!is_main(location))
		souk_bind_text(q, 2, location);
	step = souk_step(q);
	if (step == SOUK_STEP_ROW) {
		*on_hand = souk_column_int(q, 0);
		*taken = souk_column_int(q, 1);
		souk_done(q);
	}
	return step != SOUK_STEP_FAILED;
}

static bool change(struct souk_stage *stage, size_t statement, struct souk_text sku, struct souk_text location,
	int64_t on_hand, int64_t taken)
{
	struct souk_query *q = souk_ask(stage->store, statement);
	int at = 1;

	souk_bind_text(q, at++, sku);
	if (statement == SHELF_CHANGE)
		souk_bind_text(q, at++, location);
	souk_bind_int(q, at++, on_hand);
	souk_bind_int(q, at, taken);
	return souk_do(q);
}

bool goods_change(struct souk_stage *stage, struct souk_text sku, struct souk_text location, int64_t on_hand,
	int64_t taken)
{
	struct souk_query *q = souk_ask(stage->store, LEVEL_MAKE);

	souk_bind_text(q, 1, sku);
	if (!souk_do(q) || !change(stage, LEVEL_CHANGE, sku, location, on_hand, taken))
		return false;
	if (is_main(location))
		return true;
	q = souk_ask(stage->store, SHELF_MAKE);
	souk_bind_text(q, 1, sku);
	souk_bind_text(q, 2, location);
	return souk_do(q) && change(stage, SHELF_CHANGE, sku, location, on_hand, taken);
}

bool movement_put(struct souk_stage *stage, struct movement *m)
{
	struct souk_query *q;
	int64_t taken;

	if (!goods_get(stage, m->sku, m->location, &m->on_hand, &taken))
		return false;
	q = souk_ask(stage->store, MOVEMENT_PUT);
	souk_bind_text(q, 1, souk_text_of(m->verb));
	souk_bind_text(q, 2, m->id);
	souk_bind_text(q, 3, m->sku);
	souk_bind_int(q, 4, m->qty);
	souk_bind_text(q, 5, m->reason);
	souk_bind_int(q, 6, m->on_hand);
	souk_bind_int(q, 7, souk_now(stage));
	souk_bind_text(q, 8, m->location);
	return souk_do(q);
}

enum souk_outcome location_read(struct souk_stage *stage, struct souk_record *r, const char *name,
	struct souk_text *location)
{
	struct souk_query *q;

	*location = MAIN_LOCATION;
	if (!souk_may_text(r, NULL, name, 1, MAX_LOCATION, location))
		return SOUK_REFUSED;
	if (is_main(*location))
		return SOUK_ANSWER;
	q = souk_ask(stage->store, LOCATION_GET);
	souk_bind_text(q, 1, *location);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return souk_refuse(r, "unknown_location", "there is no location %.*s yet: put it first",
			SOUK_ARG(*location));
	case SOUK_STEP_ROW:
		souk_done(q);
		break;
	}
	return SOUK_ANSWER;
}

void location_put(struct souk_buffer *out, struct souk_text location)
{
	if (!is_main(location))
		souk_put_text(out, "location", location);
}

bool goods_move(struct souk_stage *stage, struct movement *m)
{
	return goods_change(stage, m->sku, m->location, m->qty, 0) && movement_put(stage, m);
}

void movement_tell(struct souk_buffer *out, const struct movement *m)
{
	souk_put_open(out, NULL, '{');
	souk_put_text(out, "sku", m->sku);
	souk_put_int(out, "qty", m->qty < 0 ? -m->qty : m->qty);
	location_put(out, m->location);
	souk_put_int(out, "on_hand", m->on_hand);
	souk_put_close(out, '}');
}

static enum souk_outcome answer(struct souk_record *r, const struct movement *m)
{
	souk_put_open(&r->answer, NULL, '{');
	souk_put_int(&r->answer, "qty", m->qty);
	location_put(&r->answer, m->location);
	souk_put_int(&r->answer, "on_hand", m->on_hand);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

/* The same movement again gives the stored answer; SOUK_PASS if it is new. */
static enum souk_outcome again(struct souk_stage *stage, struct souk_record *r, struct movement *m)
{
	struct souk_query *q = souk_ask(stage->store, MOVEMENT_GET);
	bool same;

	souk_bind_text(q, 1, souk_text_of(m->verb));
	souk_bind_text(q, 2, m->id);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return SOUK_PASS;
	case SOUK_STEP_ROW:
		break;
	}
	same = souk_text_equal(souk_column_text(q, 0), m->sku) && souk_column_int(q, 1) == m->qty &&
		souk_text_equal(souk_column_text(q, 2), m->reason) &&
		souk_text_equal(souk_column_text(q, 4), m->location);
	m->on_hand = souk_column_int(q, 3);
	souk_done(q);
	return same ? answer(r, m) : souk_refuse(r, "id_conflict", "this id was used for another movement of stock");
}

enum souk_outcome move(struct souk_stage *stage, struct souk_record *r, const char *verb,
	int64_t min_qty, bool wants_reason)
{
	struct movement m = {.verb = verb, .reason = {"", 0}};
	enum souk_outcome outcome;
	int64_t on_hand, taken;

	if (!souk_need_id(r, &m.id) || !souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, &m.sku) ||
	    !souk_need_int(r, NULL, "qty", min_qty, SOUK_MAX_QTY, &m.qty) ||
	    !(wants_reason ? souk_need_text : souk_may_text)(r, NULL, "reason", 1, MAX_REASON, &m.reason))
		return SOUK_REFUSED;
	outcome = location_read(stage, r, "location", &m.location);
	if (outcome == SOUK_ANSWER)
		outcome = again(stage, r, &m);
	if (outcome != SOUK_PASS)
		return outcome;
	if (!goods_get(stage, m.sku, m.location, &on_hand, &taken))
		return SOUK_FAILED;
	if (on_hand + m.qty < 0)
		return souk_refuse(r, "below_zero", "there are %lld pieces of %.*s, fewer than would go",
			(long long)on_hand, SOUK_ARG(m.sku));
	return goods_move(stage, &m) && souk_do(souk_ask(stage->store, VERSION_RAISE)) ? answer(r, &m) : SOUK_FAILED;
}
