/* SPDX-License-Identifier: ISC */
/* stock.h: what the verbs of souk-stock share. */
#ifndef SOUK_STOCK_H
#define SOUK_STOCK_H

#include "souk.h"

extern const struct souk_function stock_function;

enum {
	LEVEL_GET, LEVEL_PUT, LEVEL_TAKE, LEVEL_LIST, VERSION_GET, VERSION_RAISE,
	HOLD_PUT, HOLD_PUT_ALL, HOLD_GET, HOLD_SET, HOLD_SPAN, HOLD_COMMIT_ALL, HOLD_HELD, HOLD_LIST,
	MOVEMENT_PUT, MOVEMENT_GET, MOVEMENT_LIST,
	HOLD_RELEASE, CANCEL_PUT, CANCEL_GET,
};

/* The level of a sku as a batch sees it: what is stored, and what the batch takes
 * or gives back, written once when it ends. */
struct level {
	int64_t number;           /* of its row; 0: it has none */
	int64_t on_hand, taken;
	int64_t change;           /* of `taken`, not yet written */
	bool listed;              /* among the changed ones */
	struct level *next;
	uint64_t record;          /* the last record that asked, and which of its wants this is */
	size_t want;
};

struct levels {
	struct souk_cache cache;
	struct level *changed;    /* first of a list */
	int64_t version;          /* of what the cache holds */
};

/* At the start of a batch: drops what has changed since the last. */
bool levels_begin(struct levels *levels, struct souk_stage *stage);
/* NULL if the database failed. */
struct level *levels_get(struct levels *levels, struct souk_store *store, struct souk_text sku);
/* Takes pieces, or gives them back if qty is negative. */
void levels_take(struct levels *levels, struct level *level, int64_t qty);
/* At the end of a batch: one guarded update a sku. */
bool levels_write(struct levels *levels, struct souk_store *store);

/* The lines of a hold, one after another: false at the end. */
bool hold_line_next(struct souk_text *lines, struct souk_text *sku, int64_t *qty);

/* What holds have reserved and not yet committed, by sku. */
struct reserved {
	struct souk_cache pieces;
};

/* Reads it anew, inside a transaction. */
bool reserved_read(struct reserved *reserved, struct souk_store *store);
/* Writes on_hand, reserved, committed and available. */
void level_put(struct reserved *reserved, struct souk_buffer *out, struct souk_text sku,
	int64_t on_hand, int64_t taken);

/* What receive and adjust do: one movement of one sku, `qty` of any sign. */
enum souk_outcome move(struct souk_stage *stage, struct souk_record *r, const char *verb,
	int64_t min_qty, bool wants_reason);

#endif
