/* SPDX-License-Identifier: ISC */
/* tax.h: what the verbs of souk-tax share. */
#ifndef SOUK_TAX_H
#define SOUK_TAX_H

#include "souk.h"

extern const struct souk_function tax_function;

enum {
	RATE_PUT, RATE_FIND, RATE_LIST, EXCEPTION_PUT, EXCEPTION_ANY, EXCEPTION_FIND, EXCEPTION_LIST,
	SHOP_PUT, SHOP_GET,
};

/* A class of goods, "standard", has a name of at most so many bytes. */
#define MAX_CLASS 64
/* A part of a country, "QC". */
#define MAX_REGION 16

/* A rate without beginning or end holds all the time that can be written. */
#define RATE_FROM_EVER SOUK_TIME_FIRST
#define RATE_FOR_EVER (SOUK_TIME_LAST + 1)

/* ---- parts.c: rates of several taxes ---- */

enum { MAX_PARTS = 4 };

struct part {
	struct souk_decimal percent; /* of the price alone, be it on other taxes too */
	struct souk_text name, rate; /* as it was put: "QST", "7.5" */
	bool compound;               /* on the price and the taxes before it */
};

struct parts {
	size_t count;
	struct part part[MAX_PARTS];
};

/* Reads the array `parts` of a record that is put. False if refused. */
bool parts_read(struct souk_record *r, struct parts *parts, struct souk_decimal *percent);
/* Appends them as tables hold them. */
void parts_store(struct souk_buffer *out, const struct parts *parts);
/* Reads what parts_store() wrote; text is borrowed. False if it is damaged. */
bool parts_load(struct souk_text stored, struct parts *parts, struct souk_decimal *percent);
/* The percents of the parts as whole numbers of one scale; false if one does not fit. */
bool parts_weights(const struct parts *parts, int64_t weights[MAX_PARTS]);
/* Writes name, rate, compound. */
void part_put(struct souk_buffer *out, const struct part *part);

/* ---- postcode.c ---- */

#define MAX_POSTCODE 16

/* Writes the letters, as capitals, and digits of a postcode: at most MAX_POSTCODE. */
size_t postcode_plain(struct souk_text text, char plain[MAX_POSTCODE]);
/* Appends patterns, "35, 51001-51005", as tables hold them; false if they are none. */
bool postcode_patterns(struct souk_text text, struct souk_buffer *out);
/* How many letters of the plain postcode a pattern names: the most of all; 0 if none fits. */
size_t postcode_match(struct souk_text patterns, struct souk_text plain);

/* ---- rates.c: what is looked up ---- */

/* A rate in percent, and when it holds: at `from` and until just before `to`. */
struct rate {
	int64_t from, to;
	struct souk_decimal percent;
	const struct parts *parts; /* NULL: it is one tax */
	size_t rank;               /* the more, the smaller is the place it is for */
	char spelling[24];         /* as records have it, "17.5" */
	size_t spelling_len;
};

/* Rates by place and class, as far as they were asked for. */
struct rates {
	struct souk_cache cache;
	struct souk_buffer rows;  /* those of one place and class, as they are read */
};

/* Where an order goes to. */
struct place {
	struct souk_text country, region, postcode; /* as compared; empty if not known */
	char plain[MAX_REGION + MAX_POSTCODE];
	bool exceptions;          /* there are rates for parts of the country */
};

/* At the start of a batch: forgets what another process may have changed, and says
 * whether it may have. */
bool rates_begin(struct rates *rates, struct souk_stage *stage);
/* Finds out whether parts of the country have rates of their own, once the rest of
 * the place is known. False if the database failed. */
bool rates_place(struct rates *rates, struct souk_store *store, struct place *place);
/* The rate of a class at a place and time: of those that hold then that for the smallest
 * place, and of these the one that began last; NULL in *rate if none does. False if the
 * database failed. */
bool rates_find(struct rates *rates, struct souk_store *store, const struct place *place,
	struct souk_text class, int64_t time, const struct rate **rate);
void rates_free(struct rates *rates);

/* ---- shop.c: where the shop is ---- */

enum { MAX_REGISTERED = 64 };

struct shop {
	char origin[2];           /* 0: not said */
	bool reverse_charge, export;
	char registered[2 * MAX_REGISTERED];
	size_t registered_len;
};

/* Stores what the record says. */
enum souk_outcome shop_put(struct souk_stage *stage, struct souk_record *r);
/* Reads it; false if the database failed. */
bool shop_get(struct souk_store *store, struct shop *shop);

/* ---- vat.c: the European Union, and VAT ids ---- */

/* Whether the country's VAT area is the Union's at that time: GB's was until 2020. */
bool vat_in_union(struct souk_text country, int64_t time);
/* The country to whose VAT area this one belongs: MC is FR's, most are their own. */
struct souk_text vat_area(struct souk_text country);

enum { MAX_VAT_ID = 64 };

/* A VAT id without its spaces, dots and hyphens, and the country that gave it (GR for
 * EL, XI for Northern Ireland). */
struct vat_id {
	char bytes[MAX_VAT_ID];
	size_t len;
	struct souk_text country; /* empty: not one whose ids are known */
};

enum vat_form { VAT_FITS, VAT_UNKNOWN_COUNTRY, VAT_MALFORMED };

/* Whether it has the form that ids of its country have; *form is that in words. */
enum vat_form vat_id_read(struct souk_text text, struct vat_id *id, const char **form);

/* ---- relief.c: who pays no tax here ---- */

struct relief {
	const char *why;          /* "export", "reverse_charge", "exempt"; NULL: taxed */
	struct vat_id vat_id;     /* len 0: none was looked at */
	struct souk_text reason, certificate;
};

/* False if the record is refused. */
bool relief_find(struct souk_record *r, const struct shop *shop, const struct place *place,
	int64_t time, struct relief *relief);
void relief_put(struct souk_buffer *out, const struct relief *relief);

/* ---- bill.c, assess.c: what is taxed, and how much it is ---- */

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
	int64_t part_tax[MAX_PARTS]; /* of a rate of several taxes, of each */
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

/* ---- member.c ---- */

/* Writes the member. */
void bill_put(struct souk_buffer *out, const struct bill *bill, const struct terms *terms,
	const struct relief *relief);

#endif
