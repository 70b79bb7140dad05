/* SPDX-License-Identifier: ISC */
/* souk-order get: an order by its id, with its record as it came in. */
#include "order.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_text id;
	struct souk_query *q;
	struct order_row row;
	enum souk_outcome outcome;
	bool done;

	if (!souk_need_id(r, &id))
		return SOUK_REFUSED;
	outcome = order_need(stage, r, id, &q);
	if (outcome != SOUK_ANSWER)
		return outcome;
	row = order_row_read(q);
	souk_put_open(&r->answer, NULL, '{');
	order_put_row(&r->answer, &row);
	souk_put_name(&r->answer, "record");
	done = order_add_record(stage, row.seq, &r->answer);
	souk_put_close(&r->answer, '}');
	souk_done(q);
	return done ? SOUK_ANSWER : SOUK_FAILED;
}

static const char *const reads[] = {"id", NULL};

SOUK_VERB(get) = {
	.function = &order_function,
	.name = "get",
	.summary = "look up an order by its id",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.map = map,
};
