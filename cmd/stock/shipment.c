/* SPDX-License-Identifier: ISC */
/* A shipment, as souk-ship says it. */
#include "stock.h"

bool shipment_read(struct souk_record *r, struct souk_digest *digest, struct shipment *s)
{
	const struct souk_node *ship;

	*s = (struct shipment){.location = {"", 0}};
	if (!souk_member(r, "ship")) {
		souk_refuse(r, "bad_record", "ship is missing: souk-ship ship has to run before souk-stock ship");
		return false;
	}
	if (!souk_need_id(r, &s->id) || !souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &s->order_id) ||
	    !souk_need_node(r, NULL, "ship", SOUK_OBJECT, &ship) ||
	    !souk_need_node(r, ship, "lines", SOUK_ARRAY, &s->lines) ||
	    !souk_may_text(r, ship, "location", 1, MAX_LOCATION, &s->location))
		return false;
	souk_digest_begin(digest);
	souk_digest_text(digest, s->order_id);
	souk_digest_text(digest, s->location);
	for (const struct souk_node *n = souk_first(r, s->lines); n; n = souk_next(r, s->lines, n)) {
		struct souk_text sku;
		int64_t qty;

		if (!souk_need_text(r, n, "sku", 1, SOUK_MAX_SKU, &sku) ||
		    !souk_need_int(r, n, "qty", 1, SOUK_MAX_QTY, &qty))
			return false;
		souk_digest_text(digest, sku);
		souk_digest_int(digest, qty);
	}
	return true;
}
