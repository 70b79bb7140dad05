/* SPDX-License-Identifier: ISC */
/* What is to be invoiced: of a placed order, or of what an event sends of one. */
#include "bill.h"

/* Refuses, in the words of the record within. */
static bool refuse_inner(struct souk_record *r, const struct souk_record *inner)
{
	r->error.len = 0;
	souk_add(&r->error, inner->error.at, inner->error.len);
	return false;
}

/* Finds the order: the record itself, or what souk-order lookup found for an event. */
static bool find_order(struct souk_record *r, struct sheet *within, struct bill *bill)
{
	const struct souk_node *order, *record = NULL;

	if (!souk_need_node(r, NULL, "order", SOUK_OBJECT, &order) ||
	    !souk_need_text(r, order, "state", 1, 64, &bill->state) ||
	    !souk_may_node(r, order, "record", SOUK_OBJECT, &record))
		return false;
	bill->order = r;
	if (record && !sheet_parse(within, souk_raw(r, record))) {
		souk_refuse_value(r, record, "is no record");
		return false;
	}
	if (record)
		bill->order = &within->record;
	if (souk_need_id(bill->order, &bill->order_id) && souk_priced_read(bill->order, &bill->priced))
		return true;
	return bill->order != r && refuse_inner(r, bill->order);
}

/* Which lines an event names: its own, or those that souk-ship found. */
static bool read_wanted(struct souk_record *r, struct bill *bill)
{
	const struct souk_node *lines = NULL, *ship = NULL;
	const struct souk_priced *priced = &bill->priced;
	struct wanted *wanted;
	size_t count;

	bill->whole = true;
	if (bill->order == r)
		return true;
	if (!souk_may_node(r, NULL, "lines", SOUK_ARRAY, &lines) ||
	    !souk_may_node(r, NULL, "ship", SOUK_OBJECT, &ship) ||
	    (!lines && ship && !souk_may_node(r, ship, "lines", SOUK_ARRAY, &lines)))
		return false;
	if (!lines)
		return true;
	bill->whole = false;
	if (!wanted_read(r, lines, false, &wanted, &count))
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t line = 0;

		while (line < priced->line_count && !souk_text_equal(priced->lines[line].id, wanted[i].id))
			line++;
		if (line == priced->line_count) {
			souk_refuse(r, "unknown_line", "order %.*s has no line %.*s", SOUK_ARG(bill->order_id),
				SOUK_ARG(wanted[i].id));
			return false;
		}
		bill->qty[line] = wanted[i].qty;
	}
	return true;
}

bool bill_read(struct souk_record *r, struct sheet *within, struct souk_buffer *buyer,
	struct bill *bill)
{
	size_t size;

	if (!find_order(r, within, bill))
		return false;
	size = bill->priced.line_count * sizeof(int64_t);
	bill->qty = memset(souk_record_alloc(r, size), 0, size);
	bill->before = memset(souk_record_alloc(r, size), 0, size);
	bill->supplied = SOUK_NO_TIME;
	if (!read_wanted(r, bill) || !souk_may_time(r, "time", &bill->supplied))
		return false;
	bill->vat_id = bill->priced.vat_id;
	if (!taxes_read(bill->order, souk_member(bill->order, "tax"), &bill->taxes))
		return bill->order != r && refuse_inner(r, bill->order);
	return buyer_read(bill->order, &bill->vat_id, buyer) ||
		(bill->order != r && refuse_inner(r, bill->order));
}

void bill_digest(struct souk_digest *d, const struct bill *bill, unsigned char *digest)
{
	const struct souk_priced *priced = &bill->priced;

	souk_digest_begin(d);
	souk_digest_text(d, bill->order_id);
	souk_digest_text(d, souk_text_of(priced->currency->code));
	souk_digest_int(d, priced->inclusive);
	souk_digest_text(d, priced->exempt);
	souk_digest_int(d, bill->whole);
	for (size_t i = 0; i < priced->line_count; i++) {
		const struct souk_priced_line *line = &priced->lines[i];

		souk_digest_text(d, line->id);
		souk_digest_text(d, line->sku);
		souk_digest_text(d, line->rate);
		souk_digest_text(d, line->unit_price);
		souk_digest_int(d, line->qty);
		souk_digest_int(d, line->subtotal);
		souk_digest_int(d, line->discount);
		souk_digest_int(d, line->tax);
		souk_digest_int(d, bill->qty[i]);
	}
	for (size_t i = 0; i < priced->charge_count; i++) {
		souk_digest_text(d, priced->charges[i].label);
		souk_digest_text(d, priced->charges[i].rate);
		souk_digest_int(d, priced->charges[i].amount);
		souk_digest_int(d, priced->charges[i].tax);
	}
	souk_digest_end(d, digest);
}

