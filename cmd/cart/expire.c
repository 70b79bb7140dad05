/* SPDX-License-Identifier: ISC */
/* souk-cart expire: carts that nobody has changed for long go, and what is remembered of
 * changes that nobody sends again. */
#include "cart.h"

struct expire {
	int64_t after, events;
	int64_t until;                   /* carts that were not changed since */
	struct souk_buffer last;         /* the id of the last cart that was looked at */
};

/* Events need only outlive what sends them again. */
enum { DEFAULT_AFTER = 30 * 86400, DEFAULT_EVENTS = 86400 };

static int64_t ago(const struct souk_stage *stage, int64_t span)
{
	int64_t then;

	return __builtin_sub_overflow(souk_now(stage), span, &then) ? SOUK_TIME_FIRST : then;
}

static struct souk_text last_of(const struct expire *s)
{
	return (struct souk_text){s->last.at ? s->last.at : "", s->last.len};
}

static void put_cart(struct souk_query *row, struct souk_buffer *out)
{
	souk_put_open(out, NULL, '{');
	souk_put_text(out, "cart_id", souk_column_text(row, 0));
	souk_put_raw(out, "cart", souk_column_text(row, 1));
	souk_add_string(out, "}\n");
}

/* Those of one batch, in its transaction. */
static bool drop(struct souk_stage *stage, struct souk_writer *out, bool *more)
{
	struct souk_query *q = souk_ask(stage->store, CART_OLD);
	struct souk_text from = last_of(stage->state), to;
	struct expire *s = stage->state;
	struct souk_buffer last = {0};
	enum souk_step step = SOUK_STEP_DONE;
	bool done;

	souk_bind_text(q, 1, from);
	souk_bind_int(q, 2, s->until);
	for (int rows = 0; rows < SOUK_BATCH_RECORDS && out->buffer.len < SOUK_BATCH_BYTES; rows++) {
		step = souk_step(q);
		if (step != SOUK_STEP_ROW)
			break;
		put_cart(q, &out->buffer);
		out->lines++;
		to = souk_column_text(q, 0);
		last.len = 0;
		souk_add(&last, to.at, to.len);
	}
	*more = step == SOUK_STEP_ROW;
	if (*more)
		souk_done(q);
	q = souk_ask(stage->store, CART_DROP);
	souk_bind_text(q, 1, from);
	souk_bind_text(q, 2, (struct souk_text){last.at ? last.at : "", last.len});
	souk_bind_int(q, 3, s->until);
	done = step != SOUK_STEP_FAILED && souk_do(q) && souk_store_commit(stage->store);
	if (done) {
		s->last.len = 0;
		souk_add(&s->last, last.at, last.len);
	}
	souk_buffer_free(&last);
	return done;
}

/* Repeated as the filter loop does; `out` is empty. */
static bool batch(struct souk_stage *stage, struct souk_writer *out, bool *more)
{
	const uint64_t told = out->lines;

	for (int attempt = 1; attempt <= SOUK_BATCH_ATTEMPTS; attempt++) {
		if (souk_store_begin(stage->store, true) && drop(stage, out, more))
			return true;
		souk_store_rollback(stage->store);
		out->lines = told;
		out->buffer.len = 0;
		if (!souk_store_retryable(stage->store))
			return false;
	}
	souk_warn("another program made each of %d attempts void: carts that are not written are as they "
		  "were, and expire can be run again", SOUK_BATCH_ATTEMPTS);
	return false;
}

static bool range(struct souk_stage *stage, int64_t *first, int64_t *last)
{
	struct souk_query *q;
	bool done;

	if (!souk_store_begin(stage->store, false))
		return false;
	q = souk_ask(stage->store, EVENT_RANGE);
	done = souk_step(q) == SOUK_STEP_ROW;
	if (done) {
		*first = souk_column_int(q, 0);
		*last = souk_column_int(q, 1);
		souk_done(q);
	}
	return souk_store_commit(stage->store) && done;
}

/* In steps, so that who changes a cart need not wait for all of it. */
static bool forget_events(struct souk_stage *stage)
{
	const struct expire *s = stage->state;
	int64_t until = ago(stage, s->events ? s->events : DEFAULT_EVENTS), first, last;
	bool done = range(stage, &first, &last);

	for (; done && first <= last; first += SOUK_BATCH_RECORDS) {
		struct souk_query *q;

		if (!souk_store_begin(stage->store, true))
			return false;
		q = souk_ask(stage->store, EVENT_FORGET);
		souk_bind_int(q, 1, first);
		souk_bind_int(q, 2, first + SOUK_BATCH_RECORDS - 1);
		souk_bind_int(q, 3, until);
		done = souk_do(q) && souk_store_commit(stage->store);
		if (!done)
			souk_store_rollback(stage->store);
	}
	return done;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct expire *s = stage->state;
	struct souk_writer out = {.fd = 1};
	bool more = true, done = true;

	(void)operand_count, (void)operands;
	s->until = ago(stage, s->after ? s->after : DEFAULT_AFTER);
	while (done && more) {
		/* What is not committed is not told. */
		done = batch(stage, &out, &more);
		souk_writer_flush(&out);
	}
	done = done && forget_events(stage);
	souk_buffer_free(&out.buffer);
	souk_buffer_free(&s->last);
	return done ? SOUK_EXIT_OK : SOUK_EXIT_SYSTEM;
}

static const struct souk_option options[] = {
	{0, "after", "SPAN", SOUK_OPTION_SPAN, offsetof(struct expire, after),
		"how long a cart stays as it is before it goes (default 30d)", 0, 0, NULL, false},
	{0, "events", "SPAN", SOUK_OPTION_SPAN, offsetof(struct expire, events),
		"how long changes are told from those that come again (default 1d)", 0, 0, NULL, false},
	{0},
};

SOUK_VERB(expire) = {
	.function = &cart_function,
	.name = "expire",
	.summary = "let go of carts that nobody has changed for long, and write them",
	.kind = SOUK_SOURCE,
	.effects = SOUK_OWN_STATE,
	.options = options,
	.state_size = sizeof(struct expire),
	.run = run,
};
