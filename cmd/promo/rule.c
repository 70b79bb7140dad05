/* SPDX-License-Identifier: ISC */
/* Reading a promotion: the same for what is put and for what is stored. */
#include "rule.h"

enum { MAX_TITLE = 200, MAX_CONDITION = 4000, MAX_PIECES = 1000000, MAX_PRIORITY = 1000000 };

static const char *const kind_names[] = {
	[PERCENT] = "percent", [AMOUNT] = "amount", [BUY_GET] = "buy_get",
	[FREE_SHIPPING] = "free_shipping", NULL,
};
static const char *const target_names[] = {
	[ON_ITEMS] = "items", [ON_ORDER] = "order", [ON_SHIPPING] = "shipping", NULL,
};

static bool need_choice(struct souk_record *r, const char *name, const char *const *choices, int *choice)
{
	struct souk_buffer allowed = {0};
	struct souk_text word;

	if (!souk_need_text(r, NULL, name, 1, MAX_NAME, &word))
		return false;
	for (*choice = 0; choices[*choice]; (*choice)++) {
		if (souk_text_is(word, choices[*choice])) {
			souk_buffer_free(&allowed);
			return true;
		}
		souk_add_format(&allowed, "%s%s", *choice ? ", " : "", choices[*choice]);
	}
	souk_refuse_value(r, souk_member(r, name), "must be one of %.*s", (int)allowed.len, allowed.at);
	souk_buffer_free(&allowed);
	return false;
}

static bool may_time(struct souk_record *r, const char *name, int64_t *time)
{
	struct souk_text text = {0};

	if (!souk_may_text(r, NULL, name, 1, 40, &text))
		return false;
	if (!text.at || souk_time_parse(text, time))
		return true;
	souk_refuse_value(r, souk_member(r, name), "must be a time such as 2010-12-01T08:26:00Z or 2010-12-01");
	return false;
}

static bool need_percent(struct souk_record *r, struct souk_decimal *percent)
{
	static const struct souk_decimal all = {100, 0};
	struct souk_text text;

	if (!souk_need_text(r, NULL, "percent", 1, 32, &text))
		return false;
	if (souk_decimal_parse(text, percent) && percent->digits > 0 && souk_decimal_compare(*percent, all) <= 0)
		return true;
	souk_refuse_value(r, souk_member(r, "percent"),
		"must be a decimal above 0 and at most 100, such as \"12.5\"");
	return false;
}

/* A member that would have no effect is a mistake that should not be found by customers. */
static bool refuse_needless(struct souk_record *r, const char *name, bool needless)
{
	const struct souk_node *node = souk_member(r, name);

	if (!needless || !node || node->type == SOUK_NULL)
		return true;
	souk_refuse_value(r, node, "has no meaning for a promotion of this kind");
	return false;
}

/* What is taken off, and from what. */
static bool read_action(struct souk_record *r, struct rule *rule)
{
	static const struct souk_decimal all = {100, 0};
	const struct souk_node *percent = souk_member(r, "percent");
	int kind, on = ON_ORDER;

	if (!need_choice(r, "kind", kind_names, &kind))
		return false;
	rule->kind = (enum kind)kind;
	if (kind == PERCENT || kind == AMOUNT) {
		if (!need_choice(r, "on", target_names, &on))
			return false;
	} else {
		on = kind == BUY_GET ? ON_ITEMS : ON_SHIPPING;
	}
	rule->on = (enum target)on;
	rule->percent = all;
	if ((kind == PERCENT || (kind == BUY_GET && percent && percent->type != SOUK_NULL)) &&
	    !need_percent(r, &rule->percent))
		return false;
	if (kind == AMOUNT && !souk_need_int(r, NULL, "amount", 1, INT64_MAX, &rule->amount))
		return false;
	if (kind == BUY_GET && (!souk_need_int(r, NULL, "buy", 1, MAX_PIECES, &rule->buy) ||
				!souk_need_int(r, NULL, "get", 1, MAX_PIECES, &rule->get)))
		return false;
	return refuse_needless(r, "on", kind == BUY_GET || kind == FREE_SHIPPING) &&
		refuse_needless(r, "percent", kind == AMOUNT || kind == FREE_SHIPPING) &&
		refuse_needless(r, "amount", kind != AMOUNT) && refuse_needless(r, "buy", kind != BUY_GET) &&
		refuse_needless(r, "get", kind != BUY_GET) && refuse_needless(r, "get_skus", kind != BUY_GET) && refuse_needless(r, "cap", on == ON_SHIPPING);
}

