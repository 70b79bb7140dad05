/* SPDX-License-Identifier: ISC */
/* The entry of a gift card, or of store credit, that was issued. */
#include "ledger.h"

/* What a gift card is issued for is owed from then on. What was paid for it, if anything, was booked
 * as income by the order that sold it, and is none. */
bool read_card(struct ledger *l)
{
	struct souk_record *r = &l->line;
	struct entry e = {.kind = CARD_ISSUED};
	const struct souk_currency *currency;
	struct souk_buffer title = {0};
	struct souk_text card;
	int64_t amount;

	if (!souk_need_text(r, NULL, "card", 1, SOUK_MAX_ID, &card) || !souk_order_currency(r, &currency) ||
	    !souk_need_int(r, NULL, "amount", 0, INT64_MAX, &amount) || !need_day(r, NULL, "time", &e.day))
		return false;
	if (!souk_scratch_put(&l->books, CARD_PUT, "t", card))
		return refuse_twice(r, "pay.card", card);
	e.currency = souk_text_of(currency->code);
	souk_add_string(&title, "gift card ");
	souk_add(&title, card.at, card.len);
	e.title = (struct souk_text){title.at, title.len};
	post_both(l, &e, CARDS, CREDIT, amount);
	souk_buffer_free(&title);
	return true;
}
