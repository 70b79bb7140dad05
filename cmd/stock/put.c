/* SPDX-License-Identifier: ISC */
/* souk-stock put: a location, or whether a sku may be ordered beyond what there is. */
#include "stock.h"

enum { MAX_PRIORITY = 1000000 };

static enum souk_outcome put_location(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_query *q;
	struct souk_text name;
	int64_t priority = 0;

	if (!souk_need_text(r, NULL, "location", 1, MAX_LOCATION, &name) ||
	    !souk_may_int(r, NULL, "priority", -MAX_PRIORITY, MAX_PRIORITY, &priority))
		return SOUK_REFUSED;
	q = souk_ask(stage->store, LOCATION_PUT);
	souk_bind_text(q, 1, name);
	souk_bind_int(q, 2, priority);
	return souk_do(q) ? SOUK_ANSWER : SOUK_FAILED;
}

static enum souk_outcome put_sku(struct souk_stage *stage, struct souk_record *r)
{
	bool allow = false;
	struct souk_query *q;
	struct souk_text sku;

	if (!souk_need_text(r, NULL, "sku", 1, SOUK_MAX_SKU, &sku))
		return SOUK_REFUSED;
	if (!souk_member(r, "allow_backorder"))
		return souk_refuse(r, "bad_record", "allow_backorder is missing");
	if (!souk_may_bool(r, NULL, "allow_backorder", &allow))
		return SOUK_REFUSED;
	q = souk_ask(stage->store, LEVEL_MAKE);
	souk_bind_text(q, 1, sku);
	if (!souk_do(q))
		return SOUK_FAILED;
	q = souk_ask(stage->store, LEVEL_ALLOW);
	souk_bind_text(q, 1, sku);
	souk_bind_int(q, 2, allow);
	return souk_do(q) ? SOUK_ANSWER : SOUK_FAILED;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	bool of_location = souk_member(r, "location"), of_sku = souk_member(r, "sku");
	enum souk_outcome outcome;

	if (of_location == of_sku)
		return souk_refuse(r, "bad_record", of_sku ? "location and sku stand both there: put each by itself"
							   : "location or sku is missing");
	outcome = of_sku ? put_sku(stage, r) : put_location(stage, r);
	if (outcome != SOUK_ANSWER)
		return outcome;
	if (souk_store_changes(stage->store) && !souk_do(souk_ask(stage->store, VERSION_RAISE)))
		return SOUK_FAILED;
	return souk_answer_state(r, "stored");
}

static const char *const reads[] = {"location?", "priority?", "sku?", "allow_backorder?", NULL};

SOUK_VERB(put) = {
	.function = &stock_function,
	.name = "put",
	.summary = "store a location, or whether a sku may be backordered",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.needs_no_id = true,
	.reads = reads,
	.map = map,
};
