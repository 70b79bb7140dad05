/* SPDX-License-Identifier: ISC */
/* The entry of an order that was placed, and its lines, for what is given back later. */
#include "ledger.h"

#include <stdio.h>

enum { MAX_COUNTRY = 64 };

/* An order at work. */
struct sale {
	struct ledger *ledger;
	struct souk_record *r;           /* the stored record */
	struct souk_text id;
	struct entry entry;
	struct souk_text country;        /* NULL if none is known */
	struct souk_buffer account;
	int64_t balance;                 /* of what was posted */
};

static bool sell(struct sale *s, const char *account, int64_t amount)
{
	post(s->ledger, &s->entry, account, amount);
	if (souk_money_add(s->balance, amount, &s->balance))
		return true;
	souk_refuse(s->r, "overflow", "the amounts are too large to be added");
	return false;
}

static bool read_country(struct sale *s)
{
	const struct souk_node *ship_to = NULL;

	s->country = s->ledger->country ? souk_text_of(s->ledger->country) : (struct souk_text){0};
	return souk_may_node(s->r, NULL, "ship_to", SOUK_OBJECT, &ship_to) &&
		(!ship_to || souk_may_text(s->r, ship_to, "country", 1, MAX_COUNTRY, &s->country));
}

/* "liabilities:vat:GB:17.5", the rate in its shortest form; NULL if refused. */
static const char *vat_account(struct sale *s, struct souk_decimal rate)
{
	struct souk_buffer number = {0};

	if (!s->country.at) {
		souk_refuse(s->r, "bad_record", "ship_to is missing, and no --country is given for it");
		return NULL;
	}
	account_of(&s->account, "liabilities:vat:", s->country);
	souk_add_char(&number, ':');
	souk_add_decimal_number(&number, rate);
	s->account.len--;
	souk_add(&s->account, number.at, number.len);
	souk_add_char(&s->account, 0);
	souk_buffer_free(&number);
	return s->account.at;
}

static bool owe_tax(struct sale *s, struct souk_decimal rate, int64_t tax)
{
	const char *account;

	if (!tax)
		return true;
	account = vat_account(s, rate);
	return account && sell(s, account, -tax);
}

static void keep_line(struct sale *s, const struct souk_line *line, size_t position, int64_t paid,
	int64_t tax)
{
	char number[24];
	struct souk_text name = line->id;

	snprintf(number, sizeof(number), "%zu", position + 1);
	if (!name.len)
		name = souk_text_of(number);
	souk_scratch_put(&s->ledger->books, LINE_PUT, "titiit", s->id, (int64_t)position, name, paid, tax,
		tax ? souk_text_of(s->account.at) : SOUK_TEXT(""));
}

/* Sales at list, discounts apart, both without the tax that they contain. */
static bool sell_line(struct sale *s, const struct souk_figures *f, const struct souk_line *line, size_t i)
{
	const struct souk_line_figures *l = &f->lines[i];
	int64_t in_discount = 0, paid, sales, discount;

	if ((f->inclusive && l->discount &&
	    !souk_figures_tax(f, l->discount, l->rate, SOUK_HALF_UP, &in_discount)) ||
	    !souk_money_sub(l->subtotal, l->discount, &paid) ||
	    !souk_money_sub(l->subtotal, f->inclusive ? l->tax + in_discount : 0, &sales) ||
	    !souk_money_sub(l->discount, in_discount, &discount) ||
	    (!f->inclusive && !souk_money_add(paid, l->tax, &paid))) {
		souk_refuse(s->r, "overflow", "the amounts are too large to be added");
		return false;
	}
	if (!sell(s, "income:sales", -sales) || !sell(s, "expenses:discounts", discount) ||
	    !owe_tax(s, l->rate, l->tax))
		return false;
	keep_line(s, line, i, paid, l->tax);
	return true;
}

