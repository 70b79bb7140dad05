/* SPDX-License-Identifier: ISC */
/* souk-fx: says what a record's total is in another currency, at the rate of its day. */
#include "fx.h"

#include <errno.h>
#include <stdlib.h>

struct convert {
	const char *to;
	const struct souk_currency *currency;
	struct souk_strings amounts;
	int rounding;             /* enum souk_rounding */
	struct pairs pairs;
};

static const char *const reads[] = {
	"currency", "total?", "time?", "amount?", "price?", "promo?", "return?", "ship?", "tax?", NULL,
};

/* Whether a path is one, and begins with a member that is read. */
static bool is_path(const char *path)
{
	size_t len = strcspn(path, ".");
	bool known = false;

	for (size_t i = 0; reads[i]; i++)
		known |= strncmp(reads[i], path, len) == 0 && (!reads[i][len] || reads[i][len] == '?');
	return known && len && path[strlen(path) - 1] != '.' && !strstr(path, "..") &&
		strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") == strlen(path);
}

static void open(struct souk_stage *stage)
{
	struct convert *s = stage->state;

	if (!s->to)
		s->to = "EUR";
	s->currency = souk_currency_find(souk_text_of(s->to));
	if (!s->currency)
		souk_die_usage("--to %s: no currency of ISO 4217 in use", s->to);
	for (size_t i = 0; i < s->amounts.count; i++)
		if (!is_path(s->amounts.at[i]))
			souk_die_usage("--amount %s: must be a path such as tax.tax or price.lines.0.subtotal, into amount, "
				"price, promo, return, ship, tax or total", s->amounts.at[i]);
}

static bool begin(struct souk_stage *stage)
{
	struct convert *s = stage->state;

	pairs_begin(&s->pairs, stage);
	return true;
}

/* The value at a path; NULL if there is none. */
static const struct souk_node *find_path(struct souk_record *r, const char *path)
{
	const struct souk_node *node = NULL;
	char name[64];

	for (bool first = true; *path; first = false) {
		size_t len = strcspn(path, ".");

		if (len >= sizeof(name) || (!first && !node))
			return NULL;
		memcpy(name, path, len);
		name[len] = 0;
		path += len + (path[len] == '.');
		if (node && node->type == SOUK_ARRAY) {
			const struct souk_node *n = souk_first(r, node);

			for (long i = strspn(name, "0123456789") == len ? atol(name) : -1; n && i > 0; i--)
				n = souk_next(r, node, n);
			node = strspn(name, "0123456789") == len ? n : NULL;
		} else {
			node = first ? souk_member(r, name) : souk_find(r, node, name);
		}
	}
	return node && node->type != SOUK_NULL ? node : NULL;
}

static bool read_amount(struct souk_record *r, const struct souk_node *node, int64_t *amount)
{
	struct souk_text text = souk_raw(r, node);
	char digits[24] = {0}, *end = digits;

	if (node->type == SOUK_NUMBER && text.len < sizeof(digits)) {
		memcpy(digits, text.at, text.len);
		errno = 0;
		*amount = strtoll(digits, &end, 10);
		if (!*end && !errno)
			return true;
	}
	souk_refuse_value(r, node, "must be a whole number of minor units");
	return false;
}

static enum souk_outcome refuse_rate(struct souk_record *r, struct souk_text from, struct souk_text to,
	int64_t day)
{
	struct souk_buffer date = {0};

	add_day(&date, day);
	souk_refuse(r, "no_rate", "no rate of %.*s in %.*s is known for %.*s or the %d days before", SOUK_ARG(from),
		SOUK_ARG(to), (int)date.len - 2, date.at + 1, MAX_AGE);
	souk_put_text(&r->error, "from", from);
	souk_put_text(&r->error, "to", to);
	souk_put_raw(&r->error, "date", (struct souk_text){date.at, date.len});
	souk_buffer_free(&date);
	return SOUK_REFUSED;
}

/* What one unit of the one currency is in the other, to ten digits and twelve decimals at
 * most: amounts are converted by the exact quotient. */
