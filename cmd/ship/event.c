/* SPDX-License-Identifier: ISC */
/* Events of an order, each with an id of its own. */
#include "event.h"

/* What the event says, as its id stands for it. */
static bool make_digest(struct souk_digest *digest, struct souk_record *r, struct event *e)
{
	souk_digest_begin(digest);
	souk_digest_text(digest, e->order_id);
	souk_digest_text(digest, e->location);
	souk_digest_text(digest, e->carrier);
	souk_digest_text(digest, e->tracking);
	souk_digest_int(digest, e->number);
	if (!souk_digest_lines(r, e->lines, digest))
		return false;
	souk_digest_end(digest, e->digest);
	return true;
}

bool event_read(struct souk_stage *stage, struct souk_record *r, const char *verb, const char *names,
	struct event *e)
{
	struct events *s = stage->state;

	*e = (struct event){.verb = verb, .location = {"", 0}, .carrier = {"", 0}, .tracking = {"", 0}};
	if (!souk_need_id(r, &e->id) || !souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &e->order_id) ||
	    !souk_may_text(r, NULL, "location", 1, MAX_LOCATION, &e->location) ||
	    !souk_may_text(r, NULL, "carrier", 1, MAX_CARRIER, &e->carrier) ||
	    !souk_may_text(r, NULL, "tracking", 1, MAX_TRACKING, &e->tracking) ||
	    !souk_may_node(r, NULL, "lines", SOUK_ARRAY, &e->lines) ||
	    (names && !souk_may_int(r, NULL, names, 1, INT64_MAX, &e->number)))
		return false;
	if (e->lines && e->number) {
		souk_refuse(r, "bad_record", "lines and %s stand both there: one of them says what it is about", names);
		return false;
	}
	if (e->lines && !souk_count(r, e->lines)) {
		souk_refuse_value(r, e->lines, "must hold at least one line; without lines all that is left is meant");
		return false;
	}
	return make_digest(&s->digest, r, e);
}

enum souk_outcome event_again(struct souk_stage *stage, struct souk_record *r, const struct event *e)
{
	struct souk_query *q = souk_ask(stage->store, EVENT_GET);
	enum souk_outcome outcome;

	souk_bind_text(q, 1, souk_text_of(e->verb));
	souk_bind_text(q, 2, e->id);
	outcome = souk_answer_again(r, q, e->digest);
	return outcome == SOUK_REFUSED ? souk_refuse(r, "id_conflict", "this id was used for another event") : outcome;
}

enum souk_outcome event_store(struct souk_stage *stage, const struct souk_record *r, const struct event *e)
{
	struct souk_query *q = souk_ask(stage->store, EVENT_PUT);

	souk_bind_text(q, 1, souk_text_of(e->verb));
	souk_bind_text(q, 2, e->id);
	souk_bind_text(q, 3, e->order_id);
	souk_bind_blob(q, 4, e->digest, sizeof(e->digest));
	souk_bind_text(q, 5, (struct souk_text){r->answer.at, r->answer.len});
	return souk_do(q) ? SOUK_ANSWER : SOUK_FAILED;
}

int64_t event_next_number(struct souk_stage *stage, size_t statement, struct souk_text order_id)
{
	struct souk_query *q = souk_ask(stage->store, statement);
	int64_t number;

	souk_bind_text(q, 1, order_id);
	if (souk_step(q) != SOUK_STEP_ROW)
		return 0;
	number = souk_column_int(q, 0);
	souk_done(q);
	return number;
}

bool parcel_put(struct souk_stage *stage, struct souk_text order_id, int parcel, int64_t number,
	struct souk_buffer *out)
{
	struct souk_query *q = souk_ask(stage->store, CONTENT_LIST);
	enum souk_step step;

	souk_bind_text(q, 1, order_id);
	souk_bind_int(q, 2, parcel);
	souk_bind_int(q, 3, number);
	souk_put_open(out, "lines", '[');
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		souk_put_open(out, NULL, '{');
		souk_put_text(out, "id", souk_column_text(q, 0));
		souk_put_text(out, "sku", souk_column_text(q, 1));
		souk_put_int(out, "qty", souk_column_int(q, 2));
		souk_put_close(out, '}');
	}
	souk_put_close(out, ']');
	return step == SOUK_STEP_DONE;
}

enum souk_step shipment_of_event(struct souk_stage *stage, struct souk_record *r, struct souk_text order_id,
	struct souk_text id, struct shipment *shipment)
{
	struct souk_query *q = souk_ask(stage->store, SHIPMENT_OF_EVENT);
	enum souk_step step;

	souk_bind_text(q, 1, order_id);
	souk_bind_text(q, 2, id);
	step = souk_step(q);
	if (step != SOUK_STEP_ROW)
		return step;
	*shipment = (struct shipment){.number = souk_column_int(q, 0), .fulfilment = souk_column_int(q, 1),
		.state = souk_record_copy(r, souk_column_text(q, 2)), .error = souk_record_copy(r, souk_column_text(q, 3)),
		.location = souk_record_copy(r, souk_column_text(q, 4))};
	souk_done(q);
	return step;
}

enum souk_outcome fulfilment_get(struct souk_stage *stage, struct souk_record *r, const struct event *e,
	struct souk_text *location)
{
	struct souk_query *q = souk_ask(stage->store, FULFILMENT_GET);
	bool packed;

	souk_bind_text(q, 1, e->order_id);
	souk_bind_int(q, 2, e->number);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return souk_refuse(r, "unknown_fulfilment", "of order %.*s there is no fulfilment %lld",
			SOUK_ARG(e->order_id), (long long)e->number);
	case SOUK_STEP_ROW:
		break;
	}
	packed = souk_text_is(souk_column_text(q, 0), "packed");
	if (!packed)
		souk_refuse(r, "not_packed", "fulfilment %lld is %.*s already", (long long)e->number,
			SOUK_ARG(souk_column_text(q, 0)));
	*location = souk_record_copy(r, souk_column_text(q, 1));
	souk_done(q);
	return packed ? SOUK_ANSWER : SOUK_REFUSED;
}

bool fulfilment_set(struct souk_stage *stage, struct souk_text order_id, int64_t number, const char *state)
{
	struct souk_query *q = souk_ask(stage->store, FULFILMENT_SET);

	souk_bind_text(q, 1, order_id);
	souk_bind_int(q, 2, number);
	souk_bind_text(q, 3, souk_text_of(state));
	return souk_do(q);
}

void event_close(struct souk_stage *stage)
{
	struct events *s = stage->state;

	souk_buffer_free(&s->digest.values);
}
