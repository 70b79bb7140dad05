/* SPDX-License-Identifier: ISC */
/* Where the shop is, from which follows who pays no tax to it. */
#include "tax.h"

static bool read_registered(struct souk_record *r, struct souk_buffer *out)
{
	const struct souk_node *array = NULL, *n;
	struct souk_text text;

	if (!souk_may_node(r, NULL, "registered", SOUK_ARRAY, &array))
		return false;
	for (n = souk_first(r, array); n; n = souk_next(r, array, n)) {
		if (n->type != SOUK_STRING || !souk_decode(r, n, &text) || !souk_is_country(text)) {
			souk_refuse_value(r, n, "must be two capital letters (ISO 3166-1)");
			return false;
		}
		souk_add(out, text.at, text.len);
	}
	if (out->len <= sizeof(((struct shop *)NULL)->registered))
		return true;
	souk_refuse_value(r, array, "must name %d countries at most", MAX_REGISTERED);
	return false;
}

enum souk_outcome shop_put(struct souk_stage *stage, struct souk_record *r)
{
	struct souk_buffer registered = {0};
	bool reverse_charge = true, export = true, stored;
	struct souk_text origin;
	struct souk_query *q;

	if (!souk_need_text(r, NULL, "origin", 1, 200, &origin) ||
	    !souk_may_bool(r, NULL, "reverse_charge", &reverse_charge) ||
	    !souk_may_bool(r, NULL, "export", &export))
		return SOUK_REFUSED;
	if (!souk_is_country(origin))
		return souk_refuse_value(r, souk_member(r, "origin"),
			"must be two capital letters (ISO 3166-1)");
	if (!read_registered(r, &registered)) {
		souk_buffer_free(&registered);
		return SOUK_REFUSED;
	}
	q = souk_ask(stage->store, SHOP_PUT);
	souk_bind_text(q, 1, origin);
	souk_bind_int(q, 2, reverse_charge);
	souk_bind_int(q, 3, export);
	souk_bind_text(q, 4, (struct souk_text){registered.len ? registered.at : "", registered.len});
	stored = souk_do(q);
	souk_buffer_free(&registered);
	return stored ? SOUK_ANSWER : SOUK_FAILED;
}

bool shop_get(struct souk_store *store, struct shop *shop)
{
	struct souk_query *q = souk_ask(store, SHOP_GET);
	enum souk_step step = souk_step(q);
	struct souk_text origin, registered;

	*shop = (struct shop){0};
	if (step != SOUK_STEP_ROW)
		return step == SOUK_STEP_DONE;
	origin = souk_column_text(q, 0);
	registered = souk_column_text(q, 3);
	memcpy(shop->origin, origin.at, sizeof(shop->origin));
	shop->reverse_charge = souk_column_int(q, 1);
	shop->export = souk_column_int(q, 2);
	shop->registered_len = registered.len;
	if (registered.len)
		memcpy(shop->registered, registered.at, registered.len);
	souk_done(q);
	return true;
}
