/* SPDX-License-Identifier: ISC */
/* Events as they are kept, and orders with them. */
#include "event.h"

void event_open(struct souk_stage *stage)
{
	static const char *const reads[] = {"lines", "catalog", NULL};
	struct event_state *s = stage->state;

	souk_record_init(&s->order, order_function.name, &(struct souk_interest){.reads = reads});
}

void event_close(struct souk_stage *stage)
{
	struct event_state *s = stage->state;

	souk_buffer_free(&s->digest.values);
	souk_record_free(&s->order);
	souk_buffer_free(&s->line);
	souk_buffer_free(&s->lines);
}

struct event_row event_row_read(struct souk_query *q)
{
	return (struct event_row){
		.seq = souk_column_int(q, 0), .id = souk_column_text(q, 1),
		.order_seq = souk_column_int(q, 2), .event = souk_column_text(q, 4),
		.at = souk_column_int(q, 5), .actor = souk_column_text(q, 6),
		.reason = souk_column_text(q, 7), .lines = souk_column_text(q, 8),
		.amount = souk_column_int(q, 9),
	};
}

/* The number that `rest` begins with, and the byte after it, are taken off. */
static int64_t take_number(struct souk_text *rest)
{
	int64_t number = 0;

	for (; *rest->at >= '0' && *rest->at <= '9'; rest->at++, rest->len--)
		number = number * 10 + (*rest->at - '0');
	rest->at++, rest->len--;
	return number;
}

static struct souk_text take_text(struct souk_text *rest, char end)
{
	const char *at = rest->at, *to = memchr(at, end, rest->len);
	struct souk_text text = {at, (size_t)(to - at)};

	rest->at = to + 1;
	rest->len -= text.len + 1;
	return text;
}

bool event_line_next(struct souk_text *rest, struct event_line *line)
{
	if (!rest->len)
		return false;
	line->line = take_number(rest);
	line->qty = take_number(rest);
	line->id = take_text(rest, '\t');
	line->sku = take_text(rest, '\n');
	return true;
}

void event_put_line_id(struct souk_buffer *out, struct souk_text id, int64_t line)
{
	if (id.len) {
		souk_put_text(out, "id", id);
		return;
	}
	souk_put_name(out, "id");
	souk_add_format(out, "\"%lld\"", (long long)line + 1);
}

void event_put(struct souk_buffer *out, const struct event_row *row, bool sku)
{
	struct souk_text rest = row->lines;
	struct event_line line;

	if (rest.len) {
		souk_put_open(out, "lines", '[');
		while (event_line_next(&rest, &line)) {
			souk_put_open(out, NULL, '{');
			event_put_line_id(out, line.id, line.line);
			if (sku)
				souk_put_text(out, "sku", line.sku);
			souk_put_int(out, "qty", line.qty);
			souk_put_close(out, '}');
		}
		souk_put_close(out, ']');
	}
	if (row->amount)
		souk_put_int(out, "amount", row->amount);
	souk_put_some(out, "actor", row->actor);
	souk_put_some(out, "reason", row->reason);
}

/* A service or a download is not sent: it has no pieces to move. */
static bool count_ordered(struct souk_record *order, struct progress *p)
{
	const struct souk_node **goods = NULL;

	if (souk_find(order, souk_member(order, "catalog"), "lines") &&
	    !souk_stage_lines(order, "catalog", p->count, &goods))
		return false;
	for (size_t i = 0; i < p->count; i++) {
		bool managed = true, sent = true;

		if (goods && (!souk_may_bool(order, goods[i], "manage_stock", &managed) ||
			      !souk_may_bool(order, goods[i], "requires_shipping", &sent)))
			return false;
		p->pieces[i][ORDERED] = managed && sent ? p->lines[i].qty : 0;
	}
	return true;
}

/* The lines of the stored record; false if the database failed or it is damaged. */
static bool read_lines(struct souk_stage *stage, int64_t seq, struct progress *p)
{
	struct event_state *s = stage->state;

	s->line.len = 0;
	if (!order_add_record(stage, seq, &s->line))
		return false;
	if (!souk_record_parse_buffer(&s->order, &s->line) || !souk_order_lines(&s->order, &p->lines, &p->count)) {
		souk_warn("the record of order number %lld is damaged", (long long)seq);
		return false;
	}
	p->pieces = souk_record_alloc(&s->order, p->count * sizeof(*p->pieces));
	memset(p->pieces, 0, p->count * sizeof(*p->pieces));
	if (count_ordered(&s->order, p))
		return true;
	souk_warn("the catalogue's part of order number %lld is damaged", (long long)seq);
	return false;
}

void event_count(struct progress *p, const struct event_row *row)
{
	const struct move *move = move_find(row->event);
	struct souk_text rest = row->lines;
	struct event_line line;

	if (!move)
		return;
	p->cancelled |= move->cancels;
	while (event_line_next(&rest, &line))
		if ((size_t)line.line < p->count)
			progress_count(p, move, (size_t)line.line, line.qty);
}

enum souk_outcome event_load(struct souk_stage *stage, struct souk_record *r,
	struct souk_text order_id, int64_t upto, struct order_row *row, struct progress *p)
{
	enum souk_outcome outcome;
	struct souk_query *q;
	enum souk_step step;

	outcome = order_need(stage, r, order_id, &q);
	if (outcome != SOUK_ANSWER)
		return outcome;
	*row = order_row_read(q);
	*p = (struct progress){.decided = row->state};
	souk_done(q);
	if (!read_lines(stage, row->seq, p))
		return SOUK_FAILED;
	q = souk_ask(stage->store, EVENT_OF_ORDER);
	souk_bind_int(q, 1, row->seq);
	souk_bind_int(q, 2, upto);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		struct event_row event = event_row_read(q);

		event_count(p, &event);
	}
	return step == SOUK_STEP_DONE ? SOUK_ANSWER : SOUK_FAILED;
}

/* What is stored under the event's id: SOUK_ANSWER with its seq, or 0 if nothing is;
 * SOUK_REFUSED where it is another event, SOUK_FAILED. */
static enum souk_outcome event_seen(struct souk_stage *stage, struct souk_record *r,
	const struct event *event, int64_t *seq)
{
	struct souk_query *q = souk_ask(stage->store, EVENT_GET);
	bool same;

	*seq = 0;
	souk_bind_text(q, 1, event->id);
	switch (souk_step(q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		return SOUK_ANSWER;
	case SOUK_STEP_ROW:
		break;
	}
	*seq = souk_column_int(q, 0);
	same = souk_digest_is(souk_column_text(q, EVENT_DIGEST), event->digest);
	souk_done(q);
	return same ? SOUK_ANSWER : souk_refuse(r, "id_conflict", "another event has this id");
}

enum souk_outcome event_weigh(struct souk_stage *stage, struct souk_record *r, bool as_it_was,
	struct weighed *w)
{
	struct event_state *s = stage->state;
	enum souk_outcome outcome;

	if (!event_read(stage, r, &s->digest, &w->event))
		return SOUK_REFUSED;
	outcome = event_seen(stage, r, &w->event, &w->seq);
	if (outcome == SOUK_ANSWER)
		outcome = event_load(stage, r, w->event.order_id, as_it_was && w->seq ? w->seq : INT64_MAX,
			&w->order, &w->progress);
	if (outcome == SOUK_ANSWER && !w->seq)
		outcome = event_apply(r, &w->event, &w->progress, &s->lines);
	return outcome;
}

enum souk_outcome event_answer(struct souk_record *r, const struct weighed *w)
{
	return souk_answer_state(r, standings[progress_standing(&w->progress)]);
}
