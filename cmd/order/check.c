/* SPDX-License-Identifier: ISC */
/* souk-order check: whether an event may happen now. It stands before what can't be
 * undone; souk-order event notes behind it that it happened. */
#include "event.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct weighed w;
	enum souk_outcome outcome = event_weigh(stage, r, false, &w);

	/* What souk-order lookup found stays for the stages behind. */
	if (outcome != SOUK_ANSWER || r->own_member)
		return outcome == SOUK_ANSWER ? SOUK_PASS : outcome;
	return event_answer(r, &w);
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
