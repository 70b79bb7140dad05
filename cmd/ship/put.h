/* SPDX-License-Identifier: ISC */
/* put.h: the parts of souk-ship put. */
#ifndef SOUK_SHIP_PUT_H
#define SOUK_SHIP_PUT_H

#include "ship.h"

struct put {
	struct souk_buffer body;  /* the record, as it is kept */
	struct souk_buffer steps; /* as in schema.sql */
};

/* Whether the zone is there, and whether it was put as this record is. False if the
 * database failed. */
bool put_zone_body(struct souk_stage *stage, struct souk_text zone, bool *known, bool *same);

/* Each stores what the record says; SOUK_ANSWER if that was done. */
enum souk_outcome put_zone(struct souk_stage *stage, struct souk_record *r, struct souk_text zone);
enum souk_outcome put_rate(struct souk_stage *stage, struct souk_record *r, struct souk_text zone);

#endif
