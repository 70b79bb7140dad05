/* SPDX-License-Identifier: ISC */
/* souk-order expire: rejects orders that stayed undecided for too long, and writes
 * them for the stages that settle. */
#include "order.h"

struct expire {
	int64_t after;
	struct souk_buffer error;
	struct souk_record record;  /* the stored one, at work */
	struct souk_buffer line;
};

static struct souk_text error_of(const struct expire *s)
{
	return (struct souk_text){s->error.at, s->error.len};
}

static bool reject(struct souk_stage *stage, struct souk_query *orders, const struct order_row *row)
{
	struct souk_query *q = souk_ask(stage->store, ORDER_REJECT);
	struct souk_text digest = souk_column_text(orders, DIGEST_COLUMN);

	souk_bind_text(q, 1, row->id);
	souk_bind_blob(q, 2, digest.at, digest.len);
	souk_bind_int(q, 3, souk_now(stage));
	souk_bind_text(q, 4, error_of(stage->state));
	return souk_do(q);
}

/* Appends the stored record with the error and the decision, as place would. */
static bool add_rejected(struct souk_stage *stage, int64_t seq, struct souk_buffer *out)
{
	struct expire *s = stage->state;

	s->line.len = 0;
	if (!order_add_record(stage, seq, &s->line))
		return false;
	if (!souk_record_parse_buffer(&s->record, &s->line)) {
		souk_warn("the record of order number %lld is damaged: %s", (long long)seq,
			s->record.fault);
		return false;
	}
	/* Nothing waits any more. */
	s->record.drop_wait = true;
	souk_record_write(&s->record, order_answer_rejected(&s->record, error_of(s)), out);
	return true;
}

/* Finds, rejects, collects the lines of one batch, inside its transaction. */
static bool collect(struct souk_stage *stage, struct order_filter *filter, struct souk_writer *out,
	bool *more)
{
	struct souk_query *q = order_select(stage, filter);
	enum souk_step step = SOUK_STEP_DONE;
	struct order_row row;

	for (int rows = 0; rows < SOUK_BATCH_RECORDS && out->buffer.len < SOUK_BATCH_BYTES;
	     rows++) {
		step = souk_step(q);
		if (step != SOUK_STEP_ROW)
			break;
		row = order_row_read(q);
		filter->after = row.seq;
		if (!add_rejected(stage, row.seq, &out->buffer) || !reject(stage, q, &row))
			return false;
		out->lines++;
	}
	*more = step == SOUK_STEP_ROW;
	if (*more)
		souk_done(q);
	return step != SOUK_STEP_FAILED;
}

/* One batch in one transaction, repeated as the filter loop does. `out` is empty. */
static bool batch(struct souk_stage *stage, struct order_filter *filter, struct souk_writer *out,
	bool *more)
{
	const struct order_filter from = *filter;
	const uint64_t told = out->lines;

	for (int attempt = 1; attempt <= SOUK_BATCH_ATTEMPTS; attempt++) {
		if (souk_store_begin(stage->store, true) && collect(stage, filter, out, more) &&
		    souk_store_commit(stage->store))
			return true;
		souk_store_rollback(stage->store);
		*filter = from;
		out->lines = told;
		out->buffer.len = 0;
		if (!souk_store_retryable(stage->store))
			return false;
	}
	souk_warn("another program made each of %d attempts void: orders that are not written are as "
		  "they were, and expire can be run again", SOUK_BATCH_ATTEMPTS);
	return false;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct expire *s = stage->state;
	struct souk_writer out = {.fd = 1};
	struct order_filter filter;
	bool more = true, done;

	(void)operand_count, (void)operands;
	souk_widen_pipe(out.fd);
	souk_add_format(&s->error, "{\"by\":\"order\",\"code\":\"expired\","
		"\"message\":\"undecided for %lld s or more\"}", (long long)s->after);
	souk_record_init(&s->record, order_function.name,
		&(struct souk_interest){.writes = order_function.name});
	done = souk_store_begin(stage->store, false) && order_filter_begin(stage, &filter) &&
		souk_store_commit(stage->store);
	filter.not_closed = true;
	filter.state = ORDER_OPEN;
	if (__builtin_sub_overflow(souk_now(stage) + 1, s->after, &filter.until))
		filter.until = SOUK_TIME_FIRST;
	while (done && more) {
		/* What is not committed is not told. */
		done = batch(stage, &filter, &out, &more);
		souk_writer_flush(&out);
	}
	souk_record_free(&s->record);
	souk_buffer_free(&s->error);
	souk_buffer_free(&s->line);
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