static void put_rate(struct souk_buffer *out, const struct pair *pair)
{
	const int64_t ten_digits = 10000000000;
	struct souk_decimal rate = {0, SOUK_DECIMAL_SCALE_MAX};
	int64_t unit = 1000000000000;

	while ((!souk_money_convert(unit, pair->to, pair->from, 0, SOUK_HALF_EVEN, &rate.digits) ||
	    rate.digits >= ten_digits) && rate.scale > 0) {
		rate.scale--;
		unit /= 10;
	}
	souk_put_name(out, "rate");
	souk_add_char(out, '"');
	souk_add_decimal_number(out, rate);
	souk_add_char(out, '"');
}

static void put_pair(struct souk_buffer *out, const struct pair *pair, const struct souk_currency *from,
	const struct souk_currency *to)
{
	put_rate(out, pair);
	souk_put_name(out, "date");
	add_day(out, pair->day);
	if (!pair->from_len && !pair->to_len)
		return;
	souk_put_open(out, "euro", '{');
	if (pair->from_len)
		souk_put_text(out, from->code, (struct souk_text){pair->from_text, pair->from_len});
	if (pair->to_len)
		souk_put_text(out, to->code, (struct souk_text){pair->to_text, pair->to_len});
	souk_put_close(out, '}');
}

static bool put_amount(struct souk_record *r, const struct convert *s, const struct pair *pair, int shift,
	const char *name, const struct souk_node *node)
{
	int64_t amount, converted;

	if (!read_amount(r, node, &amount))
		return false;
	if (souk_money_convert(amount, pair->to, pair->from, shift, (enum souk_rounding)s->rounding, &converted)) {
		souk_put_int(&r->answer, name, converted);
		return true;
	}
	souk_refuse(r, "overflow", "the amounts of this order are too large in %s", s->currency->code);
	return false;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct convert *s = stage->state;
	const struct souk_currency *currency;
	const struct souk_node *total = find_path(r, "total.total"), *node;
	struct pair same = {.from = {1, 0}, .to = {1, 0}};
	const struct pair *pair = &same;
	int64_t time;
	int shift;

	if (!souk_order_currency(r, &currency) || !souk_order_time(stage, r, &time))
		return SOUK_REFUSED;
	if (!total && !s->amounts.count)
		return souk_refuse(r, "bad_record", "total is missing: souk-total has to run before souk-fx");
	/* Days before 1970 round down too; none of them has a rate. */
	same.day = time >= 0 ? time / DAY : -((DAY - 1 - time) / DAY);
	if (currency != s->currency) {
		pair = pairs_find(&s->pairs, stage->store, souk_text_of(currency->code), souk_text_of(s->to), same.day);
		if (!pair)
			return SOUK_FAILED;
		if (pair->day < 0)
			return refuse_rate(r, souk_text_of(currency->code), souk_text_of(s->to), same.day);
	}
	shift = s->currency->exponent - currency->exponent;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "currency", s->currency->code);
	put_pair(&r->answer, pair, currency, s->currency);
	if (total && !put_amount(r, s, pair, shift, "total", total))
		return SOUK_REFUSED;
	if (s->amounts.count)
		souk_put_open(&r->answer, "amounts", '{');
	for (size_t i = 0; i < s->amounts.count; i++) {
		node = find_path(r, s->amounts.at[i]);
		if (node && !put_amount(r, s, pair, shift, s->amounts.at[i], node))
			return SOUK_REFUSED;
	}
	if (s->amounts.count)
		souk_put_close(&r->answer, '}');
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static void close(struct souk_stage *stage)
{
	struct convert *s = stage->state;

	souk_cache_free(&s->pairs.cache);
	free(s->amounts.at);
}

static const struct souk_option options[] = {
	{.letter = 't', .name = "to", .value = "CUR", .kind = SOUK_OPTION_TEXT,
		.offset = offsetof(struct convert, to), .help = "the currency to convert to (default EUR)"},
	{.letter = 'a', .name = "amount", .value = "PATH", .kind = SOUK_OPTION_LIST,
		.offset = offsetof(struct convert, amounts),
		.help = "convert this amount too, such as tax.tax; may be given again"},
	{.name = "rounding", .value = "MODE", .kind = SOUK_OPTION_CHOICE,
		.offset = offsetof(struct convert, rounding),
		.help = "how to round halves (default half-up)", .choices = souk_rounding_names},
	{0},
};

SOUK_VERB(convert) = {
	.function = &fx_function,
	.summary = "say what a record's total is in another currency",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct convert),
	.open = open,
	.begin = begin,
	.map = map,
	.close = close,
};
