/* SPDX-License-Identifier: ISC */
/* souk-order: the book of orders, and who decides what becomes of them. */
#include "event.h"

static const char schema[] =
#include "cmd/order/schema.sql.h"
;

#define MATCHES "seq <= ?2 AND (?3 < 0 OR state = ?3) " \
		"AND (?4 = '' OR customer = ?4) AND opened_at >= ?5 AND opened_at < ?6 ORDER BY seq"

/* What an order of known state adds to what was sold; cancel_index.c reads it. */
#define SOLD_ORDERS "SELECT orders.seq, state, customer, currency, opened_at, record " \
		    "FROM orders JOIN body ON body.seq = orders.seq WHERE "

/* From the order with id ?1 to that with id ?2, as they were opened. */
#define SPAN "seq BETWEEN (SELECT seq FROM orders WHERE id = ?1) " \
	     "AND (SELECT seq FROM orders WHERE id = ?2)"

#define NEXT_SEQ "(SELECT COALESCE(MAX(seq), 0) + 1 FROM orders)"

static const char *const statements[] = {
	[ORDER_LAST] = "SELECT COALESCE(MAX(seq), 0) FROM orders",
	[ORDER_PUT] = "INSERT INTO orders (seq, id, digest, state, closed, currency, total, "
		      "customer, opened_at, decided_at, closed_at, error) "
		      "VALUES (" NEXT_SEQ ", ?1, ?2, 0, 0, ?3, ?4, ?5, ?6, ?6, ?6, '') "
		      "ON CONFLICT (id) DO NOTHING",
	[ORDER_PUT_ALL] = "INSERT INTO orders (seq, id, digest, state, closed, currency, total, "
			  "customer, opened_at, decided_at, closed_at, error) "
			  "SELECT " NEXT_SEQ " + batch.rowid, c1, c2, 0, 0, c3, c4, c5, c6, c6, c6, '' FROM batch "
			  "WHERE true ON CONFLICT (id) DO NOTHING",
	[ORDER_PLACE] = "UPDATE orders SET state = 1, decided_at = ?3 "
			"WHERE id = ?1 AND digest = ?2 AND state = 0",
	[ORDER_PLACE_SPAN] = "SELECT id, digest FROM orders WHERE " SPAN " ORDER BY seq",
	[ORDER_PLACE_ALL] = "UPDATE orders SET state = 1, decided_at = (SELECT MAX(c3) FROM batch) "
			    "WHERE " SPAN " AND state = 0",
	[ORDER_REJECT] = "UPDATE orders SET state = 2, decided_at = ?3, error = ?4 "
			 "WHERE id = ?1 AND digest = ?2 AND state = 0",
	[ORDER_CLOSE] = "UPDATE orders SET closed = 1, closed_at = ?4 "
			"WHERE id = ?1 AND state = ?2 AND error = ?3 AND closed = 0",
	[ORDER_CLOSE_SPAN] = "SELECT id, state, error FROM orders WHERE " SPAN " ORDER BY seq",
	[ORDER_CLOSE_ALL] = "UPDATE orders SET closed = 1, "
			    "closed_at = (SELECT MAX(c4) FROM batch) WHERE " SPAN " AND closed = 0",
	[CLOSED_RAISE] = "UPDATE closed_upto SET seq = COALESCE((SELECT orders.seq - 1 FROM orders "
			 "WHERE orders.seq > closed_upto.seq AND closed = 0 ORDER BY orders.seq LIMIT 1), "
			 "(SELECT MAX(seq) FROM orders), 0)",
	[ORDER_GET] = "SELECT " ORDER_COLUMNS " FROM orders WHERE id = ?1",
	[ORDER_LIST] = "SELECT " ORDER_COLUMNS " FROM orders WHERE seq > ?1 AND " MATCHES,
	[ORDER_LIST_NOT_CLOSED] = "SELECT " ORDER_COLUMNS " FROM orders "
				  "WHERE seq > MAX(?1, (SELECT seq FROM closed_upto)) AND closed = 0 AND " MATCHES,
	[ORDER_EXPORT] = "SELECT " ORDER_COLUMNS " FROM orders ORDER BY id",
	[BODY_PUT] = "INSERT INTO body (seq, record) VALUES ((SELECT seq FROM orders WHERE id = ?1), ?2)",
	[BODY_PUT_ALL] = "INSERT INTO body (seq, record) "
			 "SELECT (SELECT seq FROM orders WHERE id = ?1) + batch.rowid, c2 FROM batch",
	[BODY_GET] = "SELECT record FROM body WHERE seq = ?1",
	[SOLD_UPTO] = "SELECT seq FROM sold_upto",
	[SOLD_RAISE] = "UPDATE sold_upto SET seq = ?1",
	[SOLD_NEW] = SOLD_ORDERS "orders.seq > ?1 ORDER BY orders.seq LIMIT ?2",
	[SOLD_DECIDED] = SOLD_ORDERS "orders.seq IN (SELECT seq FROM sold_undecided) "
			 "AND state <> 0 ORDER BY orders.seq LIMIT ?1",
	[SOLD_DEFER] = "INSERT INTO sold_undecided (seq) VALUES (?1)",
	[SOLD_SETTLE] = "DELETE FROM sold_undecided WHERE seq = ?1",
	[SOLD_PUT] = "INSERT INTO sold (customer, sku, at, seq, line, line_id, currency, digits, "
		     "scale, remaining) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	[SOLD_LEFT] = "SELECT sold.seq, at, line, line_id, remaining, "
		      "?5 < 0 OR (digits = ?4 AND scale = ?5) AS same_price, orders.id "
		      "FROM sold JOIN orders ON orders.seq = sold.seq "
		      "WHERE sold.customer = ?1 AND sku = ?2 AND at <= ?3 AND sold.currency = ?6 "
		      "AND remaining > 0 ORDER BY same_price DESC, at DESC, sold.seq DESC, line DESC",
	[SOLD_TAKE] = "UPDATE sold SET remaining = remaining - ?6 "
		      "WHERE customer = ?1 AND sku = ?2 AND at = ?3 AND seq = ?4 AND line = ?5",
	[CANCEL_PUT] = "INSERT INTO cancellation "
		       "(id, digest, at, currency, customer, answer, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[CANCEL_GET] = "SELECT digest, answer FROM cancellation WHERE id = ?1",
	[CANCEL_LIST] = "SELECT id, at, currency, customer, answer, record FROM cancellation "
			"ORDER BY id",
	[EVENT_PUT] = "INSERT INTO event (id, order_seq, digest, event, at, actor, reason, lines, "
		      "amount) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[EVENT_GET] = "SELECT " EVENT_COLUMNS " FROM event WHERE id = ?1",
	[EVENT_OF_ORDER] = "SELECT " EVENT_COLUMNS " FROM event "
			   "WHERE order_seq = ?1 AND seq <= ?2 ORDER BY seq",
	[EVENT_LIST] = "SELECT " EVENT_COLUMNS ", orders.id FROM event "
		       "JOIN orders ON orders.seq = order_seq ORDER BY event.id",
	[BODY_SET] = "UPDATE body SET record = ?2 WHERE seq = ?1",
	[ORDERS_OF] = "SELECT orders.seq, closed, record FROM orders JOIN body ON body.seq = orders.seq "
		      "WHERE customer = ?1 ORDER BY orders.seq",
	[CANCELS_OF] = "SELECT seq, record FROM cancellation WHERE customer = ?1 ORDER BY seq",
	[CANCEL_SET] = "UPDATE cancellation SET record = ?2 WHERE seq = ?1",
	[ERASURE_PUT] = "INSERT INTO erasure (id, digest, answer, at) VALUES (?1, ?2, ?3, ?4)",
	[ERASURE_GET] = "SELECT digest, answer FROM erasure WHERE id = ?1",
	[SECURELY] = "PRAGMA secure_delete = ON",
	[REWRITE] = "VACUUM",
};

