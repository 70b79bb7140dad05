/* SPDX-License-Identifier: ISC */
/* offer.h: a promotion held against an order: whether it applies, and what it takes off. */
#ifndef SOUK_PROMO_OFFER_H
#define SOUK_PROMO_OFFER_H

#include "rule.h"

/* Why a promotion does not apply; in records by name. */
enum reason {
	APPLIES, UNKNOWN, DUPLICATE, NOT_STARTED, EXPIRED, WRONG_CURRENCY, WRONG_CUSTOMER, WRONG_COUNTRY,
	NOT_IN_ORDER, BELOW_MINIMUM, USED_UP, CONDITION_NOT_MET, CONDITION_FAILED, EXCLUDED, NO_EFFECT,
};
extern const char *const reason_names[];

/* What promotions ask of an order, in the record's memory. */
struct order {
	struct souk_record *r;
	const struct souk_currency *currency;
	int64_t time;
	struct souk_text id, customer, group, country; /* empty: it has none */
	int64_t orders;                /* earlier ones of the customer; -1: not known */
	size_t count;                  /* lines */
	const struct souk_line *lines;
	const struct souk_node **goods; /* the catalogue's lines, or NULL */
	int64_t *subtotals;            /* what each line costs without any discount */
};

/* A promotion that is looked at for an order. */
struct offer {
	const struct rule *rule;       /* NULL: there is no such code */
	struct souk_text code;         /* as the customer has it; empty: automatic */
	enum reason reason;
	struct souk_text message;      /* of a condition that failed */
	bool *listed;                  /* which lines it names */
	int64_t discount;              /* off all lines */
};

/* Reads the order. False if it is refused. */
bool order_read(struct souk_stage *stage, struct souk_record *r, struct order *order);

/* All that can be told from the order and the promotion alone: sets `reason`, and `listed`
 * of those that apply. */
void offer_check(struct offer *offer, const struct order *order);

/* What the offer takes off each line of which so much is left, into `discounts`; returns
 * the sum. Never more than is left. */
int64_t offer_discount(const struct offer *offer, const struct order *order, const int64_t *left,
	enum souk_rounding rounding, int64_t *discounts);

#endif
