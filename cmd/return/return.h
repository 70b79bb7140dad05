/* SPDX-License-Identifier: ISC */
/* return.h: what the verbs of souk-return share. */
#ifndef SOUK_RETURN_H
#define SOUK_RETURN_H

#include "souk.h"

extern const struct souk_function return_function;

enum {
	RETURN_PUT, RETURN_GET, RETURN_SET, RETURN_LIST,
	LINE_PUT, LINE_GET, LINE_SET, LINE_CLAIMED, LINE_REFUNDED,
	STEP_PUT, STEP_GET, STEP_LIST,
};

/* The steps of a return, each by the verb that takes it. */
enum step { REQUEST, RECEIVE, INSPECT, REFUND };
extern const char *const step_verbs[];
/* What a return is after each; NULL-terminated. */
extern const char *const return_states[];

/* A line of a return; schema.sql says what the fields are. Text is borrowed, or in the
 * record's memory. */
struct item {
	struct souk_text name, sku, reason;
	int64_t line, bought, paid, requested, received, accepted, restock, qty, before, amount;
};

/* What a record says of a line: by its name in the order. */
struct asked {
	struct souk_text name, reason;
	int64_t qty;                     /* -1 if it does not say */
	int64_t reject, write_off;
	const struct souk_node *node;
};

/* A step of a return, as its record says it. */
struct taking {
	enum step step;
	struct souk_text id, return_id, order_id, actor, reason; /* the latter three: empty if not said */
	struct asked *asked;             /* NULL: it names no lines */
	size_t count;
	int64_t at;
	unsigned char digest[SOUK_DIGEST_BYTES];
};

/* What the verbs keep: first in their state. */
struct steps {
	struct souk_digest digest;
	struct souk_record order;        /* the order's record, for request */
	struct item *items;              /* of the return at work, in the record's memory */
	size_t count;
	struct souk_text order_id, currency; /* of it, too */
};

extern const char *const step_members[];

/* Reads the step that the record asks for. If it was taken before, or can't be taken,
 * `outcome` is what becomes of the record and the result is false. Else the items are
 * read: of a return that does not exist yet there are none. */
bool step_begin(struct souk_stage *stage, struct souk_record *r, enum step step,
	struct taking *taking, enum souk_outcome *outcome);

/* Writes the answer, the items as they are now, and stores all of it. */
enum souk_outcome step_end(struct souk_stage *stage, struct souk_record *r,
	const struct taking *taking);

/* The item that is asked of; NULL and refused if the return has none of that name. */
struct item *step_item(struct souk_stage *stage, struct souk_record *r,
	const struct asked *asked);

/* Refuses: more pieces are asked for than there are. */
enum souk_outcome refuse_too_many(struct souk_record *r, const struct asked *asked,
	const char *what, int64_t qty, int64_t left);

void steps_close(struct souk_stage *stage);

/* The sum that a statement finds for a line of an order; false if the database failed. */
bool line_sum(struct souk_stage *stage, size_t statement, struct souk_text order_id,
	int64_t line, int64_t *sum);

/* What was paid for each line of the order's record: its price less its discount, with
 * its tax. False if refused. */
bool paid_read(struct souk_record *order, size_t count, int64_t *paid);

/* Members of an item, as an answer has them at that state. */
void item_put(struct souk_buffer *out, const struct item *item, enum step state);

/* What lists and exports tell of a row of RETURN_LIST: its names and time, then the rest;
 * false if the database failed. */
void return_put_names(struct souk_query *row, struct souk_buffer *out);
bool return_put_rest(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out);

#endif
