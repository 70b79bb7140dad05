/* SPDX-License-Identifier: ISC */
/* Takes an event of an order: cancellations explain why a placed order holds nothing. */
#include "audit.h"

bool read_order_event(struct audit *a)
{
	struct souk_record *r = &a->line;
	struct souk_text id, order_id, event;

	if (!souk_need_id(r, &id) || !souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &order_id) ||
	    !souk_need_text(r, NULL, "event", 1, 64, &event))
		return false;
	if (!books_put(a, PUT_ORDER_EVENT, "ttt", id, order_id, event))
		note_twice(a, "order.event", id);
	return true;
}
