/* SPDX-License-Identifier: ISC */
/* order.h: the parts of an order that several stages read (souk-record(5)). */
#ifndef SOUK_ORDER_H
#define SOUK_ORDER_H

#include "digest.h"
#include "money.h"
#include "verb.h"

#define SOUK_MAX_QTY 1000000000
#define SOUK_MAX_SKU 128

/* One line of an order. Text is borrowed from the record. */
struct souk_line {
	struct souk_text id;            /* empty if it has none */
	struct souk_text sku;           /* 1 to SOUK_MAX_SKU bytes */
	int64_t qty;                    /* 1 to SOUK_MAX_QTY */
	const struct souk_node *node;   /* the line's object */
};

/* The lines of the record, in its memory; at least one. False if refused. */
bool souk_order_lines(struct souk_record *r, struct souk_line **lines, size_t *count);

/* The line that an event names: by its id, or, where it has none, by its number from 1
 * ("2"). `count` if there is none. */
size_t souk_line_find(const struct souk_line *lines, size_t count, struct souk_text name);

/* The order's currency. False if refused: missing, or not in ISO 4217. */
bool souk_order_currency(struct souk_record *r, const struct souk_currency **currency);

/* Whether it has the form of a country's code in ISO 3166-1 alpha-2: "GB". */
bool souk_is_country(struct souk_text text);

/* The array `lines` of a stage's member ("price"), which must be as long as the
 * record's `lines`; nodes in the record's memory. False if refused: the stage
 * did not run, or it does not match. */
bool souk_stage_lines(struct souk_record *r, const char *member, size_t count, const struct souk_node ***lines);

/* Goes through the members that hold charges (souk-record(5)): *at is NULL at
 * first. `charges` is then the next one's array. What an order brings itself
 * (customer, ship_to ...) can't charge, or a customer could; nor do tax and total,
 * which repeat what others charged. False at the end, or if refused: then
 * r->error.len is not 0. */
bool souk_order_charges(struct souk_record *r, const struct souk_node **at, const struct souk_node **charges);

/* Takes the lines of an event, {"id","qty"} each, into what it says; NULL: it has none. False
 * if refused. */
bool souk_digest_lines(struct souk_record *r, const struct souk_node *lines, struct souk_digest *digest);

/* What became of an order, as order.state says to the verbs that settle. */
enum souk_decision { SOUK_UNDECIDED, SOUK_PLACED, SOUK_REJECTED };

/* Reads it, with the id of the order; what says anything else is undecided. False: the
 * record is refused. */
bool souk_order_decision(struct souk_record *r, struct souk_text *id, enum souk_decision *decision);

/* The map of a verb `forget`, which reads SOUK_FORGET_READS: of an order that was rejected
 * and is closed it runs the statement that deletes what is kept under its id, ?1. The book
 * of orders tells a copy that comes late. */
enum souk_outcome souk_order_forget(struct souk_stage *stage, struct souk_record *r, size_t statement);

#define SOUK_FORGET_READS "id", "order.state", "order.closed?"

#endif
