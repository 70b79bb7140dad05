/* SPDX-License-Identifier: ISC */
/* ship.h: what the verbs of souk-ship share. */
#ifndef SOUK_SHIP_H
#define SOUK_SHIP_H

#include "souk.h"

extern const struct souk_function ship_function;

enum {
	ZONE_GET, ZONE_PUT, ZONE_LIST, ZONE_BODIES, AREA_CLEAR, AREA_PUT, AREA_LIST, RATE_PUT, RATE_LIST, RATE_BODIES,
	VERSION_GET, VERSION_RAISE,
	EVENT_GET, EVENT_PUT, DONE_OF_ORDER, CONTENT_GET, CONTENT_PUT, CONTENT_LIST,
	FULFILMENT_NEXT, FULFILMENT_PUT, FULFILMENT_GET, FULFILMENT_SET, FULFILMENT_LIST,
	SHIPMENT_NEXT, SHIPMENT_PUT, SHIPMENT_GET, SHIPMENT_OF_EVENT, SHIPMENT_SETTLE, SHIPMENT_DELIVERED,
	SHIPMENT_LIST, CHARGED_OF_ORDER,
};

/* Longest names, in bytes. */
enum { MAX_ZONE = 64, MAX_METHOD = 64, MAX_LABEL = 200, MAX_CLASS = 64, MAX_REGION = 64, MAX_POSTCODE = 16 };

/* What the columns area.kind and rate.measure hold. */
enum kind { EVERYWHERE, COUNTRY, REGION, POSTCODE_RANGE, POSTCODE_PREFIX, POSTCODE };
enum measure { FLAT, BY_WEIGHT, BY_AMOUNT };

/* A weight or an amount of goods that no order reaches. */
#define NO_LIMIT INT64_MAX

/* Writes a postcode in capitals, without its spaces and dashes, to `out`, which has room
 * for it; returns its length. */
size_t postcode_plain(struct souk_text postcode, char *out);

/* One step of a rate in `steps`, rising; false at the end. */
bool step_next(struct souk_text *steps, int64_t *up_to, int64_t *amount);

#endif
