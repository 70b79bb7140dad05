/* SPDX-License-Identifier: ISC */
/* stock.h: what the verbs of souk-stock share. */
#ifndef SOUK_STOCK_H
#define SOUK_STOCK_H

#include "souk.h"

extern const struct souk_function stock_function;

enum {
	LEVEL_GET, LEVEL_MAKE, LEVEL_CHANGE, LEVEL_TAKE, LEVEL_ALLOW, LEVEL_LIST, VERSION_GET, VERSION_RAISE,
	LOCATION_GET, LOCATION_PUT, MAIN_GET, SHELF_GET, SHELF_MAKE, SHELF_CHANGE, SHELF_OF, SHELF_LIST,
	HOLD_PUT, HOLD_PUT_ALL, HOLD_GET, HOLD_SET, HOLD_LINES, HOLD_SPAN, HOLD_COMMIT_ALL, HOLD_HELD, HOLD_LIST, HOLD_FORGET,
	MOVEMENT_PUT, MOVEMENT_GET, MOVEMENT_LIST, EVENT_GET, EVENT_PUT, EVENT_BAR,
};

enum { MAX_LOCATION = 64, MAX_REASON = 200 };

/* The location of goods of which nothing else is said. */
#define MAIN_LOCATION SOUK_TEXT("main")
static inline bool is_main(struct souk_text location)
{
	return souk_text_is(location, "main");
}

/* ---- Levels as a batch sees them (levels.c) ---- */

/* What of a level is at a location. The shelves of a level are main, which has what is
 * at no other, and then the others by name. */
struct shelf {
	struct souk_text location;
	int64_t priority;
	int64_t on_hand, taken;
	int64_t change;           /* of `taken`, not yet written */
};

/* The level of a sku as a batch sees it: what is stored, and what the batch takes
 * or gives back, written once when it ends. */
struct level {
	int64_t number;           /* of its row; 0: it has none */
	int64_t on_hand, taken;
	int64_t change;           /* of `taken`, not yet written */
	struct shelf *shelves;    /* NULL if all is at main */
	size_t shelf_count;
	bool allow_backorder;
	bool backordered;         /* more was taken than there is, not yet written */
	bool listed;              /* among the changed ones */
	struct level *next;
	uint64_t record;          /* the last record that asked, and which of its wants this is */
	size_t want;
};

struct levels {
	struct souk_cache cache;
	struct souk_cache shelves, locations; /* by sku, and the names */
	struct souk_buffer rows;  /* scratch */
	struct level *changed;    /* first of a list */
	int64_t version;          /* of what the cache holds */
};

/* At the start of a batch: drops what has changed since the last. */
bool levels_begin(struct levels *levels, struct souk_stage *stage);
/* NULL if the database failed. */
struct level *levels_get(struct levels *levels, struct souk_store *store, struct souk_text sku);
/* The shelf at a location; NULL if all is at main. */
struct shelf *level_shelf(const struct level *level, struct souk_text location);
/* Takes pieces, or gives them back if qty is negative. */
void levels_take(struct levels *levels, struct level *level, struct shelf *shelf, int64_t qty);
/* At the end of a batch: one guarded update a sku. */
bool levels_write(struct levels *levels, struct souk_store *store);
void levels_free(struct levels *levels);

/* ---- Holds (hold.c) ---- */

/* settle.c */
extern const struct souk_hold stock_hold;

struct hold_line {
	struct souk_text sku, location;
	int64_t qty, backordered, shipped, released;
};

/* The lines of a hold, one after another: false at the end. */
bool hold_line_next(struct souk_text *lines, struct hold_line *line);
void hold_line_add(struct souk_buffer *lines, const struct hold_line *line);
/* How many pieces of it are still taken. */
static inline int64_t hold_line_left(const struct hold_line *line)
{
	return line->qty - line->shipped - line->released;
}

/* The hold of a placed order and its lines, in the record's memory. SOUK_ANSWER, SOUK_PASS
 * if it never asked for stock, SOUK_REFUSED if its hold is not committed, or SOUK_FAILED. */
