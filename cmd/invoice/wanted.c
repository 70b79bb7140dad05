/* SPDX-License-Identifier: ISC */
/* The lines that an event names, or that souk-ship or souk-return found for it. */
#include "invoice.h"

/* A line that stands twice is wanted once, for both. Beyond any order its pieces do not count. */
static bool add_to_earlier(struct wanted *wanted, size_t count, const struct wanted *w)
{
	for (size_t i = 0; i < count; i++)
		if (souk_text_equal(wanted[i].id, w->id)) {
			if (wanted[i].qty <= SOUK_MAX_QTY)
				wanted[i].qty += w->qty;
			return true;
		}
	return false;
}

bool wanted_read(struct souk_record *r, const struct souk_node *array, bool returned,
	struct wanted **wanted, size_t *count)
{
	struct wanted *w;

	*count = 0;
	*wanted = w = souk_record_alloc(r, (souk_count(r, array) + 1) * sizeof(*w));
	for (const struct souk_node *n = souk_first(r, array); n; n = souk_next(r, array, n)) {
		w->amount = -1;
		if (!souk_need_object(r, n) ||
		    !souk_need_text(r, n, "id", 1, SOUK_MAX_ID, &w->id) ||
		    !souk_need_int(r, n, "qty", !returned, SOUK_MAX_QTY, &w->qty) ||
		    (returned && !souk_may_int(r, n, "amount", 0, INT64_MAX, &w->amount)))
			return false;
		if (w->qty && !add_to_earlier(*wanted, *count, w)) {
			w++;
			(*count)++;
		}
	}
	if (!returned && !*count)
		souk_refuse_value(r, array, "must hold at least one line");
	return returned || *count;
}
