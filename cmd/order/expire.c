/* SPDX-License-Identifier: ISC */
/* souk-order expire: rejects orders that stayed undecided for too long, and writes
 * them for the stages that settle. */
#include "order.h"

struct expire {
	int64_t after;
};

static bool reject(struct souk_stage *stage, struct souk_query *orders, const struct order_row *row,
	struct souk_text error)
{
	struct souk_query *q = souk_ask(stage->store, ORDER_REJECT);
	struct souk_text digest = souk_column_text(orders, DIGEST_COLUMN);

	souk_bind_text(q, 1, row->id);
	souk_bind_blob(q, 2, digest.at, digest.len);
	souk_bind_int(q, 3, souk_now(stage));
	souk_bind_text(q, 4, error);
	return souk_do(q);
}

/* Appends the stored record with the error and the decision, as place would. */
static bool add_rejected(struct souk_stage *stage, struct souk_record *r, struct souk_buffer *line,
	int64_t seq, struct souk_text error, struct souk_buffer *out)
{
	static const char end[SOUK_RECORD_PAD] = "\n";
	size_t len;

	line->len = 0;
	if (!order_add_record(stage, seq, line))
		return false;
	len = line->len;
	souk_add(line, end, sizeof(end));
	if (!souk_record_parse(r, line->at, len)) {
		souk_warn("the record of order number %lld is damaged: %s", (long long)seq, r->fault);
		return false;
	}
	/* Nothing waits any more. */
	r->drop_wait = true;
	souk_record_write(r, order_answer_rejected(r, error), out);
	return true;
}

/* One batch, in one transaction: finds, rejects, collects the lines. */
static bool batch(struct souk_stage *stage, struct order_filter *filter, struct souk_record *r,
	struct souk_buffer *line, struct souk_buffer *out, bool *more)
{
	struct expire *s = stage->state;
	struct souk_buffer error = {0};
	struct souk_query *q = order_select(stage, filter);
	enum souk_step step = SOUK_STEP_DONE;
	struct order_row row;
	bool done = true;

	souk_add_format(&error, "{\"by\":\"order\",\"code\":\"expired\",\"message\":\"undecided for %lld s or more\"}",
		(long long)s->after);
	for (size_t rows = 0; done && rows < SOUK_BATCH_RECORDS && out->len < SOUK_BATCH_BYTES; rows++) {
		struct souk_text text = {error.at, error.len};

		step = souk_step(q);
		if (step != SOUK_STEP_ROW)
			break;
		row = order_row_read(q);
		filter->after = row.seq;
		done = add_rejected(stage, r, line, row.seq, text, out) && reject(stage, q, &row, text);
	}
	*more = step == SOUK_STEP_ROW;
	if (*more)
		souk_done(q);
	souk_buffer_free(&error);
	return done && step != SOUK_STEP_FAILED;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct expire *s = stage->state;
	struct souk_writer out = {.fd = 1};
	struct souk_record record = {0};
	struct souk_buffer line = {0};
	struct order_filter filter;
	bool more = true, done;

	(void)operand_count, (void)operands;
	souk_widen_pipe(out.fd);
	souk_record_init(&record, order_function.name, &(struct souk_interest){.writes = order_function.name});
	done = souk_store_begin(stage->store, true) && order_filter_begin(stage, &filter);
	if (done) {
		filter.not_closed = true;
		filter.state = ORDER_OPEN;
		filter.until = souk_now(stage) - s->after + 1;
	}
	while (done && more) {
		done = batch(stage, &filter, &record, &line, &out.buffer, &more) && souk_store_commit(stage->store);
		if (!done)
			break;
		souk_writer_flush(&out);
		done = !more || souk_store_begin(stage->store, true);
	}
	souk_record_free(&record);
	souk_buffer_free(&line);
	souk_buffer_free(&out.buffer);
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

static const struct souk_option options[] = {
	{0, "after", "SPAN", SOUK_OPTION_SPAN, offsetof(struct expire, after),
		"how long an order may stay undecided: 30s, 15m, 2h, 7d", 0, 0, NULL, true},
	{0},
};

SOUK_VERB(expire) = {
	.function = &order_function,
	.name = "expire",
	.summary = "reject orders that stayed undecided for too long",
	.kind = SOUK_SOURCE,
	.effects = SOUK_OWN_STATE,
	.options = options,
	.state_size = sizeof(struct expire),
	.run = run,
};
