/* SPDX-License-Identifier: ISC */
/* souk-cart: what customers are about to buy. */
#include "cart.h"

#include <stdlib.h>

static const char schema[] =
#include "cmd/cart/schema.sql.h"
;

static const char *const statements[] = {
	[CART_GET] = "SELECT body, version, next FROM cart WHERE id = ?1",
	[CART_PUT] = "INSERT INTO cart (id, version, next, body, changed_at) VALUES (?1, ?2, ?3, ?4, ?5) "
		     "ON CONFLICT (id) DO UPDATE SET version = excluded.version, next = excluded.next, "
		     "body = excluded.body, changed_at = excluded.changed_at",
	/* By id, so that all of them are one pass over the table. */
	[CART_OLD] = "SELECT id, body FROM cart WHERE id > ?1 AND changed_at <= ?2 ORDER BY id",
	[CART_DROP] = "DELETE FROM cart WHERE id > ?1 AND id <= ?2 AND changed_at <= ?3",
	[EVENT_GET] = "SELECT digest, answer FROM event WHERE verb = ?1 AND id = ?2",
	[EVENT_PUT] = "INSERT INTO event (verb, id, digest, answer, at) VALUES (?1, ?2, ?3, ?4, ?5)",
	[EVENT_RANGE] = "SELECT COALESCE(min(rowid), 1), COALESCE(max(rowid), 0) FROM event",
	[EVENT_FORGET] = "DELETE FROM event WHERE rowid BETWEEN ?1 AND ?2 AND at <= ?3",
};

const struct souk_function cart_function = {
	.name = "cart",
	.summary = "what customers are about to buy",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
};

struct cart_line *cart_find(struct cart *cart, struct souk_text sku)
{
	for (size_t i = 0; i < cart->count; i++)
		if (souk_text_equal(cart->lines[i].sku, sku))
			return &cart->lines[i];
	return NULL;
}

struct cart_line *cart_find_id(struct cart *cart, struct souk_text id)
{
	char digits[24];

	for (size_t i = 0; i < cart->count; i++) {
		snprintf(digits, sizeof(digits), "%lld", (long long)cart->lines[i].id);
		if (souk_text_is(id, digits))
			return &cart->lines[i];
	}
	return NULL;
}

struct cart_line *cart_append(struct cart *cart, struct souk_text sku)
{
	if (cart->count == cart->capacity) {
		cart->capacity = cart->capacity ? 2 * cart->capacity : 16;
		cart->lines = realloc(cart->lines, cart->capacity * sizeof(*cart->lines));
		if (!cart->lines)
			souk_die("out of memory");
	}
	cart->lines[cart->count] = (struct cart_line){.id = cart->next++, .sku = sku};
	return &cart->lines[cart->count++];
}

void cart_remove(struct cart *cart, struct cart_line *line)
{
	memmove(line, line + 1, (size_t)(cart->lines + --cart->count - line) * sizeof(*line));
}

/* Takes the lines out of the stored body. */
static bool read_lines(struct cart *cart)
{
	struct souk_record *r = &cart->record;
	const struct souk_node *lines = NULL, *n;
	struct souk_text id;

	if (!souk_need_node(r, NULL, "lines", SOUK_ARRAY, &lines))
		return false;
	for (n = souk_first(r, lines); n; n = souk_next(r, lines, n)) {
		struct cart_line *line = cart_append(cart, SOUK_TEXT(""));

		if (!souk_need_text(r, n, "id", 1, 20, &id) ||
		    !souk_need_text(r, n, "sku", 1, SOUK_MAX_SKU, &line->sku) ||
		    !souk_need_int(r, n, "qty", 1, SOUK_MAX_QTY, &line->qty))
			return false;
		line->id = strtoll(id.at, NULL, 10);
	}
	return true;
}

bool cart_read(struct souk_stage *stage, struct cart *cart, struct souk_text id)
{
	static const char *const reads[] = {"lines", NULL};
	struct souk_query *q = souk_ask(stage->store, CART_GET);
	enum souk_step step;
	bool whole;

	if (!cart->record.by)
		souk_record_init(&cart->record, cart_function.name, &(struct souk_interest){.reads = reads});
	cart->id = id;
	cart->count = 0;
	cart->version = 0;
	cart->next = 1;
	souk_bind_text(q, 1, id);
	step = souk_step(q);
	if (step != SOUK_STEP_ROW)
		return step == SOUK_STEP_DONE;
	whole = souk_record_parse_copy(&cart->record, &cart->body, souk_column_text(q, 0)) && read_lines(cart);
	cart->version = souk_column_int(q, 1);
	cart->next = souk_column_int(q, 2);
	souk_done(q);
	if (!whole)
		souk_warn("the cart %.*s is damaged", SOUK_ARG(id));
	return whole;
}

void cart_put_lines(const struct cart *cart, struct souk_buffer *out)
{
	souk_put_open(out, "lines", '[');
	for (const struct cart_line *line = cart->lines; line < cart->lines + cart->count; line++) {
		souk_add_format(out, "%s{\"id\":\"%lld\"", line > cart->lines ? "," : "", (long long)line->id);
		souk_put_text(out, "sku", line->sku);
		souk_put_int(out, "qty", line->qty);
		souk_put_close(out, '}');
	}
	souk_put_close(out, ']');
}

bool cart_store(struct souk_stage *stage, struct cart *cart)
{
	struct souk_query *q = souk_ask(stage->store, CART_PUT);
	struct souk_buffer body = {0};
	bool done;

	cart->version++;
	souk_put_open(&body, NULL, '{');
	souk_put_string(&body, "state", cart->count ? "open" : "empty");
	cart_put_lines(cart, &body);
	souk_put_int(&body, "version", cart->version);
	souk_put_close(&body, '}');
	souk_bind_text(q, 1, cart->id);
	souk_bind_int(q, 2, cart->version);
	souk_bind_int(q, 3, cart->next);
	souk_bind_text(q, 4, (struct souk_text){body.at, body.len});
	souk_bind_int(q, 5, souk_now(stage));
	done = souk_do(q);
	souk_buffer_free(&body);
	return done;
}

void cart_free(struct cart *cart)
{
	free(cart->lines);
	if (cart->record.by)
		souk_record_free(&cart->record);
	souk_buffer_free(&cart->body);
}
