/* SPDX-License-Identifier: ISC */
/* order.h: what the verbs of souk-order share. */
#ifndef SOUK_ORDER_BOOK_H
#define SOUK_ORDER_BOOK_H

#include "souk.h"

extern const struct souk_function order_function;

enum {
	ORDER_LAST, ORDER_PUT, ORDER_PUT_ALL, ORDER_PLACE, ORDER_PLACE_SPAN, ORDER_PLACE_ALL,
	ORDER_REJECT, ORDER_CLOSE, ORDER_CLOSE_SPAN, ORDER_CLOSE_ALL, CLOSED_RAISE,
	ORDER_GET, ORDER_LIST, ORDER_LIST_NOT_CLOSED, ORDER_EXPORT,
	BODY_PUT, BODY_PUT_ALL, BODY_GET,
	SOLD_UPTO, SOLD_RAISE, SOLD_NEW, SOLD_DECIDED, SOLD_DEFER, SOLD_SETTLE, SOLD_PUT, SOLD_LEFT,
	SOLD_TAKE,
	CANCEL_PUT, CANCEL_GET, CANCEL_LIST,
	EVENT_PUT, EVENT_GET, EVENT_OF_ORDER, EVENT_LIST,
	BODY_SET, ORDERS_OF, CANCELS_OF, CANCEL_SET, ERASURE_PUT, ERASURE_GET, SECURELY, REWRITE,
};

/* As stored. */
enum order_state { ORDER_OPEN, ORDER_PLACED, ORDER_REJECTED };
/* The words for them, then NULL. */
extern const char *const order_states[];

/* What an order is, as far as the shop acts on it: another record with the same
 * id is the same order exactly if the digest is the same. Text is borrowed from
 * the record. */
struct order_content {
	struct souk_text id, currency, customer; /* customer: empty for a guest */
	int64_t total;
	bool expects;                            /* it has expect_total */
	int64_t expect_total;
	unsigned char digest[SOUK_DIGEST_BYTES];
};

/* The members that order_read() looks at, for a verb's declaration. */
extern const char *const order_members[];

/* False if refused. `scratch` is reused from record to record. */
bool order_read(struct souk_stage *stage, struct souk_record *r, struct souk_digest *scratch,
	struct order_content *content);

/* Answers with what is stored under the id: the state of the order if it is the
 * same one, with the error it was rejected for if the record has none. Else it is none of this
 * record's business: a good record is refused (unknown_order, id_conflict), one
 * that came failed or waiting is disowned (below). */
enum souk_outcome order_answer_stored(struct souk_stage *stage, struct souk_record *r,
	const struct order_content *content);

/* Answers {"state":...}. */
enum souk_outcome order_answer(struct souk_record *r, enum order_state state);

/* Answers {"state":"rejected"} and puts `error`, a JSON value, as the error of
 * a record that has none. */
enum souk_outcome order_answer_rejected(struct souk_record *r, struct souk_text error);

enum souk_outcome order_refuse_unknown(struct souk_record *r);

/* The text of a member's `state`; empty if it has none, or it can't be read. */
struct souk_text order_state_of(struct souk_record *r, const struct souk_node *member);

/* For a record that came failed or waiting and is no order of ours: takes away the
 * state it may claim, by {"state":"none"}. */
enum souk_outcome order_disown(struct souk_record *r);

/* ---- Reading the book ---- */

/* An order as stored; text lives until the next step of its query. */
struct order_row {
	int64_t seq, total;
	int64_t opened_at, decided_at, closed_at; /* the latter two once it is so */
	enum order_state state;
	bool closed;
	struct souk_text id, currency, customer, error;
};

/* The columns that order_row_read() takes, in its order. */
#define ORDER_COLUMNS "seq, id, state, currency, total, customer, closed, opened_at, decided_at, " \
		      "closed_at, error, digest"
enum { DIGEST_COLUMN = 11 };

struct order_row order_row_read(struct souk_query *q);

/* Finds an order by its id; with SOUK_STEP_ROW *q is to be ended by souk_done(). */
enum souk_step order_find(struct souk_stage *stage, struct souk_text id, struct souk_query **q);

/* The same for a record that asks for it: SOUK_ANSWER, then; SOUK_REFUSED where there is no such
 * order, SOUK_FAILED. */
enum souk_outcome order_need(struct souk_stage *stage, struct souk_record *r, struct souk_text id,
	struct souk_query **q);

/* Members: state, closed, currency, total, customer, opened, decided, error. */
void order_put_row(struct souk_buffer *out, const struct order_row *row);

/* Appends the record of an order as it came in; false if the database failed. */
bool order_add_record(struct souk_stage *stage, int64_t seq, struct souk_buffer *out);

/* Which orders a walk through the book is to see. */
struct order_filter {
	bool not_closed;
	int state;                  /* enum order_state, or -1 for any */
	const char *customer;       /* id, or NULL for any */
	int64_t since, until;       /* opened at or after, and before */
	int64_t after, last;        /* seq: beyond, up to */
};

/* Everything, up to the newest order there is now; false if the database failed.
 * Call inside a transaction. */
bool order_filter_begin(struct souk_stage *stage, struct order_filter *filter);

/* The query of the orders that match, oldest first; order_row_read() reads its rows. */
struct souk_query *order_select(struct souk_stage *stage, const struct order_filter *filter);

#endif
