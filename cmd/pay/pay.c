/* SPDX-License-Identifier: ISC */
/* souk-pay: what orders are paid with. */
#include "pay.h"

static const char schema[] =
#include "cmd/pay/schema.sql.h"
;

#define PAYMENT_COLUMNS "position, id, method, currency, amount, key, state, settled, " \
	"authorized, captured, capturing, refunded, refunding, reference, code, message"

static const char *const statements[] = {
	[PAYMENT_PUT] = "INSERT INTO payment (order_id, position, id, method, currency, amount, key, "
			"state, authorized, digest, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
			"ON CONFLICT (order_id, position) DO NOTHING",
	[PAYMENT_PUT_ALL] = "INSERT INTO payment (order_id, position, id, method, currency, amount, key, "
			    "state, authorized, digest, at) "
			    "SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11 FROM batch "
			    "WHERE true ON CONFLICT (order_id, position) DO NOTHING",
	[PAYMENT_GET] = "SELECT " PAYMENT_COLUMNS ", digest FROM payment WHERE order_id = ?1 "
			"ORDER BY position",
	[PAYMENT_ANSWER] = "UPDATE payment SET state = ?3, authorized = ?4, reference = ?5, code = ?6, "
			   "message = ?7 WHERE order_id = ?1 AND position = ?2 "
			   "AND state IN ('intended', 'action_required')",
	[PAYMENT_ANSWER_SPAN] = "SELECT order_id, position FROM payment "
				"WHERE order_id BETWEEN ?1 AND ?2 ORDER BY order_id, position",
	[PAYMENT_AUTHORIZE_ALL] =
		"UPDATE payment SET state = 'authorized', authorized = amount, code = '', message = '', "
		"reference = (SELECT c5 FROM batch WHERE c1 = order_id AND c2 = position) "
		"WHERE order_id BETWEEN ?1 AND ?2 AND state IN ('intended', 'action_required')",
	[PAYMENT_SETTLE] = "UPDATE payment SET settled = 1 WHERE order_id = ?1 AND settled = 0 "
			   "AND state = 'authorized'",
	[PAYMENT_SETTLE_SPAN] = "SELECT order_id FROM payment WHERE order_id BETWEEN ?1 AND ?2 "
				"ORDER BY order_id",
	[PAYMENT_SETTLE_ALL] = "UPDATE payment SET settled = 1 WHERE order_id BETWEEN ?1 AND ?2 "
			       "AND settled = 0 AND state = 'authorized'",
	[PAYMENT_VOID] = "UPDATE payment SET state = 'voiding' WHERE order_id = ?1 AND settled = ?2 "
			 "AND (position = ?3 OR ?3 = 0) "
			 "AND state IN ('intended', 'action_required', 'authorized')",
	[PAYMENT_VOIDED] = "UPDATE payment SET state = ?3, authorized = ?4 WHERE order_id = ?1 "
			   "AND position = ?2 AND state = 'voiding'",
	[PAYMENT_RELEASED] = "UPDATE payment SET state = ?3 WHERE order_id = ?1 AND position = ?2 "
			     "AND state = 'voiding'",
	[PAYMENT_BAR] = "INSERT INTO payment (order_id, position, id, method, currency, amount, key, "
			"state, at) VALUES (?1, 1, '', '', '', 0, '', 'voided', ?2) "
			"ON CONFLICT (order_id, position) DO NOTHING",
	[PAYMENT_CAPTURE] = "UPDATE payment SET capturing = capturing + ?3, captured = captured + ?4 "
			    "WHERE order_id = ?1 AND position = ?2",
	[PAYMENT_REFUND] = "UPDATE payment SET refunding = refunding + ?3, refunded = refunded + ?4 "
			   "WHERE order_id = ?1 AND position = ?2",
	[PAYMENT_LIST] = "SELECT " PAYMENT_COLUMNS ", order_id FROM payment WHERE method <> '' "
			 "AND order_id BETWEEN ?1 AND ?2 AND (?3 = '' OR state = ?3) "
			 "ORDER BY order_id, position",
	[EVENT_PUT] = "INSERT INTO event (verb, id, position, order_id, asked_payment, asked_amount, "
		      "payment, amount, key, state, at) "
		      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'intended', ?10)",
	[EVENT_GET] = "SELECT position, order_id, asked_payment, asked_amount, payment, amount, key, "
		      "state, code, message FROM event WHERE verb = ?1 AND id = ?2 ORDER BY position",
	[EVENT_ANSWER] = "UPDATE event SET state = ?4, code = ?5, message = ?6 "
			 "WHERE verb = ?1 AND id = ?2 AND position = ?3 AND state = 'intended'",
	[EVENT_LIST] = "SELECT verb, id, order_id, payment, amount, state, at FROM event "
		       "ORDER BY id, verb, position",
};

/* Books of providers that this function keeps itself. */
static const char *const stores[] = {"pay-credit", "pay-test", NULL};

const struct souk_function pay_function = {
	.name = "pay",
	.summary = "authorizations, captures, voids and refunds at payment providers",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
	.stores = stores,
};

