/* SPDX-License-Identifier: ISC */
/* souk-order match: finds the orders that a cancellation takes back, and notes it, so
 * that no piece is given back twice. */
#include "cancel.h"

struct match_state {
	struct souk_digest digest;
	struct sold_reader reader;
};

static void open(struct souk_stage *stage)
{
	struct match_state *s = stage->state;

	sold_reader_open(&s->reader);
}

static bool begin(struct souk_stage *stage)
{
	struct match_state *s = stage->state;

	return sold_catch_up(stage, &s->reader);
}

static void put_line(struct souk_buffer *out, enum match match, const struct taken *taken,
	int64_t rest)
{
	souk_put_open(out, NULL, '{');
	souk_put_string(out, "match", match_names[match]);
	souk_put_open(out, "of", '[');
	for (; taken; taken = taken->next) {
		souk_put_open(out, NULL, '{');
		souk_put_text(out, "order_id", taken->order_id);
		if (taken->line_id.len)
			souk_put_text(out, "line", taken->line_id);
		else
			souk_put_int(out, "line", taken->line);
		souk_put_int(out, "qty", taken->qty);
		souk_put_close(out, '}');
	}
	souk_put_close(out, ']');
	souk_put_int(out, "rest", rest);
	souk_put_close(out, '}');
}

/* Matches all lines and writes the answer; `all` becomes the list of what was taken. */
static bool match_lines(struct souk_stage *stage, struct souk_record *r,
	const struct cancellation *c, struct taken **all)
{
	struct taken **end = all;

	*all = NULL;
	souk_put_open(&r->answer, NULL, '{');
	souk_put_open(&r->answer, "lines", '[');
	for (size_t i = 0; i < c->count; i++) {
		enum match match;
		int64_t rest;

		if (!sold_match(stage, r, c, i, &match, end, &rest))
			return false;
		put_line(&r->answer, match, *end, rest);
		while (*end)
			end = &(*end)->next;
	}
	souk_put_close(&r->answer, ']');
	souk_put_close(&r->answer, '}');
	return true;
}

static bool store(struct souk_stage *stage, const struct souk_record *r,
	const struct cancellation *c)
{
	struct souk_query *q = souk_ask(stage->store, CANCEL_PUT);

	souk_bind_text(q, 1, c->id);
	souk_bind_blob(q, 2, c->digest, sizeof(c->digest));
	souk_bind_int(q, 3, c->time);
	souk_bind_text(q, 4, c->currency);
	souk_bind_text(q, 5, c->customer);
	souk_bind_text(q, 6, (struct souk_text){r->answer.at, r->answer.len});
	souk_bind_text(q, 7, (struct souk_text){r->line, r->len});
	return souk_do(q);
}

static enum souk_outcome answer_stored(struct souk_record *r, struct souk_query *q,
	const struct cancellation *c)
{
	struct souk_text digest = {(const char *)c->digest, sizeof(c->digest)};
	bool same = souk_text_equal(souk_column_text(q, 0), digest);

	if (same)
		souk_put_raw(&r->answer, NULL, souk_column_text(q, 1));
	souk_done(q);
	return same ? SOUK_ANSWER
		    : souk_refuse(r, "id_conflict", "another cancellation has this id");
}

static enum souk_outcome map(struct souk_stage *stage, struct souk_record *r)
{
	/* The member's name, its colon, and a comma. */
	static const size_t around = sizeof("\"order\":,");
	struct match_state *s = stage->state;
	struct cancellation c;
	struct taken *taken;
	struct souk_query *q;

	if (!cancel_read(stage, r, &s->digest, &c))
		return SOUK_REFUSED;
	q = souk_ask(stage->store, CANCEL_GET);
	souk_bind_text(q, 1, c.id);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_ROW:
		return answer_stored(r, q, &c);
	case SOUK_STEP_DONE:
		break;
	}
	if (!match_lines(stage, r, &c, &taken))
		return SOUK_FAILED;
	if (r->len + r->answer.len + around > (size_t)stage->max_record)
		return sold_put_back(stage, &c, taken)
			? souk_refuse(r, "too_long", "the record with its answer would be too long")
			: SOUK_FAILED;
	return store(stage, r, &c) ? SOUK_ANSWER : SOUK_FAILED;
}

static void close(struct souk_stage *stage)
{
	struct match_state *s = stage->state;

	souk_buffer_free(&s->digest.values);
	sold_reader_close(&s->reader);
}

SOUK_VERB(match) = {
	.function = &order_function,
	.name = "match",
	.summary = "find the orders that a cancellation takes back",
	.kind = SOUK_FILTER,
	.effects = SOUK_OWN_STATE,
	.whole = true,
	.reads = cancel_members,
	.state_size = sizeof(struct match_state),
	.open = open,
	.begin = begin,
	.map = map,
	.close = close,
};
