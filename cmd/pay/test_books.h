/* SPDX-License-Identifier: ISC */
/* test_books.h: the books of the test provider. */
#ifndef SOUK_PAY_TEST_BOOKS_H
#define SOUK_PAY_TEST_BOOKS_H

#include "test_cards.h"

enum { CHARGE_PUT, CHARGE_PUT_ALL, CHARGE_GET, CHARGE_APPROVE, CHARGE_TAKE, CHARGE_VOID, CHARGE_BAR, CHARGE_LIST,
	OPERATION_PUT, OPERATION_GET };

struct charge {
	bool known, same; /* it is there; it is what the request asks for */
	struct souk_text state;
	const struct test_card *card;
	int64_t amount, at, captured, refunded;
	bool voided;
};

/* NULL until they are opened. */
extern struct souk_store *test_books;

struct souk_store *test_books_open(bool writes);
void test_books_close(void);

/* The charge that a request is about; false if the database failed. */
bool charge_find(struct request *q, struct call *call, struct charge *charge);

/* "test_" and 16 hexadecimal digits that follow from the key. */
struct souk_text charge_reference(struct souk_text key, struct souk_arena *memory);

/* Writes the charges, a line pay.statement each. */
bool test_books_statement(struct souk_writer *out);

#endif
