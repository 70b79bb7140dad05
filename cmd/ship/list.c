/* SPDX-License-Identifier: ISC */
/* souk-ship list: all zones and then their rates, as they were put. */
#include "ship.h"

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	return souk_write_rows(stage, souk_ask(stage->store, ZONE_BODIES), souk_write_body, out) &&
		souk_write_rows(stage, souk_ask(stage->store, RATE_BODIES), souk_write_body, out);
}

SOUK_VERB(list) = {
	.function = &ship_function,
	.name = "list",
	.summary = "list all zones and rates, as put takes them",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.write = write_all,
};
