/* SPDX-License-Identifier: ISC */
/* souk-ship export: all fulfilments and shipments, for whoever keeps books. */
#include "event.h"

static bool fulfilment_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	souk_add_string(out, "{\"export\":\"ship.fulfilment\"");
	souk_put_text(out, "order_id", souk_column_text(row, 0));
	souk_put_int(out, "fulfilment", souk_column_int(row, 1));
	souk_put_text(out, "id", souk_column_text(row, 2));
	souk_put_text(out, "state", souk_column_text(row, 3));
	souk_put_some(out, "location", souk_column_text(row, 4));
	souk_put_time(out, "time", souk_column_int(row, 5));
	if (!parcel_put(stage, souk_column_text(row, 0), FULFILMENT, souk_column_int(row, 1), out))
		return false;
	souk_put_close(out, '}');
	return true;
}

static bool shipment_line(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	souk_add_string(out, "{\"export\":\"ship.shipment\"");
	souk_put_text(out, "order_id", souk_column_text(row, 0));
	souk_put_int(out, "shipment", souk_column_int(row, 1));
	souk_put_text(out, "id", souk_column_text(row, 2));
	souk_put_text(out, "state", souk_column_text(row, 11));
	if (souk_column_int(row, 3))
		souk_put_int(out, "fulfilment", souk_column_int(row, 3));
	souk_put_some(out, "location", souk_column_text(row, 4));
	souk_put_some(out, "carrier", souk_column_text(row, 5));
	souk_put_some(out, "tracking", souk_column_text(row, 6));
	souk_put_text(out, "currency", souk_column_text(row, 7));
	souk_put_int(out, "amount", souk_column_int(row, 8));
	souk_put_time(out, "time", souk_column_int(row, 9));
	if (!souk_column_null(row, 10))
		souk_put_time(out, "delivered", souk_column_int(row, 10));
	if (!parcel_put(stage, souk_column_text(row, 0), SHIPMENT, souk_column_int(row, 1), out))
		return false;
	souk_put_close(out, '}');
	return true;
}

static bool write_all(struct souk_stage *stage, struct souk_writer *out)
{
	return souk_write_rows(stage, souk_ask(stage->store, FULFILMENT_LIST), fulfilment_line, out) &&
		souk_write_rows(stage, souk_ask(stage->store, SHIPMENT_LIST), shipment_line, out);
}

SOUK_VERB(export) = {
	.function = &ship_function,
	.name = "export",
	.summary = "write all fulfilments and shipments",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.write = write_all,
};
