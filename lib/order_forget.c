/* SPDX-License-Identifier: ISC */
/* Apart from order.c: who only reads orders needs no store. */
#include "order.h"

enum souk_outcome souk_order_forget(struct souk_stage *stage, struct souk_record *r, size_t statement)
{
	enum souk_decision decision;
	struct souk_query *q;
	struct souk_text id;
	bool closed = false;

	if (!souk_order_decision(r, &id, &decision) ||
	    (souk_member(r, "order") && !souk_may_bool(r, souk_member(r, "order"), "closed", &closed)))
		return SOUK_REFUSED;
	if (decision != SOUK_REJECTED || !closed)
		return SOUK_PASS;
	q = souk_ask(stage->store, statement);
	souk_bind_text(q, 1, id);
	if (!souk_do(q))
		return SOUK_FAILED;
	souk_add_string(&r->answer, "{\"state\":\"forgotten\"}");
	return SOUK_ANSWER;
}
