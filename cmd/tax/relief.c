/* SPDX-License-Identifier: ISC */
/* Who pays no tax to the shop: who is outside its area of VAT, who is taxed at home
 * because a VAT id says so, who is exempt. */
#include "tax.h"

/* The id, checked for its form. A country without known form says nothing. False if
 * refused: an order that should be without tax must not fail to be by a slip. */
static bool read_vat_id(struct souk_record *r, const struct souk_node *customer, struct vat_id *id)
{
	const struct souk_node *node = souk_find(r, customer, "vat_id");
	struct souk_text text = {0};
	const char *form;

	*id = (struct vat_id){0};
	if (!souk_may_text(r, customer, "vat_id", 0, 64, &text))
		return false;
	if (!text.len || vat_id_read(text, id, &form) != VAT_MALFORMED)
		return true;
	if (form)
		souk_refuse(r, "bad_vat_id", "customer.vat_id: ids of %.2s have the form %.2s%s, "
			"# being a digit and @ a letter", id->bytes, id->bytes, form);
	else
		souk_refuse(r, "bad_vat_id", "customer.vat_id: must begin with the two letters of its country");
	if (node)
		souk_put_text(&r->error, "vat_id", text);
	return false;
}

static bool is_registered(const struct shop *shop, struct souk_text country)
{
	for (size_t i = 0; i < shop->registered_len; i += 2)
		if (memcmp(shop->registered + i, country.at, 2) == 0)
			return true;
	return false;
}

/* What follows from where the shop and its customer are. */
static bool find_border(struct souk_record *r, const struct souk_node *customer,
	const struct shop *shop, struct souk_text country, int64_t time, struct relief *relief)
{
	struct souk_text origin = vat_area((struct souk_text){shop->origin, 2});
	bool at_home, inside;

	if (!read_vat_id(r, customer, &relief->vat_id))
		return false;
	country = vat_area(country);
	at_home = vat_in_union(origin, time);
	inside = at_home && (vat_in_union(country, time) ||
		(souk_text_is(country, "GB") && souk_text_is(relief->vat_id.country, "XI")));
	if (souk_text_equal(country, origin))
		return true;
	if (inside && shop->reverse_charge && relief->vat_id.country.len &&
	    vat_in_union(relief->vat_id.country, time) && !souk_text_equal(relief->vat_id.country, origin))
		relief->why = "reverse_charge";
	if (!inside && shop->export && !is_registered(shop, country))
		relief->why = "export";
	return true;
}

bool relief_find(struct souk_record *r, const struct shop *shop, const struct place *place,
	int64_t time, struct relief *relief)
{
	const struct souk_node *customer = NULL, *exempt;

	*relief = (struct relief){0};
	if (!souk_may_node(r, NULL, "customer", SOUK_OBJECT, &customer))
		return false;
	if (shop->origin[0] && !find_border(r, customer, shop, place->country, time, relief))
		return false;
	exempt = souk_find(r, customer, "tax_exempt");
	if (relief->why || !exempt || exempt->type == SOUK_FALSE || exempt->type == SOUK_NULL)
		return true;
	if (exempt->type != SOUK_OBJECT) {
		souk_refuse_value(r, exempt, "must be an object with the reason, or false");
		return false;
	}
	relief->why = "exempt";
	return souk_need_text(r, exempt, "reason", 1, 200, &relief->reason) &&
		souk_may_text(r, exempt, "certificate", 1, 100, &relief->certificate);
}

void relief_put(struct souk_buffer *out, const struct relief *relief)
{
	if (!relief->why)
		return;
	souk_put_string(out, "exempt", relief->why);
	if (!relief->reason.len && relief->vat_id.len)
		souk_put_text(out, "vat_id", (struct souk_text){relief->vat_id.bytes, relief->vat_id.len});
	souk_put_some(out, "reason", relief->reason);
	souk_put_some(out, "certificate", relief->certificate);
}
