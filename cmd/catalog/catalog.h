/* SPDX-License-Identifier: ISC */
/* catalog.h: what the verbs of souk-catalog share. */
#ifndef SOUK_CATALOG_H
#define SOUK_CATALOG_H

#include "souk.h"

extern const struct souk_function catalog_function;

enum {
	PRODUCT_FIND, PRODUCT_ADD, PRODUCT_SET, PRODUCT_GET, PRODUCT_LINE, PRODUCT_LIST, PRODUCT_OF,
	PRODUCT_UNINDEXED, PRODUCT_ITEM, PRODUCT_SKUS, PRODUCT_VARIANTS,
	ITEM_FIND, ITEM_ADD, TEXT_ADD, TEXT_DROP, TEXT_MATCH, TEXT_COUNT, WORD_ADD, WORD_NEAR,
	FACET_FIND, FACET_ADD, FACET_VALUE, FACET_LAST, ITEM_LAST, SHELF_GET, SHELF_PUT, SHELF_LAST,
};

/* A product that is not active may be looked at, but not ordered. */
enum status { ACTIVE, DRAFT, ARCHIVED };

/* The names in the order of the enum, then NULL. */
extern const char *const status_names[];

/* False if there is no status of that name. `published` is another name of active. */
bool status_parse(struct souk_text name, enum status *status);

/* What products are counted by. */
enum facet_kind { VENDOR, TYPE, TAG, CATEGORY, FACET_KINDS };

/* The names in the order of the enum, then NULL: also those of the members. */
extern const char *const facet_names[];

enum {
	MAX_NAME = 255,  /* bytes of a handle, vendor, type, tag, category, option */
	MAX_TAGS = 250, MAX_CATEGORIES = 32, MAX_OPTIONS = 16,
};

/* What a product says of itself in the words that are known here. */
struct product {
	struct souk_text sku, title, tax_class;
	struct souk_text handle; /* of the product that the sku is a variant of; empty if it stands alone */
	enum status status;
	int64_t weight_grams;    /* -1 if it has none */
};

/* Reads and checks the record; false if it refused it. */
bool product_read(struct souk_record *r, struct product *p);

/* Makes the line of the stage, as in schema.sql; false if refused. Clears the weight of
 * what is not shipped. */
bool product_order_line(struct souk_record *r, struct product *p, struct souk_buffer *line);

#endif