static bool read_money(struct souk_record *r, struct rule *rule)
{
	const struct souk_node *currency = souk_member(r, "currency");

	rule->cap = INT64_MAX;
	if (!souk_may_int(r, NULL, "min_amount", 1, INT64_MAX, &rule->min_amount) ||
	    !souk_may_int(r, NULL, "cap", 1, INT64_MAX - 1, &rule->cap))
		return false;
	if (currency && currency->type != SOUK_NULL)
		return souk_order_currency(r, &rule->currency);
	if (!rule->min_amount && rule->cap == INT64_MAX && !rule->amount)
		return true;
	souk_refuse(r, "bad_record", "currency is missing: amount, min_amount and cap are of one currency");
	return false;
}

/* Codes are printable and in ASCII, so that small letters are all there is to comparing
 * them; to fnmatch(3) a [ means more than people know. */
static bool check_codes(struct souk_record *r, const struct words *codes)
{
	for (size_t i = 0; i < codes->count; i++) {
		const struct souk_text *code = &codes->at[i];

		for (size_t at = 0; at < code->len; at++)
			if (code->at[at] <= ' ' || code->at[at] > '~' || code->at[at] == '[') {
				souk_refuse_value(r, souk_member(r, "codes"),
					"%.*s: a code is letters, digits and signs of ASCII, without spaces and [",
					SOUK_ARG(*code));
				return false;
			}
	}
	return true;
}

static bool read_limits(struct souk_record *r, struct rule *rule)
{
	for (int i = 0; i < LIMITS; i++)
		rule->limits[i] = INT64_MAX;
	if (!souk_may_int(r, NULL, "usage_limit", 1, SOUK_MAX_QTY, &rule->limits[FOR_ALL]) ||
	    !souk_may_int(r, NULL, "per_customer_limit", 1, SOUK_MAX_QTY, &rule->limits[FOR_CUSTOMER]) ||
	    !souk_may_int(r, NULL, "per_code_limit", 1, SOUK_MAX_QTY, &rule->limits[FOR_CODE]))
		return false;
	return refuse_needless(r, "per_code_limit", !rule->codes.count);
}

bool rule_read(struct souk_record *r, struct rule *rule)
{
	*rule = (struct rule){.min_qty = 1, .starts_at = SOUK_TIME_FIRST, .ends_at = SOUK_TIME_LAST + 1};
	if (!souk_need_id(r, &rule->id) || !souk_may_text(r, NULL, "title", 1, MAX_TITLE, &rule->title) ||
	    !read_action(r, rule) || !read_money(r, rule) ||
	    !souk_may_int(r, NULL, "min_qty", 1, SOUK_MAX_QTY, &rule->min_qty) ||
	    !may_time(r, "starts_at", &rule->starts_at) || !may_time(r, "ends_at", &rule->ends_at) ||
	    !souk_may_int(r, NULL, "priority", -MAX_PRIORITY, MAX_PRIORITY, &rule->priority) ||
	    !souk_may_int(r, NULL, "nth_order", 1, SOUK_MAX_QTY, &rule->nth_order) ||
	    !souk_may_bool(r, NULL, "exclusive", &rule->exclusive) ||
	    !words_read(r, "codes", MAX_CODE, &rule->codes) || !check_codes(r, &rule->codes) ||
	    !words_read(r, "skus", SOUK_MAX_SKU, &rule->skus) || !words_read(r, "tags", MAX_NAME, &rule->tags) ||
	    !words_read(r, "categories", MAX_NAME, &rule->categories) ||
	    !words_read(r, "get_skus", SOUK_MAX_SKU, &rule->get_skus) ||
	    !words_read(r, "groups", MAX_GROUP, &rule->groups) ||
	    !words_read(r, "countries", 2, &rule->countries) || !read_limits(r, rule) ||
	    !souk_may_text(r, NULL, "condition", 1, MAX_CONDITION, &rule->condition))
		return false;
	if (rule->starts_at < rule->ends_at)
		return true;
	souk_refuse(r, "bad_record", "ends_at must be later than starts_at: at it the promotion ends");
	return false;
}
