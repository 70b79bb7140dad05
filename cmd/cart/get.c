/* SPDX-License-Identifier: ISC */
/* souk-cart get: a cart as it is. */
#include "cart.h"

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_query *q = souk_ask(stage->store, CART_GET);
	struct souk_text id, body;

	if (!souk_need_text(r, NULL, "cart_id", 1, SOUK_MAX_ID, &id))
		return SOUK_REFUSED;
	souk_bind_text(q, 1, id);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		souk_add_string(&r->answer, "{\"state\":\"empty\",\"lines\":[],\"version\":0}");
		return SOUK_ANSWER;
	case SOUK_STEP_ROW:
		break;
	}
	body = souk_column_text(q, 0);
	souk_add(&r->answer, body.at, body.len);
	souk_done(q);
	return SOUK_ANSWER;
}

static const char *const reads[] = {"cart_id", NULL};

SOUK_VERB(get) = {
	.function = &cart_function,
	.name = "get",
	.summary = "say what is in a cart",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.map = map,
};
