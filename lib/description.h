/* SPDX-License-Identifier: ISC */
/* description.h: what another command declares of itself (souk-filter(7), rule 9). */
#ifndef SOUK_DESCRIPTION_H
#define SOUK_DESCRIPTION_H

#include "record.h"

/* Asks `command --describe`, and shows `take` each verb in its order: a record of which all
 * members are read, and which has function and kind. The command gets nothing to read and
 * nowhere to complain, and two seconds. Of one that is not there, but linked into this very
 * binary, it is what that says. False, and nothing is shown, if it can't be run, does not
 * end well, says too much, or anything else: it declares nothing. */
bool souk_read_description(const char *command, void (*take)(void *context, struct souk_record *r), void *context);

/* Of what is shown: whether a member is this text (verb "" is also one that is not there);
 * whether it is true. */
bool souk_described_as(struct souk_record *r, const char *name, const char *text);
bool souk_described_true(struct souk_record *r, const char *name);

#endif
