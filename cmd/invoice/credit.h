/* SPDX-License-Identifier: ISC */
/* credit.h: what is to be credited of invoices. */
#ifndef SOUK_INVOICE_CREDIT_H
#define SOUK_INVOICE_CREDIT_H

#include "invoice.h"

/* What a record wants credited, or the part of that which one invoice has. */
struct claim {
	struct souk_text id, order_id, number, reason;
	struct wanted *wanted;           /* lines; none: what the amount says, or all that is left */
	size_t wanted_count;
	int64_t amount;                  /* 0: what the lines come to */
	bool none;                       /* a return for which nothing is given back */
	bool whole;                      /* the order is cancelled: all that is left of all its invoices */
};

/* What is left of an invoice after earlier credit notes. */
struct rest {
	const struct paper *invoice;
	struct item *items;              /* what is left of each item of the invoice */
	struct band *bands;              /* and of each band */
	struct taxes taxes;
	int64_t total;
};

/* All of the invoice, in the record's memory; then without what a credit note has. */
void rest_begin(struct rest *rest, struct souk_record *r, const struct paper *invoice);
void rest_take(struct rest *rest, const struct paper *credit_note);
/* The item of that line; NULL if the invoice does not have it. */
struct item *rest_line(const struct rest *rest, struct souk_text id);

/* Makes the credit note, in the record's memory. Refused if it would credit more than is left. */
enum souk_outcome claim_fill(struct souk_record *r, const struct claim *claim, const struct rest *rest,
	struct paper *paper);
/* Refuses: no more than `left` can be credited. */
enum souk_outcome claim_refuse_over(struct souk_record *r, struct souk_text invoice, int64_t left);

/* ---- Of which invoices (sources.c, parts.c) ---- */

/* An invoice that the claim may be about, one of a list in the order of their numbers. */
struct source {
	struct source *next;
	struct sheet sheet;
	struct rest rest;
	struct claim part;               /* what is claimed of it */
	bool takes_part;
};

/* The list, memory for more, and a credit note at work. A zeroed one is empty and ready. */
struct sources {
	struct source *first, *spare;
	struct sheet earlier;
};

/* Reads the invoice that is named, or all of the order, with what is left of each. False if the
 * system failed. */
bool sources_read(struct souk_stage *stage, struct souk_record *r, const struct claim *claim,
	struct sources *sources);
void sources_free(struct sources *sources);

/* Says what of the claim each invoice has. SOUK_ANSWER: some takes part, and together they have
 * all of it. *none: nothing is left of what is claimed. */
enum souk_outcome claim_part(struct souk_record *r, const struct claim *claim, struct source *sources,
	bool *none);

/* ---- Several notes for one event (notes.c) ---- */

/* As book_seen() and book_enter(); `number` counts the notes of the event from 0, and what comes
 * after the first stands in the answer's `more`. */
enum souk_step notes_seen(struct souk_stage *stage, struct souk_record *r, struct souk_text id,
	const unsigned char *digest, bool *same);
bool notes_enter(struct souk_stage *stage, struct souk_record *r, struct souk_text id,
	const unsigned char *digest, struct souk_text series, size_t number, struct paper *paper);

#endif
