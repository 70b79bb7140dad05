/* SPDX-License-Identifier: ISC */
/* souk-ship put: stores a zone, or a rate of one: a record that names a method. */
#include "put.h"

bool put_zone_body(struct souk_stage *stage, struct souk_text zone, bool *known, bool *same)
{
	struct put *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, ZONE_GET);
	enum souk_step step;

	souk_bind_text(q, 1, zone);
	step = souk_step(q);
	*known = step == SOUK_STEP_ROW;
	*same = *known && souk_text_equal(souk_column_text(q, 0), (struct souk_text){s->body.at, s->body.len});
	if (*known)
		souk_done(q);
	return step != SOUK_STEP_FAILED;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct put *s = stage->state;
	enum souk_outcome outcome;
	struct souk_text zone;

	if (!souk_need_text(r, NULL, "zone", 1, MAX_ZONE, &zone))
		return SOUK_REFUSED;
	souk_make_body(&s->body, r);
	outcome = souk_member(r, "method") ? put_rate(stage, r, zone) : put_zone(stage, r, zone);
	return outcome == SOUK_ANSWER ? souk_answer_state(r, "stored") : outcome;
}

static void close(struct souk_stage *stage)
{
	struct put *s = stage->state;

	souk_buffer_free(&s->body);
	souk_buffer_free(&s->steps);
}

/* All members are read, as all are kept. */
static const char *const reads[] = {"zone", "*", NULL};

SOUK_VERB(put) = {
	.function = &ship_function,
	.name = "put",
	.summary = "store a zone or a rate, or replace it",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.needs_no_id = true,
	.reads = reads,
	.state_size = sizeof(struct put),
	.map = map,
	.close = close,
};
