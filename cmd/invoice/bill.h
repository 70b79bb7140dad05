/* SPDX-License-Identifier: ISC */
/* bill.h: what is to be invoiced of an order. */
#ifndef SOUK_INVOICE_BILL_H
#define SOUK_INVOICE_BILL_H

#include "invoice.h"

struct bill {
	struct souk_record *order;       /* the record that holds the order */
	struct souk_priced priced;
	struct souk_text order_id, state; /* state: what order.state says */
	bool whole;                      /* all of it, or all that is left: no lines are named */
	int64_t *qty, *before;           /* of each line: now, and in earlier invoices */
	struct taxes taxes;              /* what is left of them; bill_read_earlier() takes off the rest */
	struct souk_text vat_id;         /* the buyer's; may be empty */
	int64_t supplied;                /* the time of the event, or of the order itself; or SOUK_NO_TIME */
	bool charged;                    /* an earlier invoice has the charges */
	bool none;                       /* all that is meant is invoiced */
};

/* Reads the order, and which of its lines are meant. An order within an event is parsed into
 * `within`; whom the invoice is for is written to `buyer`. False if refused. */
bool bill_read(struct souk_record *r, struct sheet *within, struct souk_buffer *buyer,
	struct bill *bill);

/* Of what goes into the invoice. */
void bill_digest(struct souk_digest *d, const struct bill *bill, unsigned char *digest);

/* Finds what earlier invoices of the order have. False if the database failed. */
bool bill_read_earlier(struct souk_stage *stage, struct sheet *earlier, struct bill *bill);

/* False, refused, if the order is not placed, or if more would be invoiced than was ordered,
 * or nothing: then `none` is set. */
bool bill_fits(struct souk_record *r, struct bill *bill);

/* Fills the paper but for seller and number, in the record's memory. */
void bill_fill(struct souk_record *r, const struct bill *bill, struct paper *paper);

#endif
