/* SPDX-License-Identifier: ISC */
/* Invoices and credit notes as they are stored. */
#include "invoice.h"

int64_t item_net(const struct paper *p, const struct item *item)
{
	return item->amount - item->discount - (p->inclusive ? item->tax : 0);
}

struct band *paper_band(const struct paper *p, struct souk_text rate)
{
	for (size_t i = 0; i < p->band_count; i++)
		if (souk_text_equal(p->bands[i].rate, rate))
			return &p->bands[i];
	return NULL;
}

bool paper_sum(struct paper *p)
{
	p->band_count = 0;
	p->net = p->tax = 0;
	for (size_t i = 0; i < p->item_count; i++) {
		const struct item *item = &p->items[i];
		struct band *band = paper_band(p, item->rate);
		int64_t net = item_net(p, item);

		if (!band) {
			band = &p->bands[p->band_count++];
			*band = (struct band){.rate = item->rate};
		}
		if (!souk_money_add(band->net, net, &band->net) ||
		    !souk_money_add(band->tax, item->tax, &band->tax) ||
		    !souk_money_add(p->net, net, &p->net) || !souk_money_add(p->tax, item->tax, &p->tax))
			return false;
	}
	return souk_money_add(p->net, p->tax, &p->total);
}

int64_t share(int64_t amount, int64_t before, int64_t qty, int64_t of)
{
	int64_t until[2], till_now[2];

	souk_money_spread(amount, (int64_t[]){before, of - before}, 2, until);
	souk_money_spread(amount, (int64_t[]){before + qty, of - before - qty}, 2, till_now);
	return till_now[0] - until[0];
}

/* ---- Writing ---- */

static void put_item(struct souk_buffer *out, const struct item *item)
{
	souk_put_open(out, NULL, '{');
	if (item->line)
		souk_put_int(out, "line", item->line);
	if (item->charge)
		souk_put_int(out, "charge", item->charge);
	souk_put_some(out, "id", item->id);
	souk_put_some(out, "sku", item->sku);
	souk_put_some(out, "label", item->label);
	if (item->qty)
		souk_put_int(out, "qty", item->qty);
	souk_put_some(out, "unit_price", item->unit_price);
	souk_put_int(out, "amount", item->amount);
	if (item->discount)
		souk_put_int(out, "discount", item->discount);
	souk_put_some(out, "rate", item->rate);
	souk_put_int(out, "tax", item->tax);
	souk_put_close(out, '}');
}

void paper_write(struct souk_buffer *out, const struct paper *p)
{
	souk_put_open(out, NULL, '{');
	souk_put_text(out, "number", p->number);
	souk_put_string(out, "kind", p->of.len ? "credit_note" : "invoice");
	souk_put_time(out, "date", p->at);
	souk_put_text(out, "order_id", p->order_id);
	souk_put_some(out, "of", p->of);
	souk_put_some(out, "reason", p->reason);
	if (p->supplied != SOUK_NO_TIME)
		souk_put_time(out, "supplied", p->supplied);
	souk_put_string(out, "currency", p->currency->code);
	souk_put_raw(out, "seller", p->seller);
	souk_put_raw(out, "buyer", p->buyer);
	souk_put_some(out, "exempt", p->exempt);
	souk_put_some(out, "vat_id", p->vat_id);
	souk_put_bool(out, "inclusive", p->inclusive);
	souk_put_open(out, "items", '[');
	for (size_t i = 0; i < p->item_count; i++)
		put_item(out, &p->items[i]);
	souk_put_close(out, ']');
	souk_put_open(out, "rates", '[');
	for (size_t i = 0; i < p->band_count; i++) {
		souk_put_open(out, NULL, '{');
		souk_put_some(out, "rate", p->bands[i].rate);
		souk_put_int(out, "net", p->bands[i].net);
		souk_put_int(out, "tax", p->bands[i].tax);
		taxes_put(out, &p->taxes, p->bands[i].rate);
		souk_put_close(out, '}');
	}
	souk_put_close(out, ']');
	souk_put_int(out, "net", p->net);
	souk_put_int(out, "tax", p->tax);
	souk_put_int(out, "total", p->total);
	souk_put_close(out, '}');
}

