/* SPDX-License-Identifier: ISC */
#include "test_cards.h"

#define DECLINE(token, code, message) {token, "declined", code, message, 0, false, false, AUTHORIZE}
#define APPROVE(token, lost, slow, declines) \
	{token, "approved", "", "", lost, slow, false, declines}

static const struct test_card cards[] = {
	APPROVE("pm_card_visa", 0, false, AUTHORIZE),
	APPROVE("pm_card_mastercard", 0, false, AUTHORIZE),
	DECLINE("pm_card_chargeDeclined", "card_declined", "the card was declined"),
	DECLINE("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds",
		"the card has insufficient funds"),
	DECLINE("pm_card_chargeDeclinedLostCard", "lost_card", "the card was reported lost"),
	DECLINE("pm_card_chargeDeclinedStolenCard", "stolen_card", "the card was reported stolen"),
	DECLINE("pm_card_chargeDeclinedExpiredCard", "expired_card", "the card has expired"),
	DECLINE("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "the security code is wrong"),
	DECLINE("pm_card_chargeDeclinedProcessingError", "processing_error",
		"an error occurred while the card was processed"),
	{"pm_card_authenticationRequired", "action_required", "", "", 0, false, false, AUTHORIZE},
	APPROVE("pm_card_slow", 0, true, AUTHORIZE),
	APPROVE("pm_card_timeout", 1 << AUTHORIZE, false, AUTHORIZE),
	{"pm_card_timeout_before", "lost", "", "", 0, false, false, AUTHORIZE},
	APPROVE("pm_card_timeout_capture", 1 << CAPTURE, false, AUTHORIZE),
	APPROVE("pm_card_timeout_void", 1 << VOID, false, AUTHORIZE),
	APPROVE("pm_card_timeout_refund", 1 << REFUND, false, AUTHORIZE),
	APPROVE("pm_card_captureDeclined", 0, false, CAPTURE),
	APPROVE("pm_card_refundDeclined", 0, false, REFUND),
	{"pm_card_error", "lost", "", "", 0, false, true, AUTHORIZE},
};

const struct test_card *test_card_find(struct souk_text token)
{
	for (size_t i = 0; i < sizeof(cards) / sizeof(*cards); i++)
		if (souk_text_is(token, cards[i].token))
			return &cards[i];
	return NULL;
}
