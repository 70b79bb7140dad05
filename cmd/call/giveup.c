/* SPDX-License-Identifier: ISC */
/* When records wait no longer for a service. */
#include "call.h"

static const int64_t SECOND = 1000000000;
static const char nobody[] = "no instance of the service can be reached and answers",
		  no_time[] = "the service did not answer before the end";

static bool is_one_up(const struct call *c)
{
	for (size_t i = 0; i < c->instance_count; i++)
		if (c->instances[i].state == INSTANCE_UP)
			return true;
	return false;
}

/* One that can be reached but breaks before it answers is not there; with nothing to answer
 * it is. */
void note_who_is_up(struct call *c)
{
	if (!is_one_up(c))
		c->down_since = c->down_since ? c->down_since : c->now;
	else if (c->first == c->after)
		c->down_since = 0;
}

/* Whether records that are not sent are to be answered as undecided, now or later. */
static bool may_give_up(const struct call *c)
{
	return c->down_since && c->unsent < c->after && !is_one_up(c);
}

int64_t give_up_at(const struct call *c)
{
	int64_t at = may_give_up(c) ? c->down_since + c->timeout * SECOND : INT64_MAX;
	int64_t end = c->ending_since ? c->ending_since + c->timeout * SECOND : INT64_MAX;

	return at < end ? at : end;
}

/* With nobody there for so long, records do not wait any longer: they are undecided. */
static void give_up_unsent(struct call *c, const char *why)
{
	for (; c->unsent < c->after; c->unsent++) {
		struct slot *s = slot_of(c, c->unsent);

		if (s->state == SLOT_UNSENT)
			answer_waiting(c, s, "unavailable", "%s", why);
	}
}

/* Whoever told us to end does not wait without end: also what was sent is undecided then. */
static void give_up_sent(struct call *c)
{
	for (struct instance *i = c->instances; i < c->instances + c->instance_count; i++) {
		instance_close(i);
		i->state = INSTANCE_UNUSED;
		i->count = 0;
	}
	for (uint64_t n = c->first; n < c->after; n++) {
		struct slot *s = slot_of(c, n);

		if (s->state == SLOT_SENT)
			answer_waiting(c, s, c->contract.idempotent ? "unavailable" : "unknown",
				"%s", no_time);
	}
}

void give_up(struct call *c)
{
	bool ends = c->ending_since && c->now - c->ending_since >= c->timeout * SECOND;

	if (c->now < give_up_at(c))
		return;
	give_up_unsent(c, ends ? no_time : nobody);
	if (ends)
		give_up_sent(c);
}
