/* SPDX-License-Identifier: ISC */
/* event.h: what capture, void and refund share. Each is an event with an id of its
 * own, which acts on one payment of an order or on several. */
#ifndef SOUK_PAY_EVENT_H
#define SOUK_PAY_EVENT_H

#include "pay.h"

/* What one of the verbs does. */
struct event_kind {
	const char *verb, *done, *partly; /* "capture", "captured", "partly_captured" */
	const char *too_much;             /* error where more is asked than is left */
	enum operation operation;
	bool whole;                       /* takes all that is left, no part of it */
	size_t statement;                 /* of event_ask() and event_conclude() */
	const char *amount_in;            /* member whose `amount` counts where the record has none, or NULL */
	/* How much of the payment it may act on. */
	int64_t (*left)(const struct payment *payment);
	/* Stores in the payment at that position of its order that `amount` is asked for. */
	bool (*ask)(struct souk_stage *stage, struct souk_text order_id, int64_t position,
		int64_t amount);
	/* The same when it was approved or declined. */
	bool (*conclude)(struct souk_stage *stage, struct souk_text order_id, int64_t position,
		int64_t amount, bool approved);
};

/* The state of the three verbs, which their open sets to what they do. */
struct events {
	struct work work; /* first, as pay_begin() wants it */
	const struct event_kind *kind;
	bool if_any;
};

/* An event as its record says it. */
struct event {
	struct souk_text id, order_id, payment; /* payment empty: any */
	int64_t amount;                         /* 0: all that is left */
	bool none;                              /* a stage before said that the amount is 0 */
};

/* What an event does to one payment. */
struct part {
	struct part *next;
	int64_t position, amount;        /* position of the payment in its order */
	struct souk_text payment, key, state, code, message;
	struct request *request;
};

/* False if refused. */
bool event_read(struct souk_record *r, const struct event_kind *kind, struct event *event);

/* Their options. */
extern const struct souk_option event_options[];

/* The functions of the three verbs. */
enum souk_intent event_intend(struct souk_stage *stage, struct souk_record *r);
bool event_call(struct souk_stage *stage);
enum souk_outcome event_map(struct souk_stage *stage, struct souk_record *r);

/* For an amount that is being captured or refunded, and then is or is not. */
bool event_ask(struct souk_stage *stage, struct souk_text order_id, int64_t position,
	int64_t amount);
bool event_conclude(struct souk_stage *stage, struct souk_text order_id, int64_t position,
	int64_t amount, bool approved);

/* ---- Parts (event_parts.c) ---- */

bool event_takes_part(const struct event *e, const struct payment *payment);

/* The parts of an event as stored; NULL if there are none. *same: it said the same. */
bool event_get_parts(struct souk_stage *stage, struct work *work, const struct event_kind *kind,
	const struct event *e, struct part **parts, bool *same);

/* Spreads the event over the payments, the first ones first, and stores the parts. */
bool event_spread(struct souk_stage *stage, struct work *work, const struct event_kind *kind,
	const struct event *e, const struct payment *payments, struct part **parts);

extern const char *const event_reads[];

#endif
