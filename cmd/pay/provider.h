/* SPDX-License-Identifier: ISC */
/*
 * provider.h: what moves the money.
 *
 * A provider is one file in this folder that ends with PAY_PROVIDER, which also
 * makes it known: no list names it. It is asked by the batch, outside any
 * transaction, for what was stored and committed before. A request may come any
 * number of times under its key, also after it was answered: it must have its
 * effect once, and be answered the same each time.
 */
#ifndef SOUK_PAY_PROVIDER_H
#define SOUK_PAY_PROVIDER_H

#include "souk.h"

enum operation {
	AUTHORIZE, /* hold `amount` of the means that `token` stands for */
	CAPTURE,   /* take `amount` of what is authorized */
	VOID,      /* release what is authorized and not captured. Nothing is known under
	            * `authorization`: then nothing ever will be, approve it */
	REFUND,    /* give back `amount` of what was captured */
	CONFIRM,   /* stand in for the customer who agrees; only where it is pretended */
	OPERATIONS
};

enum answer {
	UNKNOWN,         /* no answer: it may have happened or not, and is asked again */
	APPROVED,
	DECLINED,        /* for good; `code` and `message` say why */
	ACTION_REQUIRED, /* the customer has to agree at `url` before `until` */
};

struct provider;

struct request {
	const struct provider *provider;
	/* What is asked; texts live as long as the batch. */
	struct souk_text key;           /* of this request, at most 255 bytes */
	struct souk_text authorization; /* key of the AUTHORIZE request it belongs to */
	struct souk_text reference;     /* the provider's, empty if none is known */
	struct souk_text currency, token;
	int64_t amount;                 /* in minor units */
	/* What the provider answers; texts in the memory of the call. */
	enum answer answer;
	int64_t authorized;             /* of VOID: what had been authorized */
	struct souk_text answer_reference;
	struct souk_text code, message; /* code as in card_declined, insufficient_funds */
	struct souk_text url;
	int64_t until;
};

/* The requests of a batch to one provider. */
struct call {
	enum operation operation;
	struct request **requests;
	size_t count;
	int64_t now;
	struct souk_arena *memory;
};

struct provider {
	const char *name;    /* what pay_with[].method says */
	bool immediate;      /* it asks nobody: all is authorized with the intent */
	/* Answers all requests, which come as UNKNOWN. False if the system failed, not if
	 * the provider is away. NULL: it has no such operation. */
	bool (*ask[OPERATIONS])(struct call *call);
	/* Writes its own books, a line pay.statement a charge; NULL if it has none. */
	bool (*statement)(struct souk_writer *out);
	void (*close)(void); /* or NULL */
};

#define PAY_PROVIDER(identifier)                                                           \
	static const struct provider identifier;                                               \
	__attribute__((used, section("pay_providers")))                                        \
	static const struct provider *const identifier##_entry = &identifier;                  \
	static const struct provider identifier

/* All providers, in the order of linking. */
const struct provider *const *providers(size_t *count);
/* NULL if there is none of that name. */
const struct provider *provider_find(struct souk_text name);
void providers_close(void);

/* The requests of a batch, to whatever provider. */
struct calls {
	struct souk_arena memory;
	struct request **requests, **of_one; /* of_one: room for those of one provider */
	size_t count, capacity;
};

/* Forgets all; zeroed calls are ready for it. */
void calls_begin(struct calls *calls);
void calls_free(struct calls *calls);
/* A new request, zeroed but for its provider; it stays until calls_begin(). */
struct request *calls_add(struct calls *calls, const struct provider *provider);
/* Asks each provider once. A provider without the operation declines it. */
bool calls_make(struct calls *calls, enum operation operation, int64_t now);

#endif
