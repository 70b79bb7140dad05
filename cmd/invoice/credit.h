/* SPDX-License-Identifier: ISC */
/* credit.h: what is to be credited of an invoice. */
#ifndef SOUK_INVOICE_CREDIT_H
#define SOUK_INVOICE_CREDIT_H

#include "invoice.h"

/* What a record wants credited. */
struct claim {
	struct souk_text id, order_id, number, reason;
	struct wanted *wanted;           /* lines; none: what the amount says, or all that is left */
	size_t wanted_count;
	int64_t amount;                  /* 0: what the lines come to */
};

/* What is left of an invoice after earlier credit notes. */
struct rest {
	const struct paper *invoice;
	int64_t *credited;               /* pieces of each item; of a charge 1 if it was credited */
	struct band *bands;              /* what is left of each band of the invoice */
	int64_t total;
};

/* All of the invoice, in the record's memory; then without what a credit note has. */
void rest_begin(struct rest *rest, struct souk_record *r, const struct paper *invoice);
void rest_take(struct rest *rest, const struct paper *credit_note);

/* Whether the invoice has all lines that are claimed, be there anything left of them or not. */
bool claim_concerns(const struct claim *claim, const struct paper *invoice);
/* Whether it can be: SOUK_ANSWER, or refused. */
enum souk_outcome claim_check(struct souk_record *r, const struct claim *claim,
	const struct rest *rest);
/* Makes the credit note, in the record's memory. Refused if it would credit more than is left. */
enum souk_outcome claim_fill(struct souk_record *r, const struct claim *claim, const struct rest *rest,
	struct paper *paper);

#endif
