/* SPDX-License-Identifier: ISC */
/* texts.h: the words of products, written into the full text. */
#ifndef SOUK_CATALOG_TEXTS_H
#define SOUK_CATALOG_TEXTS_H

#include "catalog.h"

/* A zeroed one is ready. */
struct texts {
	struct souk_cache known;     /* words that are in the table: none is ever removed */
	struct souk_buffer queue;
};

void texts_begin(struct texts *texts, bool repeated);
/* The folded words of a sku; `again` if it may have older ones. False if the database failed. */
bool texts_add(struct texts *texts, struct souk_store *store, struct souk_text title, struct souk_text more,
	int64_t number, bool again);
/* At the end of a batch. False if the database failed. */
bool texts_write(struct texts *texts, struct souk_store *store);
void texts_close(struct texts *texts);

#endif
