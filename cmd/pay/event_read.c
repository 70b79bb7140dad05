/* SPDX-License-Identifier: ISC */
/* Reading a capture, void or refund. */
#include "event.h"

const char *const event_reads[] = {"id", "order_id", "payment?", "amount?", "ship?", "return?", NULL};

const struct souk_option event_options[] = {
	{0, "if-any", NULL, SOUK_OPTION_FLAG, offsetof(struct events, if_any),
		"where less is left than is asked for, take that; where nothing is, do nothing", 0, 0, NULL, false},
	{0},
};

/* The amount that a stage before reckoned: that of what it ships, or takes back. */
static bool read_reckoned(struct souk_record *r, const struct event_kind *kind, struct event *e)
{
	const struct souk_node *stage = NULL;
	int64_t amount = -1;

	if (!kind->amount_in || e->amount)
		return true;
	if (!souk_may_node(r, NULL, kind->amount_in, SOUK_OBJECT, &stage) ||
	    (stage && !souk_may_int(r, stage, "amount", 0, INT64_MAX, &amount)))
		return false;
	e->amount = amount > 0 ? amount : 0;
	e->none = amount == 0;
	return true;
}

bool event_read(struct souk_record *r, const struct event_kind *kind, struct event *e)
{
	return souk_need_id(r, &e->id) &&
		souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &e->order_id) &&
		souk_may_text(r, NULL, "payment", 1, MAX_PAYMENT_ID, &e->payment) &&
		souk_may_int(r, NULL, "amount", 1, INT64_MAX, &e->amount) &&
		read_reckoned(r, kind, e);
}
