/* SPDX-License-Identifier: ISC */
/* souk-tax list: where the shop is, and all rates, as records that put takes back. */
#include "tax.h"

static void put_time(struct souk_buffer *out, const char *name, int64_t seconds)
{
	const int64_t day = 24 * 60 * 60;

	souk_put_time(out, name, seconds);
	/* A midnight is a date, as people write it. */
	if (seconds % day == 0) {
		out->len -= strlen("T00:00:00Z\"");
		souk_add_char(out, '"');
	}
}

static bool list_shop(struct souk_stage *stage, struct souk_writer *out)
{
	struct shop shop;

	if (!shop_get(stage->store, &shop))
		return false;
	if (!shop.origin[0])
		return true;
	souk_put_open(&out->buffer, NULL, '{');
	souk_put_text(&out->buffer, "origin", (struct souk_text){shop.origin, 2});
	souk_put_bool(&out->buffer, "reverse_charge", shop.reverse_charge);
	souk_put_bool(&out->buffer, "export", shop.export);
	souk_put_open(&out->buffer, "registered", '[');
	for (size_t i = 0; i < shop.registered_len; i += 2)
		souk_put_text(&out->buffer, NULL, (struct souk_text){shop.registered + i, 2});
	souk_put_close(&out->buffer, ']');
	souk_put_close(&out->buffer, '}');
	souk_writer_line_end(out);
	return true;
}

/* The rate, or the taxes it consists of. */
static bool put_percent(struct souk_buffer *out, struct souk_text rate, struct souk_text stored)
{
	struct souk_decimal percent;
	struct parts parts;

	if (!stored.len) {
		souk_put_text(out, "rate", rate);
		return true;
	}
	if (!parts_load(stored, &parts, &percent)) {
		souk_warn("the stored parts of the rate %.*s are damaged", SOUK_ARG(rate));
		return false;
	}
	souk_put_open(out, "parts", '[');
	for (size_t i = 0; i < parts.count; i++) {
		souk_put_open(out, NULL, '{');
		part_put(out, &parts.part[i]);
		souk_put_close(out, '}');
	}
	souk_put_close(out, ']');
	return true;
}

static bool rate_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	static const char *const names[] = {"country", "region", "postcode", "class"};
	int64_t from = souk_column_int(row, 4), to = souk_column_int(row, 5);

	(void)stage;
	souk_put_open(out, NULL, '{');
	for (int i = 0; i < 4; i++)
		if (souk_column_text(row, i).len)
			souk_put_text(out, names[i], souk_column_text(row, i));
	if (!put_percent(out, souk_column_text(row, 6), souk_column_text(row, 7)))
		return false;
	if (from != RATE_FROM_EVER)
		put_time(out, "from", from);
	if (to != RATE_FOR_EVER)
		put_time(out, "to", to);
	souk_put_close(out, '}');
	return true;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	return list_shop(stage, out) &&
		souk_write_rows(stage, souk_ask(stage->store, RATE_LIST), rate_line, out) &&
		souk_write_rows(stage, souk_ask(stage->store, EXCEPTION_LIST), rate_line, out);
}

SOUK_VERB(list) = {
	.function = &tax_function,
	.name = "list",
	.summary = "list where the shop is and all rates, as put takes them",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.write = write_all,
};
