/* SPDX-License-Identifier: ISC */
/* souk-ship cancel: what was packed is unpacked, and is left to be packed again. */
#include "event.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct event e;
	struct souk_text location;
	enum souk_outcome outcome;

	if (!event_read(stage, r, "cancel", "fulfilment", &e))
		return SOUK_REFUSED;
	if (!e.number)
		return souk_refuse(r, "bad_record", "fulfilment is missing");
	outcome = event_again(stage, r, &e);
	if (outcome != SOUK_PASS)
		return outcome;
	outcome = fulfilment_get(stage, r, &e, &location);
	if (outcome != SOUK_ANSWER)
		return outcome;
	if (!fulfilment_set(stage, e.order_id, e.number, "cancelled"))
		return SOUK_FAILED;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "cancelled");
	souk_put_int(&r->answer, "fulfilment", e.number);
	souk_put_close(&r->answer, '}');
	return event_store(stage, r, &e);
}

static const char *const reads[] = {"id", "order_id", "fulfilment", "lines?", NULL};

SOUK_VERB(cancel) = {
	.function = &ship_function,
	.name = "cancel",
	.summary = "unpack a fulfilment that was not shipped",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.state_size = sizeof(struct events),
	.map = map,
	.close = event_close,
};
