/* SPDX-License-Identifier: ISC */
/* souk-return: goods that come back, and what is given back for them. */
#include "return.h"

static const char schema[] =
#include "cmd/return/schema.sql.h"
;

#define LINE_COLUMNS "line, name, sku, reason, bought, paid, requested, received, accepted, " \
		     "restock, qty, before, amount"

static const char *const statements[] = {
	[RETURN_PUT] = "INSERT INTO returned (id, order_id, currency, state, reason, at) "
		       "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[RETURN_GET] = "SELECT order_id, currency, state FROM returned WHERE id = ?1",
	[RETURN_SET] = "UPDATE returned SET state = ?2, amount = ?3 WHERE id = ?1",
	[RETURN_LIST] = "SELECT id, order_id, currency, state, reason, amount, at FROM returned "
			"WHERE (?1 = '' OR state = ?1) AND (?2 = '' OR order_id = ?2) ORDER BY id",
	[LINE_PUT] = "INSERT INTO line (order_id, return_id, " LINE_COLUMNS ") "
		     "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
	[LINE_GET] = "SELECT " LINE_COLUMNS " FROM line WHERE return_id = ?1 ORDER BY line",
	[LINE_SET] = "UPDATE line SET received = ?4, accepted = ?5, restock = ?6, qty = ?7, "
		     "before = ?8, amount = ?9 WHERE order_id = ?1 AND line = ?2 AND return_id = ?3",
	[LINE_CLAIMED] = "SELECT COALESCE(SUM(qty), 0) FROM line WHERE order_id = ?1 AND line = ?2",
	[LINE_REFUNDED] = "SELECT COALESCE(SUM(qty), 0) FROM line JOIN returned "
			  "ON returned.id = return_id AND returned.state = 'refunded' "
			  "WHERE line.order_id = ?1 AND line = ?2",
	[STEP_PUT] = "INSERT INTO step (verb, id, return_id, digest, actor, answer, at) "
		     "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[STEP_GET] = "SELECT digest, answer FROM step WHERE verb = ?1 AND id = ?2",
	[STEP_LIST] = "SELECT verb, id, return_id, actor, at FROM step ORDER BY verb, id",
};

const struct souk_function return_function = {
	.name = "return",
	.summary = "goods that come back, and what is given back for them",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
};

const char *const step_verbs[] = {"request", "receive", "inspect", "refund", NULL};
const char *const return_states[] = {"requested", "received", "inspected", "refunded", NULL};

bool line_sum(struct souk_stage *stage, size_t statement, struct souk_text order_id,
	int64_t line, int64_t *sum)
{
	struct souk_query *q = souk_ask(stage->store, statement);

	souk_bind_text(q, 1, order_id);
	souk_bind_int(q, 2, line);
	if (souk_step(q) != SOUK_STEP_ROW)
		return false;
	*sum = souk_column_int(q, 0);
	souk_done(q);
	return true;
}

void item_put(struct souk_buffer *out, const struct item *item, enum step state)
{
	souk_put_open(out, NULL, '{');
	souk_put_text(out, "id", item->name);
	souk_put_text(out, "sku", item->sku);
	souk_put_int(out, "qty", item->qty);
	if (state >= INSPECT) {
		souk_put_int(out, "rejected", item->received - item->accepted);
		souk_put_int(out, "restock", item->restock);
		souk_put_int(out, "write_off", item->accepted - item->restock);
	}
	if (state == REFUND)
		souk_put_int(out, "amount", item->amount);
	souk_put_some(out, "reason", item->reason);
	souk_put_close(out, '}');
}

void return_put_names(struct souk_query *row, struct souk_buffer *out)
{
	souk_put_text(out, "id", souk_column_text(row, 0));
	souk_put_text(out, "order_id", souk_column_text(row, 1));
	souk_put_time(out, "time", souk_column_int(row, 6));
}

static void put_line(struct souk_query *line, struct souk_buffer *out)
{
	souk_put_open(out, NULL, '{');
	souk_put_text(out, "id", souk_column_text(line, 1));
	souk_put_text(out, "sku", souk_column_text(line, 2));
	souk_put_int(out, "requested", souk_column_int(line, 6));
	souk_put_int(out, "received", souk_column_int(line, 7));
	souk_put_int(out, "accepted", souk_column_int(line, 8));
	souk_put_int(out, "restock", souk_column_int(line, 9));
	souk_put_int(out, "amount", souk_column_int(line, 12));
	souk_put_some(out, "reason", souk_column_text(line, 3));
	souk_put_close(out, '}');
}

bool return_put_rest(struct souk_stage *stage, struct souk_query *row, struct souk_buffer *out)
{
	struct souk_query *lines = souk_ask(stage->store, LINE_GET);
	enum souk_step step;

	souk_put_text(out, "state", souk_column_text(row, 3));
	souk_put_text(out, "currency", souk_column_text(row, 2));
	souk_put_int(out, "amount", souk_column_int(row, 5));
	souk_put_some(out, "reason", souk_column_text(row, 4));
	souk_put_open(out, "lines", '[');
	souk_bind_text(lines, 1, souk_column_text(row, 0));
	while ((step = souk_step(lines)) == SOUK_STEP_ROW)
		put_line(lines, out);
	souk_put_close(out, ']');
	return step == SOUK_STEP_DONE;
}

void steps_close(struct souk_stage *stage)
{
	struct steps *s = stage->state;

	souk_buffer_free(&s->digest.values);
	souk_record_free(&s->order);
}