bool bill_read_earlier(struct souk_stage *stage, struct sheet *earlier, struct bill *bill)
{
	struct souk_query *q = souk_ask(stage->store, INVOICE_OF_ORDER);
	enum souk_step step;

	souk_bind_text(q, 1, bill->order_id);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		if (!sheet_load(earlier, souk_column_text(q, 0))) {
			souk_done(q);
			return false;
		}
		taxes_take(&bill->taxes, &earlier->paper.taxes);
		for (size_t i = 0; i < earlier->paper.item_count; i++) {
			const struct item *item = &earlier->paper.items[i];

			bill->charged |= item->charge != 0;
			if (item->line && (uint64_t)item->line <= bill->priced.line_count)
				bill->before[item->line - 1] += item->qty;
		}
	}
	return step == SOUK_STEP_DONE;
}

/* More of a line is meant than is left. */
static bool refuse_over(struct souk_record *r, const struct bill *bill, size_t i, int64_t left)
{
	struct souk_text id = bill->priced.lines[i].id;

	souk_refuse(r, "over_invoiced", "of line %.*s of order %.*s %lld are to be invoiced, %lld are left",
		SOUK_ARG(id), SOUK_ARG(bill->order_id), (long long)bill->qty[i], (long long)left);
	souk_put_text(&r->error, "line", id);
	souk_put_int(&r->error, "left", left);
	return false;
}

bool bill_fits(struct souk_record *r, struct bill *bill)
{
	static const char *const never[] = {"open", "rejected", "cancelled", "none", NULL};
	const struct souk_priced *priced = &bill->priced;
	size_t over = priced->line_count;
	int64_t over_left = 0;

	for (size_t i = 0; never[i]; i++)
		if (souk_text_is(bill->state, never[i])) {
			souk_refuse(r, "not_placed", "the order is %s: there is nothing to invoice", never[i]);
			return false;
		}
	bill->none = bill->charged || !priced->charge_count;
	for (size_t i = 0; i < priced->line_count; i++) {
		int64_t left = priced->lines[i].qty - bill->before[i];

		/* What is not sent goes with what is sent first, as charges do. */
		if (bill->whole || !priced->lines[i].sent)
			bill->qty[i] = left;
		bill->none &= !bill->qty[i] || (!bill->whole && !left);
		if (bill->qty[i] > left && over == priced->line_count) {
			over = i;
			over_left = left;
		}
	}
	if (over < priced->line_count)
		return refuse_over(r, bill, over, over_left);
	if (bill->none)
		souk_refuse(r, "nothing_left", "all of order %.*s is invoiced", SOUK_ARG(bill->order_id));
	return !bill->none;
}

/* The item for the next pieces of a line. Its total is their share of what is due for the line,
 * which is what souk-ship has captured for them, and its tax that total's share of the tax: so
 * neither it nor the net is ever below zero. Where the shares of price and discount come to a
 * penny more or less, the discount takes that, if there is one. */
static struct item item_of(const struct bill *bill, size_t i)
{
	const struct souk_priced_line *line = &bill->priced.lines[i];
	int64_t before = bill->before[i], qty = bill->qty[i], rest;
	int64_t due = share(line->due, before, qty, line->qty), due_before = share(line->due, 0, before, line->qty);
	struct item item = {.line = (int64_t)i + 1, .id = line->id, .sku = line->sku, .label = line->title,
		.unit_price = line->unit_price, .rate = line->rate, .qty = qty,
		.amount = share(line->subtotal, before, qty, line->qty),
		.discount = share(line->discount, before, qty, line->qty),
		.tax = line->due ? share(line->tax, due_before, due, line->due) : 0};

	rest = due - (item.amount - item.discount + (bill->priced.inclusive ? 0 : item.tax));
	if (line->discount && item.discount >= rest)
		item.discount -= rest;
	else
		item.amount += rest;
	return item;
}

void bill_fill(struct souk_record *r, const struct bill *bill, struct paper *p)
{
	const struct souk_priced *priced = &bill->priced;
	size_t most = priced->line_count + priced->charge_count;

	p->order_id = bill->order_id;
	p->currency = priced->currency;
	p->inclusive = priced->inclusive;
	p->exempt = priced->exempt;
	p->vat_id = bill->vat_id;
	p->supplied = bill->supplied;
	p->items = souk_record_alloc(r, most * sizeof(*p->items));
	p->bands = souk_record_alloc(r, most * sizeof(*p->bands));
	for (size_t i = 0; i < priced->line_count; i++)
		if (bill->qty[i])
			p->items[p->item_count++] = item_of(bill, i);
	for (size_t i = 0; i < priced->charge_count && !bill->charged; i++)
		p->items[p->item_count++] = (struct item){.charge = (int64_t)i + 1,
			.label = priced->charges[i].label, .rate = priced->charges[i].rate,
			.amount = priced->charges[i].amount, .tax = priced->charges[i].tax};
}
