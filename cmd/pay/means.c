/* SPDX-License-Identifier: ISC */
/* Reading what an order is to be paid with. */
#include "pay.h"

static void refuse_unknown_method(struct souk_record *r, struct souk_text method)
{
	size_t count;
	const struct provider *const *all = providers(&count);
	struct souk_buffer known = {0};

	for (size_t i = 0; i < count; i++)
		souk_add_format(&known, "%s%s", i ? ", " : "", all[i]->name);
	souk_refuse(r, "unknown_method", "there is no method of payment %.*s: it must be one of %.*s",
		SOUK_ARG(method), (int)known.len, known.at);
	souk_buffer_free(&known);
}

/* One element of pay_with; amount stays 0 where it has none. */
static bool read_means(struct souk_record *r, const struct souk_node *node, struct payment *p)
{
	static const char *const numbers[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11",
		"12", "13", "14", "15", "16"};

	_Static_assert(sizeof(numbers) / sizeof(*numbers) == MAX_PAYMENTS, "one for each payment");
	if (!souk_need_object(r, node))
		return false;
	p->id = souk_text_of(numbers[p->position - 1]);
	if (!souk_may_text(r, node, "id", 1, MAX_PAYMENT_ID, &p->id) ||
	    !souk_need_text(r, node, "method", 1, 32, &p->method) ||
	    !souk_may_text(r, node, "token", 1, 255, &p->token) ||
	    !souk_may_int(r, node, "amount", 1, INT64_MAX, &p->amount))
		return false;
	p->provider = provider_find(p->method);
	if (!p->provider)
		refuse_unknown_method(r, p->method);
	return p->provider;
}

/* Gives the remainder to the one means without an amount. */
static bool share(struct souk_record *r, struct payment *means, int64_t total)
{
	struct payment *open = NULL;
	int64_t sum = 0;
	bool fits = true;

	for (struct payment *p = means; p; p = p->next) {
		if (p->amount == 0 && open) {
			souk_refuse(r, "pay_mismatch",
				"of several means of payment only one may leave out its amount");
			return false;
		}
		if (p->amount == 0)
			open = p;
		else if (!souk_money_add(sum, p->amount, &sum))
			fits = false;
	}
	if (fits && open && sum < total) {
		open->amount = total - sum;
		return true;
	}
	if (fits && !open && sum == total)
		return true;
	souk_refuse(r, "pay_mismatch",
		"the amounts of pay_with are %lld in all%s, the order's total is %lld", (long long)sum,
		!fits ? " and more" : open ? " without the one left out" : "", (long long)total);
	souk_put_int(&r->error, "sum", sum);
	souk_put_int(&r->error, "total", total);
	return false;
}

bool payments_read(struct souk_record *r, struct work *work, int64_t total, struct payment **first)
{
	const struct souk_node *array = NULL;
	struct payment **end = first;
	int64_t position = 0;

	if (!souk_may_node(r, NULL, "pay_with", SOUK_ARRAY, &array))
		return false;
	for (const struct souk_node *n = souk_first(r, array); n; n = souk_next(r, array, n)) {
		struct payment *p;

		if (position == MAX_PAYMENTS) {
			souk_refuse_value(r, array, "must hold at most %d means of payment", MAX_PAYMENTS);
			return false;
		}
		p = souk_arena_alloc(&work->calls.memory, sizeof(*p));
		position++;
		*p = (struct payment){.position = position};
		if (!read_means(r, n, p))
			return false;
		for (const struct payment *other = *first; other; other = other->next)
			if (souk_text_equal(other->id, p->id)) {
				souk_refuse_value(r, n, "has the id %.*s of another one", SOUK_ARG(p->id));
				return false;
			}
		*end = p;
		end = &p->next;
	}
	if (!*first) {
		souk_refuse(r, "payment_missing",
			"the order has nothing in pay_with to pay its total of %lld with", (long long)total);
		return false;
	}
	return share(r, *first, total);
}
