/* SPDX-License-Identifier: ISC */
/* souk-stock export: all movements, holds and levels, for souk-audit and for
 * whoever keeps books. */
#include "stock.h"

static bool movement_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	(void)stage;
	souk_add_string(out, "{\"export\":\"stock.movement\"");
	souk_put_text(out, "verb", souk_column_text(row, 0));
	souk_put_text(out, "id", souk_column_text(row, 1));
	souk_put_text(out, "sku", souk_column_text(row, 2));
	location_put(out, souk_column_text(row, 7));
	souk_put_int(out, "qty", souk_column_int(row, 3));
	souk_put_some(out, "reason", souk_column_text(row, 4));
	souk_put_int(out, "on_hand", souk_column_int(row, 5));
	souk_put_time(out, "time", souk_column_int(row, 6));
	souk_add_char(out, '}');
	return true;
}

static void put_some(struct souk_buffer *out, const char *name, int64_t qty)
{
	if (qty)
		souk_put_int(out, name, qty);
}

static bool held_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	struct souk_text lines = souk_column_text(row, 2);
	bool refused = souk_text_is(souk_column_text(row, 1), "refused");
	struct hold_line line;

	(void)stage;
	souk_add_string(out, "{\"export\":\"stock.hold\"");
	souk_put_text(out, "id", souk_column_text(row, 0));
	souk_put_text(out, "state", souk_column_text(row, 1));
	souk_put_open(out, "lines", '[');
	while (!refused && hold_line_next(&lines, &line)) {
		souk_put_open(out, NULL, '{');
		souk_put_text(out, "sku", line.sku);
		souk_put_int(out, "qty", line.qty);
		location_put(out, line.location);
		put_some(out, "backordered", line.backordered);
		put_some(out, "shipped", line.shipped);
		put_some(out, "released", line.released);
		souk_put_close(out, '}');
	}
	souk_add_string(out, "]}");
	return true;
}

static bool level_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	(void)stage;
	souk_add_string(out, "{\"export\":\"stock.level\"");
	souk_put_text(out, "sku", souk_column_text(row, 0));
	souk_put_int(out, "on_hand", souk_column_int(row, 1));
	souk_put_int(out, "taken", souk_column_int(row, 2));
	souk_put_close(out, '}');
	return true;
}

/* What of a level is at another location than main. */
static bool shelf_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	(void)stage;
	souk_add_string(out, "{\"export\":\"stock.shelf\"");
	souk_put_text(out, "sku", souk_column_text(row, 0));
	souk_put_text(out, "location", souk_column_text(row, 1));
	souk_put_int(out, "on_hand", souk_column_int(row, 2));
	souk_put_int(out, "taken", souk_column_int(row, 3));
	souk_put_close(out, '}');
	return true;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	return souk_write_rows(stage, souk_ask(stage->store, MOVEMENT_LIST), movement_line, out) &&
		souk_write_rows(stage, souk_ask(stage->store, HOLD_LIST), held_line, out) &&
		souk_write_rows(stage, souk_ask(stage->store, LEVEL_LIST), level_line, out) &&
		souk_write_rows(stage, souk_ask(stage->store, SHELF_LIST), shelf_line, out);
}

SOUK_VERB(export) = {
	.function = &stock_function,
	.name = "export",
	.summary = "write all movements, holds and levels",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.write = write_all,
};
