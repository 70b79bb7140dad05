/* SPDX-License-Identifier: ISC */
/* souk-price: finds the unit price of each line of an order and multiplies it out. */
#include "choice.h"

/* So many of the lines without a price are named in the error. */
enum { NAMED = 20 };

struct apply {
	struct choice choice;
	int rounding; /* enum souk_rounding */
	bool agreed;
};

static void open(struct souk_stage *stage)
{
	struct choice *choice = &((struct apply *)stage->state)->choice;

	if (!choice->list)
		choice->list = "";
	else if (!*choice->list || strlen(choice->list) > MAX_LIST)
		souk_die_usage("--list %.200s: must be 1 to %d bytes long", choice->list, MAX_LIST);
}

static bool begin(struct souk_stage *stage)
{
	struct apply *s = stage->state;

	choice_begin(&s->choice, stage);
	return true;
}

/* Names a line without price in the error; the first one begins it. */
static void lacks(struct souk_record *r, const struct asked *asked, const struct souk_line *line,
	size_t named)
{
	if (!named) {
		struct souk_buffer time = {0};

		souk_add_time(&time, asked->time);
		souk_refuse(r, "no_price", "%.*s has no price in %s for %lld pieces at %.*s",
			SOUK_ARG(line->sku), asked->currency->code, (long long)line->qty,
			(int)time.len, time.at);
		souk_buffer_free(&time);
		souk_put_open(&r->error, "lines", '[');
	}
	if (named >= NAMED)
		return;
	souk_put_open(&r->error, NULL, '{');
	souk_put_text(&r->error, "sku", line->sku);
	souk_put_int(&r->error, "qty", line->qty);
	souk_put_close(&r->error, '}');
}

static void put_line(struct souk_buffer *out, struct souk_decimal unit, int64_t subtotal)
{
	souk_put_open(out, NULL, '{');
	if (unit.scale == 0) {
		souk_put_int(out, "unit_price", unit.digits);
	} else {
		souk_put_name(out, "unit_price_decimal");
		souk_add_char(out, '"');
		souk_add_decimal_number(out, unit);
		souk_add_char(out, '"');
	}
	souk_put_int(out, "subtotal", subtotal);
	souk_put_close(out, '}');
}

/* The unit price of a line; SOUK_PASS if there is none. Only an import may bring
 * its own: without --agreed that member counts for nothing. */
static enum souk_outcome unit_price(struct souk_stage *stage, struct souk_record *r,
	struct asked *asked, const struct souk_line *line, struct souk_decimal *unit)
{
	struct apply *s = stage->state;
	const struct souk_node *agreed = NULL;

	if (s->agreed && !souk_may_node(r, line->node, "agreed", SOUK_OBJECT, &agreed))
		return SOUK_REFUSED;
	if (!agreed)
		return choice_find(&s->choice, stage->store, asked, line, unit);
	return need_unit_price(r, agreed, "unit_price", "unit_price_decimal", unit) ? SOUK_ANSWER
										    : SOUK_REFUSED;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct apply *s = stage->state;
	int64_t subtotal, sum = 0;
	struct souk_line *lines;
	struct souk_decimal unit;
	struct asked asked;
	size_t count, missing = 0;
	enum souk_rounding rounding = (enum souk_rounding)s->rounding;

	if (!choice_ask(stage, r, &asked) || !souk_order_lines(r, &lines, &count))
		return SOUK_REFUSED;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_open(&r->answer, "lines", '[');
	for (size_t i = 0; i < count; i++) {
		enum souk_outcome found = unit_price(stage, r, &asked, &lines[i], &unit);

		if (found == SOUK_FAILED || found == SOUK_REFUSED)
			return found;
		if (found == SOUK_PASS)
			lacks(r, &asked, &lines[i], missing++);
		if (missing)
			continue;
		if (!souk_money_line(unit, lines[i].qty, rounding, &subtotal) ||
		    !souk_money_add(sum, subtotal, &sum))
			return souk_refuse(r, "overflow",
				"with lines[%zu] the order costs more than can be counted", i);
		put_line(&r->answer, unit, subtotal);
	}
	if (missing) {
		souk_put_close(&r->error, ']');
		return SOUK_REFUSED;
	}
	souk_put_close(&r->answer, ']');
	souk_put_int(&r->answer, "subtotal", sum);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

static void close(struct souk_stage *stage)
{
	struct apply *s = stage->state;

	choice_free(&s->choice);
}

static const struct souk_option options[] = {
	{'l', "list", "NAME", SOUK_OPTION_TEXT, offsetof(struct apply, choice.list),
		"prefer the prices of the price list NAME", 0, 0, NULL, false},
	{0, "rounding", "MODE", SOUK_OPTION_CHOICE, offsetof(struct apply, rounding),
		"how half a minor unit is rounded, half-up by default",
		0, 0, souk_rounding_names, false},
	{0, "agreed", NULL, SOUK_OPTION_FLAG, offsetof(struct apply, agreed),
		"take the price agreed elsewhere where a line has one", 0, 0, NULL, false},
	{0},
};

static const char *const reads[] = {"currency", "lines", "time?", "customer.group?", NULL};

SOUK_VERB(apply) = {
	.function = &price_function,
	.summary = "price the lines of an order",
	.kind = SOUK_FILTER,
	.reads_state = true,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct apply),
	.open = open,
	.begin = begin,
	.map = map,
	.close = close,
};
