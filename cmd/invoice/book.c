/* SPDX-License-Identifier: ISC */
/* souk-invoice: the book of what was issued. */
#include "invoice.h"

static const char schema[] =
#include "cmd/invoice/schema.sql.h"
;

static const char *const statements[] = {
	[SELLER_PUT] = "INSERT INTO seller (series, document) VALUES (?1, ?2) "
		       "ON CONFLICT (series) DO UPDATE SET document = excluded.document "
		       "WHERE document <> excluded.document",
	[SELLER_GET] = "SELECT document FROM seller WHERE series IN (?1, '') ORDER BY series DESC LIMIT 1",
	[SERIES_NEXT] = "INSERT INTO series (series, year, last) VALUES (?1, ?2, 1) "
			"ON CONFLICT (series, year) DO UPDATE SET last = last + 1 RETURNING last",
	[INVOICE_PUT] = "INSERT INTO invoice (number, series, year, seq, verb, id, digest, order_id, of, at, "
			"currency, net, tax, total, document) "
			"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
	[INVOICE_GET] = "SELECT digest, number, of, at, net, tax, total FROM invoice "
			"WHERE verb = ?1 AND id = ?2",
	[INVOICE_BY_NUMBER] = "SELECT document FROM invoice WHERE number = ?1",
	[INVOICE_OF_ORDER] = "SELECT document FROM invoice WHERE order_id = ?1 AND of = '' "
			     "ORDER BY series, year, seq",
	[INVOICE_CREDITS] = "SELECT document FROM invoice WHERE of = ?1 AND of <> ''",
	[INVOICE_LIST] = "SELECT number, id, order_id, of, at, currency, net, tax, total, document "
			 "FROM invoice WHERE ?1 = '' OR order_id = ?1 ORDER BY series, year, seq",
};

const struct souk_function invoice_function = {
	.name = "invoice",
	.summary = "invoices and credit notes, numbered without a gap",
	.schema = schema,
	.statements = statements,
	.statement_count = sizeof(statements) / sizeof(*statements),
};

static void answer(struct souk_record *r, struct souk_text number, struct souk_text of, int64_t at,
	int64_t net, int64_t tax, int64_t total)
{
	souk_put_open(&r->answer, NULL, '{');
	souk_put_text(&r->answer, "number", number);
	souk_put_string(&r->answer, "kind", of.len ? "credit_note" : "invoice");
	souk_put_time(&r->answer, "date", at);
	souk_put_some(&r->answer, "of", of);
	souk_put_int(&r->answer, "net", net);
	souk_put_int(&r->answer, "tax", tax);
	souk_put_int(&r->answer, "total", total);
	souk_put_close(&r->answer, '}');
}

enum souk_outcome book_answer_none(struct souk_record *r)
{
	r->error.len = 0;
	souk_add_string(&r->answer, "{\"kind\":\"none\"}");
	return SOUK_ANSWER;
}

enum souk_step book_seen(struct souk_stage *stage, struct souk_record *r, const char *verb,
	struct souk_text id, const unsigned char *digest, bool *same)
{
	struct souk_query *q = souk_ask(stage->store, INVOICE_GET);
	enum souk_step step;

	souk_bind_text(q, 1, souk_text_of(verb));
	souk_bind_text(q, 2, id);
	step = souk_step(q);
	if (step != SOUK_STEP_ROW)
		return step;
	*same = souk_digest_is(souk_column_text(q, 0), digest);
	if (*same)
		answer(r, souk_column_text(q, 1), souk_column_text(q, 2), souk_column_int(q, 3),
			souk_column_int(q, 4), souk_column_int(q, 5), souk_column_int(q, 6));
	souk_done(q);
	return step;
}

static bool next_number(struct souk_stage *stage, struct souk_text series, int64_t year, int64_t *seq)
{
	struct souk_query *q = souk_ask(stage->store, SERIES_NEXT);

	souk_bind_text(q, 1, series);
	souk_bind_int(q, 2, year);
	if (souk_step(q) != SOUK_STEP_ROW)
		return false;
	*seq = souk_column_int(q, 0);
	souk_done(q);
	return true;
}

static int64_t year_of(int64_t time)
{
	struct souk_buffer text = {0};
	int64_t year = 0;

	souk_add_time(&text, time);
	for (size_t i = 0; i < 4; i++)
		year = year * 10 + (text.at[i] - '0');
	souk_buffer_free(&text);
	return year;
}

bool book_enter(struct souk_stage *stage, struct souk_record *r, const char *verb, struct souk_text id,
	const unsigned char *digest, struct souk_text series, struct paper *p)
{
	struct souk_buffer number = {0}, document = {0};
	int64_t year = year_of(p->at), seq;
	struct souk_query *q;
	bool done;

	if (!next_number(stage, series, year, &seq))
		return false;
	souk_add_format(&number, "%.*s%s%04lld-%06lld", SOUK_ARG(series), series.len ? "-" : "",
		(long long)year, (long long)seq);
	p->number = (struct souk_text){number.at, number.len};
	paper_write(&document, p);
	q = souk_ask(stage->store, INVOICE_PUT);
	souk_bind_text(q, 1, p->number);
	souk_bind_text(q, 2, series);
	souk_bind_int(q, 3, year);
	souk_bind_int(q, 4, seq);
	souk_bind_text(q, 5, souk_text_of(verb));
	souk_bind_text(q, 6, id);
	souk_bind_blob(q, 7, digest, SOUK_DIGEST_BYTES);
	souk_bind_text(q, 8, p->order_id);
	souk_bind_text(q, 9, p->of);
	souk_bind_int(q, 10, p->at);
	souk_bind_text(q, 11, souk_text_of(p->currency->code));
	souk_bind_int(q, 12, p->net);
	souk_bind_int(q, 13, p->tax);
	souk_bind_int(q, 14, p->total);
	souk_bind_text(q, 15, (struct souk_text){document.at, document.len});
	done = souk_do(q);
	if (done)
		answer(r, p->number, p->of, p->at, p->net, p->tax, p->total);
	souk_buffer_free(&number);
	souk_buffer_free(&document);
	return done;
}

enum souk_step book_seller(struct souk_stage *stage, struct souk_text series,
	struct souk_buffer *seller)
{
	struct souk_query *q = souk_ask(stage->store, SELLER_GET);
	struct souk_text document;
	enum souk_step step;

	souk_bind_text(q, 1, series);
	step = souk_step(q);
	if (step != SOUK_STEP_ROW)
		return step;
	document = souk_column_text(q, 0);
	seller->len = 0;
	souk_add(seller, document.at, document.len);
	souk_done(q);
	return step;
}

struct souk_text series_of(const char *option, const char *otherwise)
{
	struct souk_text series = souk_text_of(option ? option : otherwise);
	bool good = series.len <= MAX_SERIES;

	for (size_t i = 0; i < series.len; i++)
		good &= strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
			series.at[i]) != NULL;
	if (!good)
		souk_die_usage("--series %s: must be up to %d letters of ASCII and digits", series.at,
			MAX_SERIES);
	return series;
}
