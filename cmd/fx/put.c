/* SPDX-License-Identifier: ISC */
/* souk-fx put: stores the rates of a day. */
#include "fx.h"

static bool read_day(struct souk_record *r, int64_t *day)
{
	struct souk_text text;
	int64_t time;

	if (!souk_need_text(r, NULL, "date", 1, 40, &text))
		return false;
	if (text.len == strlen("2010-12-01") && souk_time_parse(text, &time) && time >= 0) {
		*day = time / DAY;
		return true;
	}
	souk_refuse_value(r, souk_member(r, "date"), "must be a date from 1970 on, such as 2010-12-01");
	return false;
}

static bool is_code(struct souk_text text)
{
	if (text.len != 3)
		return false;
	for (size_t i = 0; i < 3; i++)
		if (text.at[i] < 'A' || text.at[i] > 'Z')
			return false;
	return true;
}

/* A rate is a string, or a number taken by its spelling; of currencies that are no more
 * too. */
static bool read_rate(struct souk_record *r, const struct souk_node *name, struct souk_text *code,
	struct souk_decimal *rate)
{
	const struct souk_node *value = name + 1;
	struct souk_text text;

	if (!souk_decode(r, name, code) || !is_code(*code) || souk_text_is(*code, "EUR")) {
		souk_refuse_value(r, value, "rates have names such as USD, and are of one EUR");
		return false;
	}
	if (value->type == SOUK_NUMBER)
		text = souk_raw(r, value);
	else if (value->type != SOUK_STRING || !souk_decode(r, value, &text))
		text = (struct souk_text){0};
	if (text.len && text.len <= MAX_RATE && souk_decimal_parse(text, rate) && rate->digits > 0)
		return true;
	souk_refuse_value(r, value, "must be a decimal number above 0, such as \"0.87058\"");
	return false;
}

static bool store(struct souk_stage *stage, struct souk_text code, int64_t day, struct souk_decimal rate)
{
	struct souk_buffer text = {0};
	struct souk_query *q = souk_ask(stage->store, RATE_PUT);
	bool stored;

	souk_add_decimal_number(&text, rate);
	souk_bind_text(q, 1, code);
	souk_bind_int(q, 2, day);
	souk_bind_text(q, 3, (struct souk_text){text.at, text.len});
	stored = souk_do(q);
	souk_buffer_free(&text);
	return stored;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	const struct souk_node *rates, *name;
	struct souk_decimal rate;
	struct souk_text code;
	int64_t day;

	if (!read_day(r, &day) || !souk_need_node(r, NULL, "rates", SOUK_OBJECT, &rates))
		return SOUK_REFUSED;
	if (rates->flagged)
		return souk_refuse_value(r, rates, "a member name stands twice in it");
	/* All are looked at before any is stored. */
	for (name = souk_first(r, rates); name; name = souk_next(r, rates, name))
		if (!read_rate(r, name, &code, &rate))
			return SOUK_REFUSED;
	for (name = souk_first(r, rates); name; name = souk_next(r, rates, name))
		if (!read_rate(r, name, &code, &rate) || !store(stage, code, day, rate))
			return SOUK_FAILED;
	return souk_answer_state(r, "stored");
}

static const char *const reads[] = {"date", "rates", NULL};

SOUK_VERB(put) = {
	.function = &fx_function,
	.name = "put",
	.summary = "store what one euro was worth on a day",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.needs_no_id = true,
	.reads = reads,
	.map = map,
};
