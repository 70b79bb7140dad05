/* SPDX-License-Identifier: ISC */
/* cart.h: what the verbs of souk-cart share. */
#ifndef SOUK_CART_H
#define SOUK_CART_H

#include "souk.h"

extern const struct souk_function cart_function;

enum { CART_GET, CART_PUT, CART_OLD, CART_DROP, EVENT_GET, EVENT_PUT, EVENT_RANGE, EVENT_FORGET };

/* Lines of a cart and pieces of a line, unless options say otherwise. */
enum { DEFAULT_LINES = 100, MOST_LINES = 250, DEFAULT_QTY = 9999 };

/* Bytes that a record leaves for its cart. */
enum { CART_ROOM = 64 << 10 };

struct cart_line {
	int64_t id;
	struct souk_text sku;            /* of the stored cart, or of the record in hand */
	int64_t qty;
};

/* A cart in memory, its lines in the order in which they were added. */
struct cart {
	struct souk_text id;             /* of the record in hand */
	int64_t version, next;
	struct cart_line *lines;         /* room for one more than `count` */
	size_t count, capacity;
	struct souk_record record;       /* the stored body */
	struct souk_buffer body;
};

/* What verbs that change carts keep: first in their state. */
struct change {
	int64_t max_lines, max_qty;
	struct cart cart;
	struct souk_digest digest;
	/* The event in hand. */
	struct souk_text event;
	unsigned char digested[SOUK_DIGEST_BYTES];
};

/* Options of verbs that may make a cart grow; state is the struct that has a
 * struct change `change`. */
#define CART_OPTIONS \
	{0, "max-lines", "N", SOUK_OPTION_NUMBER, offsetof(struct change, max_lines), \
		"lines that a cart may have (default 100, at most 250)", 1, MOST_LINES, NULL, false}, \
	{0, "max-qty", "N", SOUK_OPTION_NUMBER, offsetof(struct change, max_qty), \
		"pieces that a line may have (default 9999)", 1, SOUK_MAX_QTY, NULL, false}

void change_open(struct souk_stage *stage);
void change_close(struct souk_stage *stage);

/* Reads the event's id and cart_id, and begins the digest, which the caller goes on with.
 * False if refused. */
bool change_read(struct souk_stage *stage, struct souk_record *r);

/* Ends the digest. If the event was answered before, or its id is another's, `outcome` is
 * what becomes of the record and the result is false. Else the cart is read. */
bool change_begin(struct souk_stage *stage, struct souk_record *r, enum souk_outcome *outcome);

/* Stores the cart if it was changed, and answers with it. `put_more` puts more members into
 * the answer, or is NULL. */
enum souk_outcome change_end(struct souk_stage *stage, struct souk_record *r, bool changed,
	void (*put_more)(struct souk_stage *stage, struct souk_buffer *out));

/* Reads the cart of that id, one that is not there as empty; false if the database failed. */
bool cart_read(struct souk_stage *stage, struct cart *cart, struct souk_text id);
/* Stores it, a version further on. */
bool cart_store(struct souk_stage *stage, struct cart *cart);
void cart_put_lines(const struct cart *cart, struct souk_buffer *out);
void cart_free(struct cart *cart);

/* The line of the sku, or of the id; NULL if there is none. */
struct cart_line *cart_find(struct cart *cart, struct souk_text sku);
struct cart_line *cart_find_id(struct cart *cart, struct souk_text id);
struct cart_line *cart_append(struct cart *cart, struct souk_text sku);
void cart_remove(struct cart *cart, struct cart_line *line);

/* Sets the pieces of the sku's line; the last one gone, the line goes. SOUK_ANSWER, or
 * refused: the cart would be larger than it may. */
enum souk_outcome change_set(struct souk_stage *stage, struct souk_record *r, struct souk_text sku,
	int64_t qty);

extern const char *const change_members[];

#endif
