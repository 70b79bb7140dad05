/* SPDX-License-Identifier: ISC */
/* Reading an event, and whether it may happen. */
#include "event.h"

enum { MAX_REASON = 500 };

const char *const event_members[] = {"id", "order_id", "event", "lines?", "time?", "actor?",
	"reason?", "ship?", "return?", NULL};

/* What the stage before made of it: of a return only what was accepted, of a parcel what
 * was packed. */
static bool read_stage(struct souk_record *r, struct event *e)
{
	const struct souk_node *stage = NULL, *lines = NULL;

	if (!e->move->stage)
		return true;
	if (!souk_may_node(r, NULL, e->move->stage, SOUK_OBJECT, &stage))
		return false;
	if (!stage)
		return true;
	if (!souk_may_int(r, stage, "amount", 0, INT64_MAX, &e->amount) ||
	    !souk_may_node(r, stage, "lines", SOUK_ARRAY, &lines))
		return false;
	e->lines = lines ? lines : e->lines;
	return true;
}

bool event_read(struct souk_stage *stage, struct souk_record *r, struct souk_digest *d,
	struct event *e)
{
	const struct souk_node *time = souk_member(r, "time");
	struct souk_text event;

	*e = (struct event){.actor = SOUK_TEXT(""), .reason = SOUK_TEXT("")};
	if (!souk_need_id(r, &e->id) ||
	    !souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &e->order_id) ||
	    !souk_need_text(r, NULL, "event", 1, 64, &event))
		return false;
	e->move = move_find(event);
	if (!e->move) {
		souk_refuse_value(r, souk_member(r, "event"), "must be %s", move_events);
		return false;
	}
	if (!souk_may_text(r, NULL, "actor", 1, SOUK_MAX_ID, &e->actor) ||
	    !souk_may_text(r, NULL, "reason", 1, MAX_REASON, &e->reason) ||
	    !souk_may_node(r, NULL, "lines", SOUK_ARRAY, &e->lines) ||
	    !souk_order_time(stage, r, &e->at))
		return false;
	if (e->lines && e->move->whole) {
		souk_refuse_value(r, e->lines, "a %s is of the whole order", e->move->event);
		return false;
	}
	souk_digest_begin(d);
	souk_digest_text(d, e->order_id);
	souk_digest_text(d, event);
	souk_digest_text(d, e->actor);
	souk_digest_text(d, e->reason);
	/* The time of a record without one is when it came, and so no part of it. */
	souk_digest_int(d, time && time->type != SOUK_NULL ? e->at : SOUK_NO_TIME);
	/* The lines as the record has them are part of what the event is; what a stage made of
	 * them is not: it makes the same of it again. */
	souk_digest_int(d, e->lines ? (int64_t)souk_count(r, e->lines) : -1);
	if (!souk_digest_lines(r, e->lines, d))
		return false;
	souk_digest_end(d, e->digest);
	return read_stage(r, e);
}

static void put_line(struct souk_buffer *lines, const struct progress *p, size_t line, int64_t qty)
{
	souk_add_decimal(lines, (int64_t)line);
	souk_add_char(lines, ' ');
	souk_add_decimal(lines, qty);
	souk_add_char(lines, ' ');
	souk_add(lines, p->lines[line].id.at, p->lines[line].id.len);
	souk_add_char(lines, '\t');
	souk_add(lines, p->lines[line].sku.at, p->lines[line].sku.len);
	souk_add_char(lines, '\n');
}

/* All that is left; there must be something. */
static enum souk_outcome apply_rest(struct souk_record *r, const struct event *e,
	struct progress *p, struct souk_buffer *lines)
{
	for (size_t i = 0; i < p->count; i++) {
		int64_t left = progress_left(p, e->move, i);

		if (!left)
			continue;
		put_line(lines, p, i, left);
		progress_count(p, e->move, i, left);
	}
	return lines->len ? SOUK_ANSWER : refuse_move(r, e->move, p, NULL);
}

static enum souk_outcome apply_line(struct souk_record *r, const struct event *e,
	struct progress *p, const struct souk_node *node, struct souk_buffer *lines)
{
	struct souk_text id;
	int64_t qty, left;
	size_t line;

	if (!souk_need_text(r, node, "id", 1, SOUK_MAX_ID, &id) ||
	    !souk_need_int(r, node, "qty", 0, SOUK_MAX_QTY, &qty))
		return SOUK_REFUSED;
	line = souk_line_find(p->lines, p->count, id);
	if (line == p->count) {
		souk_refuse(r, "unknown_line", "the order has no line %.*s", SOUK_ARG(id));
		souk_put_text(&r->error, "line", id);
		return SOUK_REFUSED;
	}
	left = progress_left(p, e->move, line);
	if (qty > left) {
		refuse_move(r, e->move, p, left ? "fewer pieces of a line are left"
						: "no pieces of a line are left");
		souk_put_text(&r->error, "line", id);
		souk_put_int(&r->error, "qty", qty);
		souk_put_int(&r->error, "left", left);
		return SOUK_REFUSED;
	}
	if (!qty)
		return SOUK_ANSWER;
	progress_count(p, e->move, line, qty);
	put_line(lines, p, line, qty);
	return SOUK_ANSWER;
}

enum souk_outcome event_apply(struct souk_record *r, const struct event *e, struct progress *p,
	struct souk_buffer *lines)
{
	const struct souk_node *n;

	lines->len = 0;
	if (!(e->move->from & 1u << progress_standing(p)))
		return refuse_move(r, e->move, p, NULL);
	if (e->move->whole) {
		p->cancelled |= e->move->cancels;
		return SOUK_ANSWER;
	}
	if (!e->lines)
		return apply_rest(r, e, p, lines);
	for (n = souk_first(r, e->lines); n; n = souk_next(r, e->lines, n))
		if (apply_line(r, e, p, n, lines) != SOUK_ANSWER)
			return SOUK_REFUSED;
	return SOUK_ANSWER;
}
