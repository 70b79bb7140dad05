/* SPDX-License-Identifier: ISC */
/* promo.h: what the verbs of souk-promo share. */
#ifndef SOUK_PROMO_H
#define SOUK_PROMO_H

#include "souk.h"

extern const struct souk_function promo_function;

enum {
	PROMOTION_PUT, PROMOTION_GET, PROMOTION_LIST, PROMOTION_AUTOMATIC, CONDITION_KNOWN,
	CONDITION_LIST, VERSION_GET, VERSION_RAISE,
	CODE_PUT, CODE_OF, CODE_DROP, PATTERN_LIST,
	USE_GET, USE_MAKE, USE_TAKE, USE_LIST,
	HOLD_PUT, HOLD_PUT_ALL, HOLD_GET, HOLD_SET, HOLD_SPAN, HOLD_COMMIT_ALL, HOLD_LIST, HOLD_FORGET,
};

/* Bytes of a code, of the name of a customer group, a tag, a category. */
enum { MAX_CODE = 64, MAX_NAME = 128, MAX_GROUP = 64 };

/* Whom a use counts for: in all, the customer, the code. */
enum { FOR_ALL, FOR_CUSTOMER, FOR_CODE, LIMITS };
enum { MAX_WHO = sizeof("customer:") + SOUK_MAX_ID };
/* The column `who` (schema.sql), written into `text` where it is not empty; the code in
 * small letters. */
struct souk_text use_who(int limit, struct souk_text customer, struct souk_text code, char text[MAX_WHO]);

/* A code in small letters, as codes are compared: A to Z only. `small` has room for
 * as many bytes as the code has. */
struct souk_text code_fold(struct souk_text code, char *small);

/* The next use of the text `uses` (schema.sql): false at the end. */
bool use_next(struct souk_text *uses, struct souk_text *promotion, struct souk_text *who);
/* Writes the members promotion, and customer or code. */
void use_put(struct souk_buffer *out, struct souk_text promotion, struct souk_text who);

#endif
