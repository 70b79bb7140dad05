/* SPDX-License-Identifier: ISC */
/* souk-promo list: all promotions as they were put; of limited ones how often they are used. */
#include "promo.h"

static bool put_promotion(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	struct souk_text body = souk_column_text(row, 1);

	(void)stage;
	souk_add(out, body.at, body.len);
	if (souk_column_int(row, 2)) {
		/* What put makes of the list does not hold it. */
		out->len--;
		souk_put_open(out, "promo", '{');
		souk_put_int(out, "used", souk_column_int(row, 3));
		souk_add_string(out, "}}");
	}
	return true;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	return souk_write_rows(stage, souk_ask(stage->store, PROMOTION_LIST), put_promotion, out);
}

SOUK_VERB(list) = {
	.function = &promo_function,
	.name = "list",
	.summary = "list all promotions, as put takes them",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.write = write_all,
};
