/* SPDX-License-Identifier: ISC */
/* souk-stock unship: a shipment was given up: what it took is on hand and held again.
 * Whether it was, ship.state says (souk-ship settle). */
#include "stock.h"

/* What is found of the shipment under its id. */
enum found { NOTHING, REFUSED_OR_BARRED, TAKEN, ANOTHER, BROKEN };

static enum found find(struct souk_stage *stage, struct souk_text id, const unsigned char *digest)
{
	struct souk_query *q = souk_ask(stage->store, EVENT_GET);
	enum found found = TAKEN;

	souk_bind_text(q, 1, SOUK_TEXT("ship"));
	souk_bind_text(q, 2, id);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return BROKEN;
	case SOUK_STEP_DONE:
		return NOTHING;
	case SOUK_STEP_ROW:
		break;
	}
	if (souk_column_int(q, 2))
		found = REFUSED_OR_BARRED;
	else if (!souk_digest_is(souk_column_text(q, 0), digest))
		found = ANOTHER;
	souk_done(q);
	return found;
}

/* The order holds the pieces of a movement again, first in lines that are held where they
 * went from. */
static bool hold_again(struct souk_stage *stage, struct hold_line *lines, size_t count, const struct movement *m)
{
	int64_t rest = m->qty;

	for (int elsewhere = 0; elsewhere < 2; elsewhere++)
		for (size_t i = 0; i < count; i++) {
			int64_t some = lines[i].shipped < rest ? lines[i].shipped : rest;

			if (!some || !souk_text_equal(lines[i].sku, m->sku) ||
			    souk_text_equal(lines[i].location, m->location) == elsewhere)
				continue;
			lines[i].shipped -= some;
			rest -= some;
			if (!goods_change(stage, lines[i].sku, lines[i].location, 0, some))
				return false;
		}
	return true;
}

/* The movements that the shipment made, turned round. */
static bool read_movements(struct souk_stage *stage, struct souk_record *r, struct souk_text id,
	struct souk_buffer *movements)
{
	struct souk_query *q = souk_ask(stage->store, MOVEMENT_GET);
	enum souk_step step;

	movements->len = 0;
	souk_bind_text(q, 1, SOUK_TEXT("ship"));
	souk_bind_text(q, 2, id);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct movement m = {.verb = "unship", .id = id, .sku = souk_record_copy(r, souk_column_text(q, 0)),
			.location = souk_record_copy(r, souk_column_text(q, 4)), .reason = {"", 0},
			.qty = -souk_column_int(q, 1)};

		souk_add(movements, &m, sizeof(m));
	}
	return step == SOUK_STEP_DONE;
}

static bool undo(struct souk_stage *stage, struct souk_record *r, const struct shipment *sh)
{
	struct events *s = stage->state;
	struct souk_buffer movements = {0};
	struct hold_line *lines;
	size_t count, movement_count;
	/* What took goods took them of a committed hold, and nothing takes that back. */
	bool good = hold_read(stage, r, sh->order_id, &lines, &count) == SOUK_ANSWER &&
		read_movements(stage, r, sh->id, &movements);

	movement_count = movements.len / sizeof(struct movement);
	for (size_t i = 0; good && i < movement_count; i++) {
		struct movement m;

		memcpy(&m, movements.at + i * sizeof(m), sizeof(m));
		good = hold_again(stage, lines, count, &m) && goods_move(stage, &m);
		if (good)
			movement_tell(&r->answer, &m);
	}
	souk_buffer_free(&movements);
	return good && hold_write(stage, sh->order_id, lines, count, &s->lines);
}

/* What of the shipment comes late must not take anything any more. */
static bool bar(struct souk_stage *stage, struct souk_text id)
{
	struct souk_query *q = souk_ask(stage->store, EVENT_BAR);

	souk_bind_text(q, 1, SOUK_TEXT("ship"));
	souk_bind_text(q, 2, id);
	souk_bind_text(q, 3, SOUK_TEXT("{\"by\":\"stock\",\"code\":\"void\",\"message\":\"this shipment was given up\""));
	return souk_do(q);
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct events *s = stage->state;
	unsigned char digest[SOUK_DIGEST_BYTES];
	const struct souk_node *ship = NULL;
	struct souk_text state = {"", 0};
	enum souk_outcome outcome;
	struct shipment sh;
	enum found found;

	if (!r->error_member || !souk_may_node(r, NULL, "ship", SOUK_OBJECT, &ship) || !ship ||
	    !souk_may_text(r, ship, "state", 1, SOUK_MAX_ID, &state) || !souk_text_is(state, "void"))
		return SOUK_PASS;
	if (!shipment_read(r, &s->digest, &sh))
		return SOUK_REFUSED;
	outcome = event_again(stage, r, "unship", sh.id, digest);
	if (outcome != SOUK_PASS)
		return outcome;
	found = find(stage, sh.id, digest);
	if (found == BROKEN)
		return SOUK_FAILED;
	if (found == ANOTHER)
		return SOUK_PASS;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", found == TAKEN ? "unshipped" : "none");
	souk_put_open(&r->answer, "lines", '[');
	if (found == TAKEN && !undo(stage, r, &sh))
		return SOUK_FAILED;
	souk_add_string(&r->answer, "]}");
	return bar(stage, sh.id) ? event_store(stage, r, "unship", sh.id, digest) : SOUK_FAILED;
}

static const char *const reads[] = {"id", "order_id", "ship?", NULL};

SOUK_VERB(unship) = {
	.function = &stock_function,
	.name = "unship",
	.summary = "put back what a shipment took that was given up",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.acts_on = SOUK_ON_FAILED,
	.room = 64 << 10,
	.reads = reads,
	.state_size = sizeof(struct events),
	.map = map,
	.close = event_close,
};
