/* SPDX-License-Identifier: ISC */
/* ordered.h: the order that an event is about: what is to be sent of it, what was
 * packed and shipped, and what is due for that. */
#ifndef SOUK_SHIP_ORDERED_H
#define SOUK_SHIP_ORDERED_H

#include "ship.h"

struct ordered_line {
	struct souk_text id;      /* its own, or its number from 1 */
	struct souk_text sku;
	int64_t ordered;          /* as the order says; what `due` is for */
	int64_t wanted;           /* to be sent: without what was cancelled; 0 if it is not sent at all */
	int64_t packed, shipped;  /* packed: and not yet shipped; shipped: or held to be */
	int64_t due;              /* for all that was ordered */
	int64_t now;              /* pieces of this event */
};

struct ordered {
	struct souk_text id, currency;
	struct ordered_line *lines;
	size_t count;
	int64_t rest;             /* of the order's total: what is due for no line that is sent */
	int64_t charged;          /* what was due for its shipments so far */
};

/* Reads order.record, which souk-order lookup added, and what was done of it so far;
 * SOUK_ANSWER, SOUK_REFUSED or SOUK_FAILED. */
enum souk_outcome ordered_read(struct souk_stage *stage, struct souk_record *r, struct souk_text order_id,
	struct ordered *order);

/* Sets `now` from the event's lines, or without any to all that is left. False if refused:
 * there is less left (`verb`: "pack"). */
bool ordered_want(struct souk_record *r, struct ordered *order, const struct souk_node *lines,
	const char *verb);

/* What is due for the pieces of this event: their part of the order's total. Over all
 * shipments it adds up to the total exactly; what is due for no line comes first. */
int64_t ordered_due(const struct ordered *order);

/* Stores the pieces of this event as the content of a parcel (schema.sql). */
bool ordered_store(struct souk_stage *stage, const struct ordered *order, int parcel, int64_t number);

/* Writes them as `lines`. */
void ordered_put(struct souk_buffer *out, const struct ordered *order);

/* How many pieces are still to be sent when this event is done. */
int64_t ordered_left(const struct ordered *order);

#endif
