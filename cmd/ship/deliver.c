/* SPDX-License-Identifier: ISC */
/* souk-ship deliver: shipments arrived, one of them or all that are on their way. */
#include "event.h"

/* Finds the shipments and how many of them are on their way. */
static bool find(struct souk_stage *stage, const struct event *e, int64_t **numbers, size_t *count, bool *known,
	struct souk_record *r)
{
	struct souk_query *q = souk_ask(stage->store, SHIPMENT_GET);
	struct souk_buffer found = {0};
	enum souk_step step;

	*known = false;
	souk_bind_text(q, 1, e->order_id);
	souk_bind_int(q, 2, e->number);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		int64_t number = souk_column_int(q, 0);

		*known = true;
		if (souk_column_null(q, 1))
			souk_add(&found, &number, sizeof(number));
	}
	*count = found.len / sizeof(**numbers);
	*numbers = souk_record_alloc(r, found.len + 1);
	if (found.len)
		memcpy(*numbers, found.at, found.len);
	souk_buffer_free(&found);
	return step == SOUK_STEP_DONE;
}

static bool store(struct souk_stage *stage, const struct event *e, int64_t number)
{
	struct souk_query *q = souk_ask(stage->store, SHIPMENT_DELIVERED);

	souk_bind_text(q, 1, e->order_id);
	souk_bind_int(q, 2, number);
	souk_bind_int(q, 3, souk_now(stage));
	return souk_do(q);
}

static bool put_lines(struct souk_stage *stage, struct souk_buffer *out, struct souk_text order_id, int64_t number)
{
	struct souk_query *q = souk_ask(stage->store, CONTENT_LIST);
	enum souk_step step;

	souk_bind_text(q, 1, order_id);
	souk_bind_int(q, 2, SHIPMENT);
	souk_bind_int(q, 3, number);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		souk_put_open(out, NULL, '{');
		souk_put_text(out, "id", souk_column_text(q, 0));
		souk_put_text(out, "sku", souk_column_text(q, 1));
		souk_put_int(out, "qty", souk_column_int(q, 2));
		souk_put_int(out, "shipment", number);
		souk_put_close(out, '}');
	}
	return step == SOUK_STEP_DONE;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct event e;
	enum souk_outcome outcome;
	int64_t *numbers;
	size_t count;
	bool known;

	if (!event_read(stage, r, "deliver", "shipment", &e))
		return SOUK_REFUSED;
	if (e.lines)
		return souk_refuse_value(r, e.lines, "must not be there: shipments are delivered whole");
	outcome = event_again(stage, r, &e);
	if (outcome != SOUK_PASS)
		return outcome;
	if (!find(stage, &e, &numbers, &count, &known, r))
		return SOUK_FAILED;
	if (!known)
		return souk_refuse(r, "unknown_shipment", "of order %.*s %s was shipped", SOUK_ARG(e.order_id),
			e.number ? "no such parcel" : "nothing");
	if (!count)
		return souk_refuse(r, "nothing_left", "of order %.*s nothing is on its way", SOUK_ARG(e.order_id));
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "delivered");
	souk_put_open(&r->answer, "shipments", '[');
	for (size_t i = 0; i < count; i++)
		souk_put_int(&r->answer, NULL, numbers[i]);
	souk_put_close(&r->answer, ']');
	souk_put_open(&r->answer, "lines", '[');
	for (size_t i = 0; i < count; i++)
		if (!store(stage, &e, numbers[i]) || !put_lines(stage, &r->answer, e.order_id, numbers[i]))
			return SOUK_FAILED;
	souk_add_string(&r->answer, "]}");
	return event_store(stage, r, &e);
}

static const char *const reads[] = {"id", "order_id", "shipment?", "lines?", NULL};

SOUK_VERB(deliver) = {
	.function = &ship_function,
	.name = "deliver",
	.summary = "note that shipments of an order arrived",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.room = 64 << 10,
	.reads = reads,
	.state_size = sizeof(struct events),
	.map = map,
	.close = event_close,
};
