/* SPDX-License-Identifier: ISC */
/* event.h: what happens to an order after checkout, and what the order is by that. */
#ifndef SOUK_ORDER_EVENT_H
#define SOUK_ORDER_EVENT_H

#include "order.h"

/* ---- What may happen (moves.c) ---- */

/* What an order is: as decided, and then as its events have it. */
enum standing {
	IS_OPEN, IS_PLACED, IS_REJECTED, IS_PARTLY_FULFILLED, IS_FULFILLED, IS_PARTLY_SHIPPED,
	IS_SHIPPED, IS_DELIVERED, IS_PARTLY_RETURNED, IS_RETURNED, IS_CANCELLED,
};
/* The words for them. */
extern const char *const standings[];

/* Pieces of a line: how many there are of each kind. */
enum pieces { ORDERED, FULFILLED, SHIPPED, DELIVERED, RETURNED, PIECES };

/* A legal move: which event, from where, and the pieces it counts. */
struct move {
	const char *event, *done;    /* "ship", "shipped" */
	unsigned from;               /* bits, 1 << enum standing */
	enum pieces counts, of;      /* each piece that it counts must be one of these */
	bool whole;                  /* it moves no lines, but all of the order or nothing */
	bool cancels;
	const char *otherwise;       /* why it may not be, from another standing */
	const char *stage;           /* which lines it moved, and for how much, is in this member */
};

/* NULL if there is no such event: move_events says which there are. */
const struct move *move_find(struct souk_text event);
extern const char move_events[]; /* "cancel, fulfil, ..." */

/* How far an order has come. */
struct progress {
	enum order_state decided;
	bool cancelled;
	struct souk_line *lines;     /* of the order */
	int64_t (*pieces)[PIECES];   /* of its lines */
	size_t count;
};

enum standing progress_standing(const struct progress *p);
/* How many pieces of a line the move may count. */
int64_t progress_left(const struct progress *p, const struct move *move, size_t line);
void progress_count(struct progress *p, const struct move *move, size_t line, int64_t qty);
/* Refuses as illegal_move. `line` is that of which too many were asked, or NULL. */
enum souk_outcome refuse_move(struct souk_record *r, const struct move *move,
	const struct progress *p, const char *reason);

/* ---- An event, as its record says it (event_read.c) ---- */

struct event {
	struct souk_text id, order_id, actor, reason; /* the latter two empty if not said */
	const struct move *move;
	const struct souk_node *lines;   /* NULL: all that is left */
	int64_t at, amount;
	unsigned char digest[SOUK_DIGEST_BYTES];
};

/* The members that event_read() looks at. */
extern const char *const event_members[];

/* False if refused. `scratch` is reused from record to record. */
bool event_read(struct souk_stage *stage, struct souk_record *r, struct souk_digest *scratch,
	struct event *event);

/* Whether the event may be now: SOUK_ANSWER, and then it is counted in `p` and its
 * lines are in `lines` as they are stored; else SOUK_REFUSED. */
enum souk_outcome event_apply(struct souk_record *r, const struct event *event,
	struct progress *p, struct souk_buffer *lines);

/* ---- Orders with their events (event_book.c) ---- */

/* What the verbs about events keep. */
struct event_state {
	struct souk_digest digest;
	struct souk_record order;    /* the stored record, at work */
	struct souk_buffer line, lines;
};

void event_open(struct souk_stage *stage);
void event_close(struct souk_stage *stage);

/* An order and how far it has come by its events up to `upto` (seq; INT64_MAX: all).
 * SOUK_ANSWER; SOUK_REFUSED if there is no such order, or it has no lines that can be
 * read; SOUK_FAILED. Memory is that of the state's record, until the next of these. Of
 * the row only numbers can be used. */
enum souk_outcome event_load(struct souk_stage *stage, struct souk_record *r,
	struct souk_text order_id, int64_t upto, struct order_row *row, struct progress *p);

/* An event, the order that it is about, and how far that has come. */
struct weighed {
	struct event event;
	struct order_row order;
	struct progress progress;
	int64_t seq;                     /* of the event in the book; 0 if it is not there */
};

/* Reads an event and weighs whether it may happen to its order: SOUK_ANSWER if so, and then it is
 * counted. What is in the book was legal: the same event again is weighed by nothing, and the
 * order is as it is now, or, with `as_it_was`, as the event left it. */
enum souk_outcome event_weigh(struct souk_stage *stage, struct souk_record *r, bool as_it_was,
	struct weighed *weighed);
/* Answers with the state of the order. */
enum souk_outcome event_answer(struct souk_record *r, const struct weighed *weighed);

/* An event as stored; text lives until the next step of its query. */
struct event_row {
	int64_t seq, order_seq, at, amount;
	struct souk_text id, event, actor, reason, lines;
};
#define EVENT_COLUMNS "event.seq, event.id, event.order_seq, event.digest, event, at, actor, " \
		      "reason, lines, amount"
enum { EVENT_DIGEST = 3, EVENT_COLUMN_COUNT = 10 };

struct event_row event_row_read(struct souk_query *q);
/* Counts a stored event. */
void event_count(struct progress *p, const struct event_row *row);
/* The stored lines, one after another: false at the end. `rest` is all at first. */
struct event_line {
	int64_t line, qty;
	struct souk_text id, sku;    /* id empty if the line has none */
};
bool event_line_next(struct souk_text *rest, struct event_line *line);
/* Members: lines (id and qty, with `sku` also that), amount, actor, reason. */
void event_put(struct souk_buffer *out, const struct event_row *row, bool sku);
/* The name of an order's line: its id, or its number from 1. */
void event_put_line_id(struct souk_buffer *out, struct souk_text id, int64_t line);

#endif
