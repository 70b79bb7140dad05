/* SPDX-License-Identifier: ISC */
/* A step of a return: read, told from those taken before, stored. */
#include "return.h"

enum { MAX_REASON = 500 };

const char *const step_members[] = {"id", "return_id?", "order_id?", "lines?", "time?", "actor?",
	"reason?", NULL};

static bool read_asked(struct souk_record *r, const struct souk_node *node, struct asked *a,
	struct souk_digest *d)
{
	*a = (struct asked){.qty = -1, .reason = SOUK_TEXT(""), .node = node};
	if (!souk_need_object(r, node) ||
	    !souk_need_text(r, node, "id", 1, SOUK_MAX_ID, &a->name) ||
	    !souk_may_int(r, node, "qty", 0, SOUK_MAX_QTY, &a->qty) ||
	    !souk_may_int(r, node, "reject", 0, SOUK_MAX_QTY, &a->reject) ||
	    !souk_may_int(r, node, "write_off", 0, SOUK_MAX_QTY, &a->write_off) ||
	    !souk_may_text(r, node, "reason", 1, MAX_REASON, &a->reason))
		return false;
	souk_digest_text(d, a->name);
	souk_digest_int(d, a->qty);
	souk_digest_int(d, a->reject);
	souk_digest_int(d, a->write_off);
	souk_digest_text(d, a->reason);
	return true;
}

static bool read_lines(struct souk_record *r, struct taking *t, struct souk_digest *d)
{
	const struct souk_node *lines = NULL, *n;

	if (!souk_may_node(r, NULL, "lines", SOUK_ARRAY, &lines))
		return false;
	souk_digest_int(d, lines ? (int64_t)souk_count(r, lines) : -1);
	if (!lines)
		return true;
	t->asked = souk_record_alloc(r, (souk_count(r, lines) + 1) * sizeof(*t->asked));
	for (n = souk_first(r, lines); n; n = souk_next(r, lines, n), t->count++) {
		if (!read_asked(r, n, &t->asked[t->count], d))
			return false;
		for (size_t i = 0; i < t->count; i++)
			if (souk_text_equal(t->asked[i].name, t->asked[t->count].name)) {
				souk_refuse_value(r, n, "the line stands twice");
				return false;
			}
	}
	return true;
}

static bool read_step(struct souk_stage *stage, struct souk_record *r, struct taking *t,
	struct souk_digest *d)
{
	t->order_id = t->actor = t->reason = SOUK_TEXT("");
	if (!souk_need_id(r, &t->id))
		return false;
	t->return_id = t->id;
	if (!souk_may_text(r, NULL, "return_id", 1, SOUK_MAX_ID, &t->return_id) ||
	    !(t->step == REQUEST ? souk_need_text : souk_may_text)(r, NULL, "order_id", 1, SOUK_MAX_ID,
		&t->order_id) ||
	    !souk_may_text(r, NULL, "actor", 1, SOUK_MAX_ID, &t->actor) ||
	    !souk_may_text(r, NULL, "reason", 1, MAX_REASON, &t->reason) ||
	    !souk_order_time(stage, r, &t->at))
		return false;
	souk_digest_begin(d);
	souk_digest_text(d, t->return_id);
	souk_digest_text(d, t->order_id);
	souk_digest_text(d, t->actor);
	souk_digest_text(d, t->reason);
	if (!read_lines(r, t, d))
		return false;
	souk_digest_end(d, t->digest);
	return true;
}

