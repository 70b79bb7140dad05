/* SPDX-License-Identifier: ISC */
/* catalog.h: what the verbs of souk-catalog share. */
#ifndef SOUK_CATALOG_H
#define SOUK_CATALOG_H

#include "souk.h"

extern const struct souk_function catalog_function;

enum { PRODUCT_PUT, PRODUCT_GET, PRODUCT_LINE, PRODUCT_LIST };

/* A product that is not active may be looked at, but not ordered. */
enum status { ACTIVE, DRAFT, ARCHIVED };

/* The names in the order of the enum, then NULL. */
extern const char *const status_names[];

/* False if there is no status of that name. */
bool status_parse(struct souk_text name, enum status *status);

#endif
