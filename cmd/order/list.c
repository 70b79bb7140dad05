/* SPDX-License-Identifier: ISC */
/* souk-order list: orders, oldest first: a short record of each, or the record as
 * it came in. `souk-order list --open | pipelines/book` is the recovery. */
#include "order.h"

struct list {
	bool open, records;
	int state;               /* among the choices */
	const char *customer;
	int64_t since, until;
};

/* The first choice is what holds if none is made. */
static const char *const choices[] = {"any", "open", "placed", "rejected", NULL};

/* One page: a transaction of its own, over before the page is written, so that a
 * slow reader holds up neither writers nor the cleaning of the log. */
static bool page(struct souk_stage *stage, struct order_filter *filter, struct souk_writer *w,
	bool *more)
{
	const struct list *s = stage->state;
	struct souk_buffer *out = &w->buffer;
	struct souk_query *q = order_select(stage, filter);
	enum souk_step step = SOUK_STEP_DONE;
	struct order_row row;

	for (size_t rows = 0; rows < SOUK_BATCH_RECORDS && out->len < SOUK_BATCH_BYTES; rows++) {
		step = souk_step(q);
		if (step != SOUK_STEP_ROW)
			break;
		row = order_row_read(q);
		filter->after = row.seq;
		if (s->records || s->open) {
			if (!order_add_record(stage, row.seq, out))
				return false;
		} else {
			souk_add_char(out, '{');
			souk_put_text(out, "id", row.id);
			souk_put_open(out, "order", '{');
			order_put_row(out, &row);
			souk_add_string(out, "}}");
		}
		souk_add_char(out, '\n');
		w->lines++;
	}
	*more = step == SOUK_STEP_ROW;
	if (*more)
		souk_done(q);
	return step != SOUK_STEP_FAILED;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	const struct list *s = stage->state;
	struct souk_writer out = {.fd = 1};
	struct order_filter filter;
	bool more, done;

	(void)operand_count, (void)operands;
	souk_widen_pipe(out.fd);
	done = souk_store_begin(stage->store, false) && order_filter_begin(stage, &filter);
	if (done) {
		filter.not_closed = s->open;
		filter.state = s->state - 1;
		filter.customer = s->customer;
		filter.since = s->since ? s->since : filter.since;
		filter.until = s->until ? s->until : filter.until;
	}
	for (more = true; done && more; ) {
		done = page(stage, &filter, &out, &more) && souk_store_commit(stage->store);
		if (!done)
			break;
		souk_writer_flush(&out);
		done = !more || souk_store_begin(stage->store, false);
	}
	souk_buffer_free(&out.buffer);
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

static const struct souk_option options[] = {
	{0, "open", NULL, SOUK_OPTION_FLAG, offsetof(struct list, open),
		"the records of orders that are not closed, for recovery", 0, 0, NULL, false},
	{0, "state", "STATE", SOUK_OPTION_CHOICE, offsetof(struct list, state),
		"orders in this state", 0, 0, choices, false},
	{0, "customer", "ID", SOUK_OPTION_TEXT, offsetof(struct list, customer),
		"orders of this customer", 0, 0, NULL, false},
	{0, "since", "TIME", SOUK_OPTION_TIME, offsetof(struct list, since),
		"orders opened at TIME or later", 0, 0, NULL, false},
	{0, "until", "TIME", SOUK_OPTION_TIME, offsetof(struct list, until),
		"orders opened before TIME", 0, 0, NULL, false},
	{0, "records", NULL, SOUK_OPTION_FLAG, offsetof(struct list, records),
		"write the records as they came in", 0, 0, NULL, false},
	{0},
};

SOUK_VERB(list_verb) = {
	.function = &order_function,
	.name = "list",
	.summary = "list orders, oldest first",
	.kind = SOUK_SOURCE,
	.reads_state = true,
	.options = options,
	.state_size = sizeof(struct list),
	.run = run,
};
