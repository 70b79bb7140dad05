/* SPDX-License-Identifier: ISC */
/* Takes what orders hold of limited promotions, and how often each was taken. */
#include "audit.h"

/* Of a coupon's code. */
enum { MAX_CODE = 64 };

/* Whose use it is: a customer's, one with a code; of neither in all. */
static bool read_who(struct souk_record *r, const struct souk_node *use, struct souk_text *promotion,
	struct souk_text *customer, struct souk_text *code)
{
	*customer = *code = SOUK_TEXT("");
	return souk_need_text(r, use, "promotion", 1, SOUK_MAX_ID, promotion) &&
		souk_may_text(r, use, "customer", 1, SOUK_MAX_ID, customer) &&
		souk_may_text(r, use, "code", 1, MAX_CODE, code);
}

bool read_promotion_hold(struct audit *a)
{
	static const char *const states[] = {"held", "committed", "released", "refused", "none", NULL};
	struct souk_record *r = &a->line;
	const struct souk_node *uses, *n;
	struct souk_text id, state, promotion, customer, code;
	bool is_new;

	if (!souk_need_id(r, &id) || !need_word(r, "state", states, &state) ||
	    !souk_need_node(r, NULL, "uses", SOUK_ARRAY, &uses))
		return false;
	is_new = books_put(a, PUT_PROMOTION_HOLD, "tt", id, state);
	if (!is_new)
		note_twice(a, "promo.hold", id);
	for (n = souk_first(r, uses); n; n = souk_next(r, uses, n)) {
		if (!souk_need_object(r, n) ||
		    !read_who(r, n, &promotion, &customer, &code))
			return false;
		if (is_new)
			books_put(a, PUT_PROMOTION_HELD, "tttt", id, promotion, customer, code);
	}
	return true;
}

bool read_promotion_use(struct audit *a)
{
	struct souk_record *r = &a->line;
	struct souk_text promotion, customer, code;
	int64_t taken, limit = INT64_MAX;

	if (!read_who(r, NULL, &promotion, &customer, &code) ||
	    !souk_need_int(r, NULL, "taken", INT64_MIN + 1, INT64_MAX, &taken) ||
	    !souk_may_int(r, NULL, "limit", 1, INT64_MAX, &limit))
		return false;
	if (!books_put(a, PUT_PROMOTION_USE, "tttii", promotion, customer, code, taken, limit))
		note_twice(a, "promo.use", promotion);
	return true;
}

bool read_promotions_applied(struct audit *a, struct souk_text id)
{
	struct souk_record *o = &a->order;
	const struct souk_node *promo = NULL, *applied = NULL, *n;
	struct souk_text promotion;

	if (!souk_may_node(o, NULL, "promo", SOUK_OBJECT, &promo) ||
	    (promo && !souk_may_node(o, promo, "applied", SOUK_ARRAY, &applied)))
		return false;
	for (n = applied ? souk_first(o, applied) : NULL; n; n = souk_next(o, applied, n)) {
		if (!souk_need_text(o, n, "id", 1, SOUK_MAX_ID, &promotion))
			return false;
		books_put(a, PUT_PROMOTION_APPLIED, "tt", id, promotion);
	}
	return true;
}
