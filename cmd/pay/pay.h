/* SPDX-License-Identifier: ISC */
/* pay.h: what the verbs of souk-pay share. */
#ifndef SOUK_PAY_H
#define SOUK_PAY_H

#include "provider.h"

extern const struct souk_function pay_function;

enum {
	PAYMENT_PUT, PAYMENT_PUT_ALL, PAYMENT_GET, PAYMENT_ANSWER, PAYMENT_ANSWER_SPAN,
	PAYMENT_AUTHORIZE_ALL, PAYMENT_SETTLE, PAYMENT_SETTLE_SPAN, PAYMENT_SETTLE_ALL, PAYMENT_VOID, PAYMENT_VOIDED,
	PAYMENT_RELEASED, PAYMENT_BAR, PAYMENT_CAPTURE, PAYMENT_REFUND, PAYMENT_LIST,
	EVENT_PUT, EVENT_GET, EVENT_ANSWER, EVENT_LIST,
};

enum { MAX_PAYMENTS = 16, MAX_PAYMENT_ID = 64 };

/* No id comes after U+10FFFF. */
#define LAST_ID "\xf4\x8f\xbf\xbf"

/* States of a payment, by the words that are stored. */
enum payment_state { INTENDED, NEEDS_ACTION, REFUSED, AUTHORIZED, VOIDING, VOIDED };
extern const char *const payment_states[]; /* NULL-terminated */

/* One means of payment of an order; schema.sql says what the fields are. */
struct payment {
	struct payment *next;
	int64_t position;                /* among those of its order, from 1 */
	struct souk_text id, method, currency, key, reference, code, message;
	const struct provider *provider; /* NULL: the order was rejected before it came here */
	struct souk_text token;          /* of a record; it is not stored */
	int64_t amount, authorized, captured, capturing, refunded, refunding;
	enum payment_state state;
	bool settled;
	struct request *request;         /* what the provider is asked in this batch, or NULL */
};

/* What the first pass over a batch found for a record, for the second. */
struct plan {
	uint64_t number;                 /* of the record's line */
	bool refused;
	struct souk_text error;          /* of a refused one */
	struct souk_text id;             /* the order's or the event's */
	struct payment *payments;
	struct part *parts;              /* of an event (event.h) */
	bool none;                       /* an event of nothing: there is nothing left, or to be moved */
	struct souk_text pending;        /* a payment that an event must wait for; empty if none */
	enum souk_decision decision;     /* what order.state says, for settle */
};

/* What a verb that calls providers keeps of a batch; first in its state. */
struct work {
	struct calls calls;              /* its memory holds all that plans point to */
	struct plan *plans;
	size_t count, capacity, next;
	struct souk_digest digest;
};

void work_begin(struct work *work);
void work_free(struct work *work);
/* The first pass over a record, by `plan_record`, which makes one plan: whether it asked
 * for a call. */
enum souk_intent work_intend(struct souk_stage *stage, struct souk_record *r,
	bool (*plan_record)(struct souk_stage *, struct souk_record *));
/* A plan for this record; valid until the next is added. */
struct plan *work_plan(struct work *work, const struct souk_record *r);
/* Plans the refusal that was put into r->error; true. */
bool work_refuse(struct work *work, const struct souk_record *r);
/* When the record is mapped: its plan. If it is refused, r->error is filled. */
struct plan *work_next(struct work *work, struct souk_record *r);

/* What pay_with says, in the memory of the batch, its amounts adding up to `total`;
 * at least one. False if refused. Escaped texts live as long as the record. */
bool payments_read(struct souk_record *r, struct work *work, int64_t total, struct payment **first);

/* The payments of an order as stored, in their order; NULL if there are none. `digest`
 * may be NULL. False if the database failed. */
bool payments_get(struct souk_store *store, struct work *work, struct souk_text order_id,
	struct payment **payments, unsigned char digest[SOUK_DIGEST_BYTES]);

/* Asks for the payment what the verb asks for, under `key`. */
struct request *payment_ask(struct work *work, struct payment *payment, struct souk_text key);

/* A key "verb/id/position". */
struct souk_text make_key(struct souk_arena *memory, const char *verb, struct souk_text id,
	int64_t position);

/* Writes one payment as the member `pay` shows it. */
void put_payment(struct souk_buffer *out, const struct payment *payment, const char *state);

/* Writes how a payment stands, by a row of PAYMENT_LIST: from its method to what was refunded. */
void payment_row_put(struct souk_buffer *out, struct souk_query *row);

/* Refuses as declined, with what the provider said. */
enum souk_outcome refuse_declined(struct souk_record *r, struct souk_text payment_id,
	struct souk_text code, struct souk_text message);
enum souk_outcome wait_unknown(struct souk_record *r, struct souk_text payment_id);

/* batch functions of verbs whose state begins with struct work */
bool pay_begin(struct souk_stage *stage);
void pay_close(struct souk_stage *stage);

#endif
