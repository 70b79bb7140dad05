/* SPDX-License-Identifier: ISC */
/* souk-recommend learn: counts which skus a placed order has, and which pairs of
 * them. Each order counts once. */
#include "recommend.h"

struct learn {
	int64_t max_skus;
	struct souk_digest digest;
	struct counts counts;
};

static void open(struct souk_stage *stage)
{
	struct learn *s = stage->state;

	if (!s->max_skus)
		s->max_skus = 100;
}

static bool begin(struct souk_stage *stage)
{
	struct learn *s = stage->state;

	counts_begin(&s->counts, stage);
	return true;
}

static enum souk_outcome answer(struct souk_record *r, int64_t skus, int64_t left_out)
{
	souk_put_open(&r->answer, NULL, '{');
	souk_put_string(&r->answer, "state", "learned");
	souk_put_int(&r->answer, "skus", skus);
	if (left_out)
		souk_put_int(&r->answer, "left_out", left_out);
	souk_put_close(&r->answer, '}');
	return SOUK_ANSWER;
}

/* The same order again: the stored answer, and nothing is counted. */
static enum souk_outcome again(struct souk_stage *stage, struct souk_record *r, struct souk_text id,
	const unsigned char *digest)
{
	struct souk_query *q = souk_ask(stage->store, LEARNED_GET);
	enum souk_outcome outcome;

	souk_bind_text(q, 1, id);
	if (souk_step(q) != SOUK_STEP_ROW)
		return SOUK_FAILED;
	if (souk_digest_is(souk_column_text(q, 0), digest))
		outcome = answer(r, souk_column_int(q, 1), souk_column_int(q, 2));
	else
		outcome = souk_refuse(r, "id_conflict", "this id was learned with other lines");
	souk_done(q);
	return outcome;
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	struct learn *s = stage->state;
	unsigned char digest[SOUK_DIGEST_BYTES];
	const struct souk_node *order = NULL;
	struct souk_text id, state = {0}, *skus;
	size_t line_count, count, counted;
	struct souk_line *lines;
	struct souk_query *q;

	if (!souk_need_id(r, &id) || !souk_may_node(r, NULL, "order", SOUK_OBJECT, &order) ||
	    (order && !souk_may_text(r, order, "state", 1, 32, &state)))
		return SOUK_REFUSED;
	if (!souk_text_is(state, "placed"))
		return SOUK_PASS;
	if (!souk_order_lines(r, &lines, &line_count) || !skus_read(r, lines, line_count, &skus, &count))
		return SOUK_REFUSED;
	/* Quantities are not counted, but an order that has others is another one. */
	souk_digest_begin(&s->digest);
	for (size_t i = 0; i < line_count; i++) {
		souk_digest_text(&s->digest, lines[i].sku);
		souk_digest_int(&s->digest, lines[i].qty);
	}
	souk_digest_end(&s->digest, digest);
	counted = count < (size_t)s->max_skus ? count : (size_t)s->max_skus;
	q = souk_ask(stage->store, LEARNED_PUT);
	souk_bind_text(q, 1, id);
	souk_bind_blob(q, 2, digest, sizeof(digest));
	souk_bind_int(q, 3, (int64_t)counted);
	souk_bind_int(q, 4, (int64_t)(count - counted));
	if (!souk_do(q))
		return SOUK_FAILED;
	if (!souk_store_changes(stage->store))
		return again(stage, r, id, digest);
	if (!counts_add(&s->counts, stage->store, skus, counted,
	    souk_record_alloc(r, counted * sizeof(int64_t))))
		return SOUK_FAILED;
	return answer(r, (int64_t)counted, (int64_t)(count - counted));
}

static bool end(struct souk_stage *stage)
{
	struct learn *s = stage->state;

	return counts_write(&s->counts, stage->store);
}

static void close(struct souk_stage *stage)
{
	struct learn *s = stage->state;

	counts_free(&s->counts);
	souk_buffer_free(&s->digest.values);
}

static const struct souk_option options[] = {
	{.name = "max-skus", .value = "N", .kind = SOUK_OPTION_NUMBER, .min = 2, .max = 1000,
		.offset = offsetof(struct learn, max_skus),
		.help = "of an order count only the first N skus (default 100)"},
	{0},
};

static const char *const reads[] = {"id", "lines", "order.state", "catalog?", NULL};

SOUK_VERB(learn) = {
	.function = &recommend_function,
	.name = "learn",
	.summary = "count what placed orders have together",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.reads = reads,
	.options = options,
	.state_size = sizeof(struct learn),
	.open = open,
	.begin = begin,
	.map = map,
	.end = end,
	.close = close,
};