static bool sell_charge(struct sale *s, const struct souk_figures *f, const struct souk_charge_figures *c)
{
	struct souk_buffer account = {0};
	const char *name = "income:charges";
	int64_t net;
	bool done;

	if (!souk_money_sub(c->amount, f->inclusive ? c->tax : 0, &net))
		return souk_refuse(s->r, "overflow", "the amounts are too large to be added") == SOUK_ANSWER;
	if (souk_text_is(c->member, "ship"))
		name = "income:shipping";
	else if (c->member.len)
		name = account_of(&account, "income:charges:", c->member);
	done = sell(s, name, -net) && owe_tax(s, c->rate, c->tax);
	souk_buffer_free(&account);
	return done;
}

/* A shop that does not price with Souk stores a total and nothing it came from. */
static bool sell_all(struct sale *s, int64_t total)
{
	const bool priced = souk_member(s->r, "price") || souk_member(s->r, "tax");
	struct souk_figures f;
	struct souk_line *lines;
	size_t count;

	if (!sell(s, RECEIVABLE, total))
		return false;
	if (!priced)
		return sell(s, "income:sales", -total);
	if (!read_country(s) || !souk_order_lines(s->r, &lines, &count) ||
	    !souk_figures_read(s->r, NULL, count, &f))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!sell_line(s, &f, &lines[i], i))
			return false;
	for (size_t i = 0; i < f.charge_count; i++)
		if (!sell_charge(s, &f, &f.charges[i]))
			return false;
	if (!s->balance)
		return true;
	souk_refuse(s->r, "mismatch", "order %.*s does not add up: souk-audit tells where", SOUK_ARG(s->id));
	return false;
}

/* Passes on why the stored record was refused. */
static bool refuse_record(struct ledger *l, struct souk_text id)
{
	struct souk_record *o = &l->order;
	static const char before[] = "\"message\":\"";
	const char *at = memmem(o->error.at, o->error.len, before, sizeof(before) - 1);
	struct souk_text message = {at + sizeof(before) - 1, 0};

	message.len = (size_t)(o->error.at + o->error.len - message.at - 1);
	souk_refuse(&l->line, "bad_record", "order %.*s: %.*s", SOUK_ARG(id), SOUK_ARG(message));
	return false;
}

bool read_order(struct ledger *l)
{
	struct souk_record *r = &l->line, *o = &l->order;
	struct sale sale = {.ledger = l, .r = o, .entry = {.kind = ORDER_PLACED}};
	const struct souk_currency *currency;
	const struct souk_node *record;
	struct souk_buffer title = {0};
	struct souk_text state, json;
	int64_t total;
	bool good;

	if (!souk_need_id(r, &sale.id) || !souk_need_text(r, NULL, "state", 1, 64, &state) ||
	    !souk_need_int(r, NULL, "total", INT64_MIN + 1, INT64_MAX, &total) ||
	    !souk_order_currency(r, &currency) ||
	    !souk_need_node(r, NULL, "record", SOUK_OBJECT, &record) ||
	    !need_day(r, NULL, "opened", &sale.entry.day))
		return false;
	if (!souk_text_is(state, "placed"))
		return true;
	json = souk_raw(r, record);
	if (!souk_record_parse(o, json.at, json.len))
		return souk_refuse(r, "bad_record", "order %.*s: %s", SOUK_ARG(sale.id),
			o->fault) == SOUK_ANSWER;
	if (souk_member(o, "time") && !need_day(o, NULL, "time", &sale.entry.day))
		return refuse_record(l, sale.id);
	sale.entry.currency = souk_text_of(currency->code);
	if (!souk_scratch_put(&l->books, ORDER_PUT, "tit", sale.id, sale.entry.day, sale.entry.currency))
		return refuse_twice(r, "order", sale.id);
	souk_add_string(&title, "order ");
	souk_add(&title, sale.id.at, sale.id.len);
	sale.entry.title = (struct souk_text){title.at, title.len};
	good = sell_all(&sale, total) || refuse_record(l, sale.id);
	souk_buffer_free(&title);
	souk_buffer_free(&sale.account);
	return good;
}