static bool read_items(struct souk_stage *stage, struct souk_record *r, const struct taking *t)
{
	struct souk_query *q = souk_ask(stage->store, LINE_GET);
	struct steps *s = stage->state;
	size_t capacity = 0;
	enum souk_step step;

	souk_bind_text(q, 1, t->return_id);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		if (s->count == capacity) {
			struct item *more;

			capacity = capacity ? capacity * 2 : 8;
			more = souk_record_alloc(r, capacity * sizeof(*more));
			if (s->count)
				memcpy(more, s->items, s->count * sizeof(*more));
			s->items = more;
		}
		s->items[s->count++] = (struct item){
			.line = souk_column_int(q, 0), .name = souk_record_copy(r, souk_column_text(q, 1)),
			.sku = souk_record_copy(r, souk_column_text(q, 2)), .reason = souk_record_copy(r, souk_column_text(q, 3)),
			.bought = souk_column_int(q, 4), .paid = souk_column_int(q, 5),
			.requested = souk_column_int(q, 6), .received = souk_column_int(q, 7),
			.accepted = souk_column_int(q, 8), .restock = souk_column_int(q, 9),
			.qty = souk_column_int(q, 10), .before = souk_column_int(q, 11),
			.amount = souk_column_int(q, 12),
		};
	}
	return step == SOUK_STEP_DONE;
}

/* The step was taken: its answer again. SOUK_PASS: it was not. */
static enum souk_outcome taken(struct souk_stage *stage, struct souk_record *r,
	const struct taking *t)
{
	struct souk_query *q = souk_ask(stage->store, STEP_GET);
	enum souk_outcome outcome;

	souk_bind_text(q, 1, souk_text_of(step_verbs[t->step]));
	souk_bind_text(q, 2, t->id);
	outcome = souk_answer_again(r, q, t->digest);
	return outcome == SOUK_REFUSED
		? souk_refuse(r, "id_conflict", "this id was used for another %s", step_verbs[t->step]) : outcome;
}

static enum souk_outcome refuse_step(struct souk_record *r, enum step step, struct souk_text state)
{
	char from[32];

	snprintf(from, sizeof(from), "%.*s", SOUK_ARG(state));
	souk_refuse(r, "illegal_move", "the return is %s: no %s", from, step_verbs[step]);
	souk_put_string(&r->error, "from", from);
	souk_put_string(&r->error, "event", step_verbs[step]);
	souk_put_string(&r->error, "reason",
		step == REQUEST ? "a return is requested once" : "the step before it is missing, or it was taken");
	return SOUK_REFUSED;
}

/* Whether the return is where this step goes on: SOUK_PASS if so. */
static enum souk_outcome ready(struct souk_stage *stage, struct souk_record *r,
	const struct taking *t)
{
	struct souk_query *q = souk_ask(stage->store, RETURN_GET);
	struct steps *s = stage->state;
	struct souk_text state;

	souk_bind_text(q, 1, t->return_id);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return t->step == REQUEST ? SOUK_PASS
			: souk_refuse(r, "unknown_return", "no return %.*s was requested",
				SOUK_ARG(t->return_id));
	case SOUK_STEP_ROW:
		break;
	}
	s->order_id = souk_record_copy(r, souk_column_text(q, 0));
	s->currency = souk_record_copy(r, souk_column_text(q, 1));
	state = souk_record_copy(r, souk_column_text(q, 2));
	souk_done(q);
	if (t->order_id.len && !souk_text_equal(t->order_id, s->order_id))
		return souk_refuse(r, "other_order", "return %.*s is of order %.*s", SOUK_ARG(t->return_id),
			SOUK_ARG(s->order_id));
	if (t->step == REQUEST || !souk_text_is(state, return_states[t->step - 1]))
		return refuse_step(r, t->step, state);
	return SOUK_PASS;
}

bool step_begin(struct souk_stage *stage, struct souk_record *r, enum step step,
	struct taking *t, enum souk_outcome *outcome)
{
	struct steps *s = stage->state;

	*t = (struct taking){.step = step};
	s->items = NULL;
	s->count = 0;
	*outcome = read_step(stage, r, t, &s->digest) ? taken(stage, r, t) : SOUK_REFUSED;
	if (*outcome == SOUK_PASS)
		*outcome = ready(stage, r, t);
	if (*outcome == SOUK_PASS && !read_items(stage, r, t))
		*outcome = SOUK_FAILED;
	return *outcome == SOUK_PASS;
}
