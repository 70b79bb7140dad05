/* SPDX-License-Identifier: ISC */
/* souk-notify put: says who writes. */
#include "notify.h"

static bool may_address(struct souk_record *r, const char *name, struct souk_text *address)
{
	if (!souk_may_text(r, NULL, name, 1, MAX_ADDRESS, address))
		return false;
	if (!address->len || souk_is_email(*address))
		return true;
	souk_refuse_value(r, souk_member(r, name), "must be an address such as orders@shop.example");
	return false;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_text name, from = SOUK_TEXT(""), reply_to = SOUK_TEXT(""), footer = SOUK_TEXT("");
	struct souk_query *q;

	if (!souk_need_text(r, NULL, "name", 1, MAX_NAME, &name) || !may_address(r, "from", &from) ||
	    !may_address(r, "reply_to", &reply_to) || !souk_may_text(r, NULL, "footer", 0, MAX_FOOTER, &footer))
		return SOUK_REFUSED;
	q = souk_ask(stage->store, SHOP_PUT);
	souk_bind_text(q, 1, name);
	souk_bind_text(q, 2, from);
	souk_bind_text(q, 3, reply_to);
	souk_bind_text(q, 4, footer);
	return souk_do(q) ? souk_answer_state(r, "stored") : SOUK_FAILED;
}

static const char *const reads[] = {"name", "from?", "reply_to?", "footer?", NULL};

SOUK_VERB(put) = {
	.function = &notify_function,
	.name = "put",
	.summary = "store who writes: the shop's name and address",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.needs_no_id = true,
	.reads = reads,
	.map = map,
};
