/* SPDX-License-Identifier: ISC */
/* rule.h: a promotion as it was put: what it takes off, from what, for whom. */
#ifndef SOUK_PROMO_RULE_H
#define SOUK_PROMO_RULE_H

#include "promo.h"

enum kind { PERCENT, AMOUNT, BUY_GET, FREE_SHIPPING };

/* What it takes off from, in the order in which that is done. */
enum target { ON_ITEMS, ON_ORDER, ON_SHIPPING };

/* A list of words; those that are searched are sorted. */
struct words {
	struct souk_text *at;
	size_t count;
};

/* Money is in minor units of `currency`. What is not limited has the widest limit. */
struct rule {
	struct souk_text id, title, condition; /* empty: none */
	enum kind kind;
	enum target on;
	struct souk_decimal percent;   /* of PERCENT and BUY_GET: above 0, at most 100 */
	int64_t amount;                /* of AMOUNT; on items for each piece */
	int64_t buy, get;              /* of BUY_GET: of so many pieces bought so many are cheaper */
	const struct souk_currency *currency; /* NULL: any */
	int64_t min_amount, min_qty, cap;
	int64_t starts_at, ends_at;    /* it holds at starts_at, and until just before ends_at */
	int64_t priority;              /* higher ones come first */
	int64_t nth_order;             /* 0: any; 1: the customer's first */
	int64_t limits[LIMITS];        /* uses; INT64_MAX: no limit */
	bool limited;                  /* it has such a limit, or once had */
	bool exclusive;                /* applies alone or not at all */
	struct words codes;            /* none: it is automatic; codes may be patterns */
	struct words skus, tags, categories, groups, countries;
	struct words get_skus;         /* of BUY_GET: what gets cheaper; none: what is bought */
};

/* Reads a promotion from a record; its text and lists live as long as that record is
 * not parsed again. False if it is refused. */
bool rule_read(struct souk_record *r, struct rule *rule);

/* A copy of it in the memory of `arena`. */
struct rule *rule_keep(struct souk_arena *arena, const struct rule *rule);

/* Whether a code is a pattern. */
bool code_is_pattern(struct souk_text code);

/* Reads the array `name` of words of at most `max` bytes, if there is one, and sorts
 * it. False if it is refused. */
bool words_read(struct souk_record *r, const char *name, size_t max, struct words *words);
/* Whether the sorted list has the word. */
bool words_have(const struct words *words, struct souk_text word);

bool rule_is_limited(const struct rule *rule);

#endif
