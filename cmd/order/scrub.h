/* SPDX-License-Identifier: ISC */
/* scrub.h: taking personal data out of a stored record. */
#ifndef SOUK_ORDER_SCRUB_H
#define SOUK_ORDER_SCRUB_H

#include "order.h"

struct scrubber {
	struct souk_record record;
	struct souk_buffer line, scrubbed;
};

void scrub_open(struct scrubber *s);
void scrub_close(struct scrubber *s);

/* What stays of the record, in s->scrubbed; of that, all stays. False if it is damaged. */
bool scrub(struct scrubber *s, struct souk_text record);

#endif