const char *const payment_states[] = {
	[INTENDED] = "intended", [NEEDS_ACTION] = "action_required", [REFUSED] = "declined",
	[AUTHORIZED] = "authorized", [VOIDING] = "voiding", [VOIDED] = "voided", NULL,
};

/* ---- Payments ---- */

static enum payment_state state_of(struct souk_text word)
{
	enum payment_state state = INTENDED;

	while (state < VOIDED && !souk_text_is(word, payment_states[state]))
		state++;
	return state;
}

static struct payment *read_payment(struct souk_query *q, struct souk_arena *memory)
{
	struct payment *p = souk_arena_alloc(memory, sizeof(*p));

	*p = (struct payment){
		.position = souk_column_int(q, 0),
		.id = souk_arena_copy(memory, souk_column_text(q, 1)),
		.method = souk_arena_copy(memory, souk_column_text(q, 2)),
		.currency = souk_arena_copy(memory, souk_column_text(q, 3)),
		.amount = souk_column_int(q, 4),
		.key = souk_arena_copy(memory, souk_column_text(q, 5)),
		.state = state_of(souk_column_text(q, 6)),
		.settled = souk_column_int(q, 7),
		.authorized = souk_column_int(q, 8),
		.captured = souk_column_int(q, 9),
		.capturing = souk_column_int(q, 10),
		.refunded = souk_column_int(q, 11),
		.refunding = souk_column_int(q, 12),
		.reference = souk_arena_copy(memory, souk_column_text(q, 13)),
		.code = souk_arena_copy(memory, souk_column_text(q, 14)),
		.message = souk_arena_copy(memory, souk_column_text(q, 15)),
	};
	p->provider = provider_find(p->method);
	return p;
}

bool payments_get(struct souk_store *store, struct work *work, struct souk_text order_id,
	struct payment **payments, unsigned char digest[SOUK_DIGEST_BYTES])
{
	struct souk_query *q = souk_ask(store, PAYMENT_GET);
	struct payment **end = payments;
	struct souk_text stored;
	enum souk_step step;

	*payments = NULL;
	souk_bind_text(q, 1, order_id);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		*end = read_payment(q, &work->calls.memory);
		if ((*end)->method.len && !(*end)->provider) {
			souk_warn("payment %.*s is by %.*s, a method that this program does not have",
				SOUK_ARG((*end)->key), SOUK_ARG((*end)->method));
			souk_done(q);
			return false;
		}
		end = &(*end)->next;
		stored = souk_column_text(q, 16);
		if (digest && stored.len == SOUK_DIGEST_BYTES)
			memcpy(digest, stored.at, SOUK_DIGEST_BYTES);
	}
	return step == SOUK_STEP_DONE;
}

struct souk_text make_key(struct souk_arena *memory, const char *verb, struct souk_text id,
	int64_t position)
{
	size_t len = strlen(verb);
	char *key = souk_arena_alloc(memory, len + id.len + 24);
	int number;

	memcpy(key, verb, len);
	key[len++] = '/';
	memcpy(key + len, id.at, id.len);
	len += id.len;
	number = (int)position;
	key[len++] = '/';
	if (number >= 10)
		key[len++] = (char)('0' + number / 10);
	key[len++] = (char)('0' + number % 10);
	return (struct souk_text){key, len};
}

/* ---- Answers ---- */

void put_payment(struct souk_buffer *out, const struct payment *p, const char *state)
{
	souk_put_open(out, NULL, '{');
	souk_put_text(out, "id", p->id);
	souk_put_text(out, "method", p->method);
	souk_put_int(out, "amount", p->amount);
	souk_put_string(out, "state", state);
	souk_put_some(out, "reference", p->reference);
	souk_put_close(out, '}');
}

void payment_row_put(struct souk_buffer *out, struct souk_query *row)
{
	souk_put_text(out, "method", souk_column_text(row, 2));
	souk_put_text(out, "currency", souk_column_text(row, 3));
	souk_put_int(out, "amount", souk_column_int(row, 4));
	souk_put_text(out, "state", souk_column_text(row, 6));
	souk_put_bool(out, "settled", souk_column_int(row, 7));
	souk_put_int(out, "authorized", souk_column_int(row, 8));
	souk_put_int(out, "captured", souk_column_int(row, 9));
	souk_put_int(out, "refunded", souk_column_int(row, 11));
}

enum souk_outcome refuse_declined(struct souk_record *r, struct souk_text payment_id,
	struct souk_text code, struct souk_text message)
{
	souk_refuse(r, "declined", "payment %.*s was declined: %.*s", SOUK_ARG(payment_id),
		SOUK_ARG(message));
	souk_put_text(&r->error, "payment", payment_id);
	souk_put_text(&r->error, "decline_code", code);
	return SOUK_REFUSED;
}

enum souk_outcome wait_unknown(struct souk_record *r, struct souk_text payment_id)
{
	souk_wait(r, "unknown", "the provider has not answered for payment %.*s: it is asked again "
		"under the same key when the record comes again", SOUK_ARG(payment_id));
	souk_put_text(&r->error, "payment", payment_id);
	return SOUK_WAITING;
}
