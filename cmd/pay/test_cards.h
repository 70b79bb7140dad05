/* SPDX-License-Identifier: ISC */
/* test_cards.h: the tokens of the test provider and how they behave. */
#ifndef SOUK_PAY_TEST_CARDS_H
#define SOUK_PAY_TEST_CARDS_H

#include "provider.h"

struct test_card {
	const char *token;
	const char *state;         /* of a charge: approved, declined, action_required, lost */
	const char *code, *message; /* of a declined one */
	unsigned lost;             /* operations of which the first answer is lost: 1 << AUTHORIZE */
	bool slow;                 /* answers late */
	bool broken;               /* never answers an authorization, and never has it */
	enum operation declines;   /* a later operation that it declines; AUTHORIZE for none */
};

/* NULL if there is no such token. */
const struct test_card *test_card_find(struct souk_text token);

#endif
