/* SPDX-License-Identifier: ISC */
/* credit_books.h: the books of gift cards and store credit, a database of their own. */
#ifndef SOUK_PAY_CREDIT_BOOKS_H
#define SOUK_PAY_CREDIT_BOOKS_H

#include "provider.h"

enum {
	CARD_PUT, CARD_GET, CARD_FIND, CARD_HOLD, CARD_MOVE, CARD_LIST,
	CHARGE_PUT, CHARGE_GET, CHARGE_TAKE, CHARGE_VOID, CHARGE_LIST,
	OPERATION_PUT, OPERATION_GET,
};

/* A card as CARD_GET, CARD_FIND and CARD_LIST select it; texts live until the next step. */
struct card {
	struct souk_text id, last4, currency, customer, digest, hash;
	int64_t amount, held, spent, at;
	int64_t expires_at;     /* SOUK_NO_TIME: never */
	bool minted;
};

/* Codes are compared by this alone. */
#define CODE_HASH_BYTES 32
/* A code as a customer types it, and without what does not count in it. */
enum { MIN_CODE = 8, MAX_CODE = 64, MINTED_CODE = 19 };

/* Opened when first asked for. */
struct souk_store *credit_books(bool writes);
void credit_books_close(void);
/* Writes the authorizations, a line pay.statement each. */
bool credit_books_statement(struct souk_writer *out);

struct card card_read(struct souk_query *q);
static inline int64_t card_balance(const struct card *card)
{
	return card->amount - card->held - card->spent;
}
/* Writes currency, amount, balance, held, spent and whatever else there is to say. */
void card_put(struct souk_buffer *out, const struct card *card);

/* ---- Authorizations (credit_charge.c) ---- */

/* What is known under the key of an authorization. */
struct charge {
	bool known, approved, voided;
	bool same;              /* it is what the request asks for */
	struct souk_text card, code, message; /* in the memory of the call */
	int64_t amount, captured, refunded;
};

/* The hash of the card that the request's token stands for; zeros if it is neither a code nor
 * a token for this order. False if the database failed. */
bool credit_hash(const struct request *q, unsigned char hash[CODE_HASH_BYTES]);
/* The charge under the request's authorization. `hash` is that of its token, for an
 * authorization that comes again, or NULL. False if the database failed. */
bool credit_find(const struct request *q, struct call *call, const unsigned char *hash,
	struct charge *charge);
/* Stores what became of an authorization; a VOID bars it. */
bool credit_put(const struct request *q, const struct call *call, struct souk_text card,
	const unsigned char *hash, const char *state);

/* ---- Codes (credit_code.c) ---- */

/* What counts in a code: letters in upper case and digits. O is 0, I and L are 1, as
 * people mistake them. False: it has other characters, or fewer than MIN_CODE. */
bool code_normalize(struct souk_text code, char normal[MAX_CODE], size_t *len);
/* False as above. */
bool code_hash(struct souk_text code, unsigned char hash[CODE_HASH_BYTES]);
/* A token that pays one order with a card, and tells nobody the code: what is stored of the
 * order is then no secret. "CARD.", and letters that follow from the code's hash and the
 * order's id. */
enum { TOKEN_LETTERS = 32 };
void code_token(struct souk_buffer *token, struct souk_text card, const unsigned char *hash,
	struct souk_text order_id);
/* The card that a token names; empty if it is a code. */
struct souk_text token_card(struct souk_text token);
/* The code that belongs to an id, the same each time. False if the system failed. */
bool code_mint(struct souk_text id, char code[MINTED_CODE]);

#endif
