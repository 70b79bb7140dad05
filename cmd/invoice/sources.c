/* SPDX-License-Identifier: ISC */
/* The invoices that a credit note may be of, and what is left of each. */
#include "credit.h"

#include <stdlib.h>

/* A source is used again for the next record. */
static struct source *add_source(struct sources *s, struct source **last)
{
	struct source *source = s->spare;

	if (source)
		s->spare = source->next;
	else
		source = calloc(1, sizeof(*source));
	if (!source)
		souk_die("out of memory");
	source->next = NULL;
	if (*last)
		(*last)->next = source;
	else
		s->first = source;
	*last = source;
	return source;
}

static void drop_sources(struct sources *s)
{
	while (s->first) {
		struct source *next = s->first->next;

		s->first->next = s->spare;
		s->spare = s->first;
		s->first = next;
	}
}

/* What earlier credit notes left of the invoice. */
static bool read_rest(struct souk_stage *stage, struct souk_record *r, struct source *source,
	struct sheet *earlier)
{
	struct souk_query *q = souk_ask(stage->store, INVOICE_CREDITS);
	enum souk_step step;

	rest_begin(&source->rest, r, &source->sheet.paper);
	souk_bind_text(q, 1, source->sheet.paper.number);
	while ((step = souk_step(q)) == SOUK_STEP_ROW) {
		if (!sheet_load(earlier, souk_column_text(q, 0))) {
			souk_done(q);
			return false;
		}
		rest_take(&source->rest, &earlier->paper);
	}
	return step == SOUK_STEP_DONE;
}

bool sources_read(struct souk_stage *stage, struct souk_record *r, const struct claim *c,
	struct sources *s)
{
	struct souk_query *q = souk_ask(stage->store, c->number.len ? INVOICE_BY_NUMBER : INVOICE_OF_ORDER);
	struct source *last = NULL;
	enum souk_step step;

	drop_sources(s);
	souk_bind_text(q, 1, c->number.len ? c->number : c->order_id);
	while ((step = souk_step(q)) == SOUK_STEP_ROW)
		if (!sheet_load(&add_source(s, &last)->sheet, souk_column_text(q, 0))) {
			souk_done(q);
			return false;
		}
	for (struct source *source = s->first; source; source = source->next)
		if (!read_rest(stage, r, source, &s->earlier))
			return false;
	return step == SOUK_STEP_DONE;
}

void sources_free(struct sources *s)
{
	drop_sources(s);
	while (s->spare) {
		struct source *next = s->spare->next;

		sheet_free(&s->spare->sheet);
		free(s->spare);
		s->spare = next;
	}
	sheet_free(&s->earlier);
}