enum souk_outcome hold_read(struct souk_stage *stage, struct souk_record *r, struct souk_text order_id,
	struct hold_line **lines, size_t *count);
/* Stores the lines as they are now. `scratch` is the caller's. */
bool hold_write(struct souk_stage *stage, struct souk_text order_id, const struct hold_line *lines, size_t count,
	struct souk_buffer *scratch);

/* What holds have reserved and not yet committed, by sku. */
struct reserved {
	struct souk_cache pieces;
};

/* Reads it anew, inside a transaction. */
bool reserved_read(struct reserved *reserved, struct souk_store *store);
/* Writes on_hand, reserved, committed and available of the row that LEVEL_GET or
 * LEVEL_LIST gave, and where they are if that is not main alone. */
bool level_put(struct souk_stage *stage, struct souk_query *row, struct souk_text sku, struct souk_buffer *out);

/* ---- Goods that move (move.c) ---- */

struct movement {
	const char *verb;
	struct souk_text id, sku, location, reason;
	int64_t qty;
	int64_t on_hand;          /* at the location, after it */
};

/* What there is of a sku at a location, 0 of one that was never there. False if the
 * database failed. */
bool goods_get(struct souk_stage *stage, struct souk_text sku, struct souk_text location, int64_t *on_hand,
	int64_t *taken);
/* Adds to what is on hand and what is taken of a sku at a location, of either sign. */
bool goods_change(struct souk_stage *stage, struct souk_text sku, struct souk_text location, int64_t on_hand,
	int64_t taken);
/* Changes what is on hand by the movement, and stores it. */
bool goods_move(struct souk_stage *stage, struct movement *movement);
/* Writes a stored movement as an answer's lines have it, its pieces without a sign. */
void movement_tell(struct souk_buffer *out, const struct movement *movement);
/* Stores a movement whose goods have been changed; sets on_hand. */
bool movement_put(struct souk_stage *stage, struct movement *movement);

/* Reads a member that names a location, main without it. SOUK_ANSWER, SOUK_REFUSED if there
 * is none of that name, or SOUK_FAILED. */
enum souk_outcome location_read(struct souk_stage *stage, struct souk_record *r, const char *name,
	struct souk_text *location);
void location_put(struct souk_buffer *out, struct souk_text location); /* unless it is main */

/* What receive and adjust do: one movement of one sku, `qty` of any sign. */
enum souk_outcome move(struct souk_stage *stage, struct souk_record *r, const char *verb,
	int64_t min_qty, bool wants_reason);

/* ---- Shipments (shipment.c) ---- */

struct shipment {
	struct souk_text id, order_id;
	struct souk_text location;      /* empty: from where the pieces are held */
	const struct souk_node *lines;  /* of sku and qty, which have been checked */
};

/* Reads what souk-ship answered, and what it says into the digest. False if refused. */
bool shipment_read(struct souk_record *r, struct souk_digest *digest, struct shipment *shipment);

/* ---- Events (event.c) ---- */

/* The state of the verbs that have them. */
struct events {
	struct souk_digest digest; /* of what the record says; begun by the verb */
	struct souk_buffer lines;  /* scratch */
};

/* The same event again gives the stored answer: SOUK_ANSWER, or SOUK_REFUSED as
 * id_conflict, or SOUK_FAILED; SOUK_PASS if it is new. Ends the digest. */
enum souk_outcome event_again(struct souk_stage *stage, struct souk_record *r, const char *verb,
	struct souk_text id, unsigned char digest[SOUK_DIGEST_BYTES]);
/* Stores it with r->answer, and that levels have changed. SOUK_ANSWER or SOUK_FAILED. */
enum souk_outcome event_store(struct souk_stage *stage, const struct souk_record *r, const char *verb,
	struct souk_text id, const unsigned char digest[SOUK_DIGEST_BYTES]);
/* Stores the refusal that is in r->error: the event again is refused so. SOUK_REFUSED or
 * SOUK_FAILED. */
enum souk_outcome event_store_refusal(struct souk_stage *stage, const struct souk_record *r, const char *verb,
	struct souk_text id, const unsigned char digest[SOUK_DIGEST_BYTES]);
void event_close(struct souk_stage *stage);

#endif
