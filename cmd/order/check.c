/* SPDX-License-Identifier: ISC */
/* souk-order check: whether an event may happen now. It stands before what can't be
 * undone; souk-order event notes behind it that it happened. */
#include "event.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct event_state *s = stage->state;
	enum souk_outcome outcome;
	struct order_row row;
	struct progress p;
	struct event e;
	int64_t seq;

	if (!event_read(stage, r, &s->digest, &e))
		return SOUK_REFUSED;
	outcome = event_seen(stage, r, &e, &seq);
	if (outcome != SOUK_ANSWER)
		return outcome;
	outcome = event_load(stage, r, e.order_id, INT64_MAX, &row, &p);
	/* What has happened was legal: the same event again goes on, to be answered so by
	 * all that it passes. */
	if (outcome == SOUK_ANSWER && !seq)
		outcome = event_apply(r, &e, &p, &s->lines);
	if (outcome != SOUK_ANSWER || r->own_member)
		return outcome == SOUK_ANSWER ? SOUK_PASS : outcome;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", standings[progress_standing(&p)]);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

SOUK_VERB(check) = {
	.function = &order_function,
	.name = "check",
	.summary = "refuse an event that may not happen now",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = event_members,
	.state_size = sizeof(struct event_state),
	.open = event_open,
	.map = map,
	.close = event_close,
};
