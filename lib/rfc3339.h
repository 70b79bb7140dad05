/* SPDX-License-Identifier: ISC */
/* rfc3339.h: times as records write them (RFC 3339) and as programs count them:
 * seconds since 1970-01-01T00:00:00Z, no leap seconds, years 0001 to 9999. */
#ifndef SOUK_RFC3339_H
#define SOUK_RFC3339_H

#include "text.h"

/* For a time that is not there; souk_time_parse() never gives it. */
#define SOUK_NO_TIME INT64_MIN

/* The first and the last second that can be written. */
#define SOUK_TIME_FIRST INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define SOUK_TIME_LAST INT64_C(253402300799)  /* 9999-12-31T23:59:59Z */

/* Reads an RFC 3339 date-time ("2010-12-01T08:26:00Z", "2010-12-01t08:26:00.5+01:00")
 * or a plain date, which is its midnight in UTC. A fraction of a second is
 * dropped. A leap second (:60) is taken where one can be, at the end of a month
 * in UTC, and is the second after it. False, with *seconds as it was, if it is
 * neither, if there is no such day or time of day, or if it is in UTC not
 * within the years 0001 to 9999. */
bool souk_time_parse(struct souk_text text, int64_t *seconds);

/* Appends "2010-12-01T08:26:00Z". A time outside the years 0001 to 9999 is
 * written as the first or the last second of them. */
void souk_add_time(struct souk_buffer *b, int64_t seconds);

/* Puts a member of an object, or with NULL an element of an array (text.h), so written. */
void souk_put_time(struct souk_buffer *b, const char *name, int64_t seconds);

/* Reads a length of time: a whole number of seconds, or of what the letter
 * after it says: "30s", "15m", "2h", "7d" (24 hours each). False, with *seconds
 * as it was, if it is not one or overflows. */
bool souk_span_parse(struct souk_text text, int64_t *seconds);

#endif
