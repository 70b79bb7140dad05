/* SPDX-License-Identifier: ISC */
/* tax.h: what the verbs of souk-tax share. */
#ifndef SOUK_TAX_H
#define SOUK_TAX_H

#include "souk.h"

extern const struct souk_function tax_function;

enum { RATE_PUT, RATE_FIND, RATE_LIST };

/* A class of goods, "standard", has a name of at most so many bytes. */
#define MAX_CLASS 64

/* A rate without beginning or end holds all the time that can be written. */
#define RATE_FROM_EVER SOUK_TIME_FIRST
#define RATE_FOR_EVER (SOUK_TIME_LAST + 1)

/* A rate in percent, and when it holds: at `from` and until just before `to`. */
struct rate {
	int64_t from, to;
	struct souk_decimal percent;
	char spelling[24];        /* as records have it, "17.5" */
	size_t spelling_len;
};

/* Rates by country and class, as far as they were asked for. */
struct rates {
	struct souk_cache cache;
	struct souk_buffer rows;  /* those of one country and class, as they are read */
};

/* At the start of a batch: forgets what another process may have changed. */
void rates_begin(struct rates *rates, struct souk_stage *stage);
/* The rate of a class in a country (two letters) at a time: of those that hold
 * then, the one that began last; NULL in *rate if none does. False if the
 * database failed. */
bool rates_find(struct rates *rates, struct souk_store *store, struct souk_text country,
	struct souk_text class, int64_t time, const struct rate **rate);
void rates_free(struct rates *rates);

/* How the shop prices and rounds: the stage's options. */
struct terms {
	bool inclusive;           /* prices contain the tax */
	int rounding;             /* enum souk_rounding */
	int level;                /* enum level */
};

/* Where tax is rounded: at each line and charge, or once for each rate of the order. */
enum level { PER_LINE, PER_ORDER };

/* What is taxed: a line of the order, or a charge. */
struct item {
	int64_t amount;           /* as prices are, with the tax or without */
	int64_t tax;
	size_t band;              /* which of the order's bands it is in */
	struct souk_text class;
	struct souk_text label;   /* of a charge */
};

/* All of an order that is taxed at one rate. */
struct band {
	const struct rate *rate;
	int64_t amount, net, tax; /* sums over its items */
};

/* An order to be taxed, in the record's memory. Its charges follow its lines. */
struct bill {
	struct item *items;
	size_t line_count, item_count;
	struct band *bands;       /* in the order in which items first have them */
	size_t band_count;
	int64_t tax;              /* the sum */
};

/* Reads the items, yet without bands. False if the record is refused. */
bool bill_read(struct souk_record *r, struct bill *bill);

/* Computes the tax of each item, each band and the whole from the amounts and the
 * bands' rates. The items' taxes add up to their band's exactly, and those to the
 * whole. False if an amount does not fit. */
bool bill_assess(struct souk_record *r, struct bill *bill, const struct terms *terms);

/* Whether it has the form of an ISO 3166-1 alpha-2 code: "GB". */
bool is_country(struct souk_text text);

#endif