const struct souk_function order_function = {
	.name = "order",
	.summary = "the book of orders: open, place, close, look up",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
};

const char *const order_states[] = {"open", "placed", "rejected", NULL};

const char *const order_members[] = {
	"id", "time?", "currency", "customer.id?", "lines", "pay_with?", "total.total",
	"expect_total?", "ship_to?", "bill_to?", "ship_method?", NULL,
};

/* ---- Answers ---- */

enum souk_outcome order_answer(struct souk_record *r, enum order_state state)
{
	return souk_answer_state(r, order_states[state]);
}

enum souk_outcome order_answer_rejected(struct souk_record *r, struct souk_text error)
{
	order_answer(r, ORDER_REJECTED);
	/* Whoever let the record fail may have given anything for a reason. */
	if (*error.at != '{') {
		souk_refuse(r, "rejected", "the order was rejected for an error that is no object");
		souk_put_raw(&r->error, "error", error);
		return SOUK_REFUSED_WITH_ANSWER;
	}
	r->error.len = 0;
	/* Its brace is closed when it is written. */
	souk_add(&r->error, error.at, error.len - 1);
	return SOUK_REFUSED_WITH_ANSWER;
}

enum souk_outcome order_refuse_unknown(struct souk_record *r)
{
	return souk_refuse(r, "unknown_order", "no order of this id was opened");
}

