/* SPDX-License-Identifier: ISC */
/* event.h: what the verbs share that tell what was done with an order. */
#ifndef SOUK_SHIP_EVENT_H
#define SOUK_SHIP_EVENT_H

#include "ordered.h"

/* Longest carrier, tracking and location, in bytes. */
enum { MAX_CARRIER = 64, MAX_TRACKING = 128, MAX_LOCATION = 64 };

/* The parcels of an order (schema.sql). */
enum { FULFILMENT, SHIPMENT };

struct events {
	struct souk_digest digest;
};

struct event {
	const char *verb;
	struct souk_text id, order_id, location, carrier, tracking;
	int64_t number;               /* of the fulfilment or shipment it is about; 0: of none */
	const struct souk_node *lines; /* NULL: all */
	unsigned char digest[SOUK_DIGEST_BYTES];
};

/* Reads the event; `names` is the member that numbers what it is about, or NULL. False
 * if refused. */
bool event_read(struct souk_stage *stage, struct souk_record *r, const char *verb, const char *names,
	struct event *event);

/* The same event again gives the stored answer: SOUK_ANSWER, or SOUK_REFUSED as
 * id_conflict, or SOUK_FAILED; SOUK_PASS if it is new. */
enum souk_outcome event_again(struct souk_stage *stage, struct souk_record *r, const struct event *event);

/* Stores the event with r->answer. SOUK_ANSWER, or SOUK_FAILED. */
enum souk_outcome event_store(struct souk_stage *stage, const struct souk_record *r, const struct event *event);

/* The next number of a parcel of the order; 0 if the database failed. */
int64_t event_next_number(struct souk_stage *stage, size_t statement, struct souk_text order_id);

/* Writes the pieces of a parcel as `lines`. */
bool parcel_put(struct souk_stage *stage, struct souk_text order_id, int parcel, int64_t number,
	struct souk_buffer *out);

/* The shipment that an event made. */
struct shipment {
	int64_t number, fulfilment;
	struct souk_text state, error, location; /* in the record's memory; error without its brace */
};
/* SOUK_STEP_DONE if there is none. */
enum souk_step shipment_of_event(struct souk_stage *stage, struct souk_record *r, struct souk_text order_id,
	struct souk_text id, struct shipment *shipment);

/* SOUK_ANSWER where the fulfilment that the event names is packed, and from where, in the
 * record's memory; SOUK_REFUSED where it is not, SOUK_FAILED. */
enum souk_outcome fulfilment_get(struct souk_stage *stage, struct souk_record *r, const struct event *event,
	struct souk_text *location);
bool fulfilment_set(struct souk_stage *stage, struct souk_text order_id, int64_t number, const char *state);

void event_close(struct souk_stage *stage);

#endif
