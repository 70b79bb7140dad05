/* SPDX-License-Identifier: ISC */
/* souk-ship cancel: what was packed is unpacked, and is left to be packed again. */
#include "event.h"

static enum souk_outcome unpack(struct souk_stage *stage, struct souk_record *r, const struct event *e)
{
	struct souk_query *q = souk_ask(stage->store, FULFILMENT_GET);
	enum souk_step step;
	bool packed;

	souk_bind_text(q, 1, e->order_id);
	souk_bind_int(q, 2, e->number);
	step = souk_step(q);
	if (step == SOUK_STEP_FAILED)
		return SOUK_FAILED;
	if (step == SOUK_STEP_DONE)
		return souk_refuse(r, "unknown_fulfilment", "of order %.*s there is no fulfilment %lld",
			SOUK_ARG(e->order_id), (long long)e->number);
	packed = souk_text_is(souk_column_text(q, 0), "packed");
	if (!packed)
		souk_refuse(r, "not_packed", "fulfilment %lld is %.*s already", (long long)e->number,
			SOUK_ARG(souk_column_text(q, 0)));
	souk_done(q);
	if (!packed)
		return SOUK_REFUSED;
	return fulfilment_set(stage, e->order_id, e->number, "cancelled") ? SOUK_ANSWER : SOUK_FAILED;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct event e;
	enum souk_outcome outcome;

	if (!event_read(stage, r, "cancel", "fulfilment", &e))
		return SOUK_REFUSED;
	if (!e.number)
		return souk_refuse(r, "bad_record", "fulfilment is missing");
	outcome = event_again(stage, r, &e);
	if (outcome != SOUK_PASS)
		return outcome;
	outcome = unpack(stage, r, &e);
	if (outcome != SOUK_ANSWER)
		return outcome;
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
