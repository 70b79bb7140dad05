/* SPDX-License-Identifier: ISC */
/* souk-promo export: what orders hold of limited promotions, and how often each is used. */
#include "promo.h"

static bool put_hold(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	struct souk_text uses = souk_column_text(row, 2), promotion, who;

	(void)stage;
	souk_add_string(out, "{\"export\":\"promo.hold\"");
	souk_put_text(out, "id", souk_column_text(row, 0));
	souk_put_text(out, "state", souk_column_text(row, 1));
	souk_put_open(out, "uses", '[');
	while (use_next(&uses, &promotion, &who)) {
		souk_put_open(out, NULL, '{');
		use_put(out, promotion, who);
		souk_put_close(out, '}');
	}
	souk_add_string(out, "]}");
	return true;
}

static bool put_use(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	(void)stage;
	souk_add_string(out, "{\"export\":\"promo.use\"");
	use_put(out, souk_column_text(row, 0), souk_column_text(row, 1));
	souk_put_int(out, "taken", souk_column_int(row, 2));
	if (souk_column_int(row, 3))
		souk_put_int(out, "limit", souk_column_int(row, 3));
	souk_put_close(out, '}');
	return true;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	return souk_write_rows(stage, souk_ask(stage->store, HOLD_LIST), put_hold, out) &&
		souk_write_rows(stage, souk_ask(stage->store, USE_LIST), put_use, out);
}

SOUK_VERB(export) = {
	.function = &promo_function,
	.name = "export",
	.summary = "write all holds on limited promotions, and how often each is used",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.write = write_all,
};