enum souk_outcome order_need(struct souk_stage *stage, struct souk_record *r, struct souk_text id,
	struct souk_query **q)
{
	enum souk_step step = order_find(stage, id, q);

	if (step == SOUK_STEP_DONE)
		return order_refuse_unknown(r);
	return step == SOUK_STEP_ROW ? SOUK_ANSWER : SOUK_FAILED;
}

struct souk_text order_state_of(struct souk_record *r, const struct souk_node *member)
{
	const struct souk_node *state = souk_find(r, member, "state");
	struct souk_text text;

	if (!state || member->flagged || state->type != SOUK_STRING ||
	    !souk_decode(r, state, &text))
		return SOUK_TEXT("");
	return text;
}

enum souk_outcome order_disown(struct souk_record *r)
{
	if (!r->own_member)
		return SOUK_PASS;
	return souk_answer_state(r, "none");
}

static enum souk_outcome answer_row(struct souk_record *r, const struct order_row *row)
{
	if (row->state != ORDER_REJECTED)
		return order_answer(r, row->state);
	/* The first error of a record stands, whether or not it is the one that decided. */
	return r->error_member ? order_answer(r, ORDER_REJECTED)
			       : order_answer_rejected(r, row->error);
}

enum souk_outcome order_answer_stored(struct souk_stage *stage, struct souk_record *r,
	const struct order_content *c)
{
	bool good = !r->error_member && !r->wait_member;
	enum souk_outcome outcome;
	struct order_row row;
	struct souk_query *q;

	switch (order_find(stage, c->id, &q)) {
	case SOUK_STEP_FAILED:
		return SOUK_FAILED;
	case SOUK_STEP_DONE:
		/* Whatever was held or charged for a record that was never opened is let go by
		 * the stages that settle; close says that the order is unknown. */
		return good ? order_answer(r, ORDER_REJECTED) : order_disown(r);
	case SOUK_STEP_ROW:
		break;
	}
	row = order_row_read(q);
	if (souk_digest_is(souk_column_text(q, DIGEST_COLUMN), c->digest))
		outcome = answer_row(r, &row);
	else if (good)
		outcome = souk_refuse(r, "id_conflict", "another order has this id");
	else
		outcome = order_disown(r);
	souk_done(q);
	return outcome;
}