/* ---- Reading ---- */

bool sheet_parse(struct sheet *s, struct souk_text document)
{
	static const char *const all[] = {"*", NULL};

	if (!s->record.by)
		souk_record_init(&s->record, invoice_function.name, &(struct souk_interest){.reads = all});
	return souk_record_parse_copy(&s->record, &s->line, document);
}

void sheet_free(struct sheet *s)
{
	if (s->record.by)
		souk_record_free(&s->record);
	souk_buffer_free(&s->line);
}

static bool read_item(struct souk_record *r, const struct souk_node *n, struct item *item)
{
	*item = (struct item){.line = 0};
	return souk_may_int(r, n, "line", 1, INT64_MAX, &item->line) &&
		souk_may_int(r, n, "charge", 1, INT64_MAX, &item->charge) &&
		souk_may_text(r, n, "id", 1, SIZE_MAX, &item->id) &&
		souk_may_text(r, n, "sku", 1, SIZE_MAX, &item->sku) &&
		souk_may_text(r, n, "label", 1, SIZE_MAX, &item->label) &&
		souk_may_text(r, n, "unit_price", 1, SIZE_MAX, &item->unit_price) &&
		souk_may_text(r, n, "rate", 1, SIZE_MAX, &item->rate) &&
		souk_may_int(r, n, "qty", 1, INT64_MAX, &item->qty) &&
		souk_need_int(r, n, "amount", -INT64_MAX, INT64_MAX, &item->amount) &&
		souk_may_int(r, n, "discount", -INT64_MAX, INT64_MAX, &item->discount) &&
		souk_need_int(r, n, "tax", -INT64_MAX, INT64_MAX, &item->tax);
}

static bool read_paper(struct souk_record *r, struct paper *p)
{
	const struct souk_node *items, *seller, *buyer;
	struct souk_text date, supplied = {0};
	struct item *item;

	*p = (struct paper){.supplied = SOUK_NO_TIME};
	if (!souk_need_text(r, NULL, "number", 1, MAX_NUMBER, &p->number) ||
	    !souk_need_text(r, NULL, "date", 1, 40, &date) || !souk_time_parse(date, &p->at) ||
	    !souk_need_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &p->order_id) ||
	    !souk_may_text(r, NULL, "of", 1, MAX_NUMBER, &p->of) ||
	    !souk_may_text(r, NULL, "reason", 1, MAX_REASON, &p->reason) ||
	    !souk_may_text(r, NULL, "supplied", 1, 40, &supplied) ||
	    !souk_order_currency(r, &p->currency) ||
	    !souk_need_node(r, NULL, "seller", SOUK_OBJECT, &seller) ||
	    !souk_need_node(r, NULL, "buyer", SOUK_OBJECT, &buyer) ||
	    !souk_may_text(r, NULL, "exempt", 1, 64, &p->exempt) ||
	    !souk_may_text(r, NULL, "vat_id", 1, 64, &p->vat_id) ||
	    !souk_may_bool(r, NULL, "inclusive", &p->inclusive) ||
	    !souk_need_node(r, NULL, "items", SOUK_ARRAY, &items))
		return false;
	if (supplied.at && !souk_time_parse(supplied, &p->supplied))
		return false;
	p->seller = souk_raw(r, seller);
	p->buyer = souk_raw(r, buyer);
	p->item_count = souk_count(r, items);
	p->items = item = souk_record_alloc(r, (p->item_count + 1) * sizeof(*p->items));
	p->bands = souk_record_alloc(r, (p->item_count + 1) * sizeof(*p->bands));
	for (const struct souk_node *n = souk_first(r, items); n; n = souk_next(r, items, n))
		if (!read_item(r, n, item++))
			return false;
	return taxes_read(r, NULL, &p->taxes) && paper_sum(p);
}

bool sheet_load(struct sheet *s, struct souk_text document)
{
	if (sheet_parse(s, document) && read_paper(&s->record, &s->paper))
		return true;
	souk_warn("an invoice in the book can't be read: %.*s", SOUK_ARG(document));
	return false;
}
