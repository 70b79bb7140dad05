/* SPDX-License-Identifier: ISC */
/* souk-ship put: stores a zone, or a rate of one: a record that names a method. */
#include "put.h"

static void make_body(struct put *s, const struct souk_record *r)
{
	/* These say how this run went, not what is put. */
	static const char *const of_the_run[] = {"ship", "wait", NULL};

	s->body.len = 0;
	souk_put_open(&s->body, NULL, '{');
	souk_put_kept(&s->body, r, &r->nodes[0], of_the_run);
	souk_put_close(&s->body, '}');
}

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
	enum souk_outcome outcome;
	struct souk_text zone;

	if (!souk_need_text(r, NULL, "zone", 1, MAX_ZONE, &zone))
		return SOUK_REFUSED;
	make_body(stage->state, r);
	outcome = souk_member(r, "method") ? put_rate(stage, r, zone) : put_zone(stage, r, zone);
	if (outcome != SOUK_ANSWER)
		return outcome;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "stored");
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
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
