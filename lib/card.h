/* SPDX-License-Identifier: ISC */
/* card.h: card numbers, which no stage takes (souk-record(5)). */
#ifndef SOUK_CARD_H
#define SOUK_CARD_H

#include "record.h"

/* Whether a card number stands anywhere in the value: in a string, a number or a
 * member's name, its escapes decoded. A card number has 13 to 19 digits, does not
 * begin with 0, and its last digit is right (Luhn, ISO/IEC 7812-1); its groups may
 * be parted by spaces, dashes or points. Digits within a longer row of digits are
 * none. NULL holds none. */
bool souk_holds_card_number(const struct souk_record *r, const struct souk_node *node);

/* Whether one stands in what the record is to be paid with: `pay_with` or `payment`. */
bool souk_payment_holds_card_number(const struct souk_record *r);

/* Refuses the record as card_number and has it redacted: SOUK_REDACTED.
 *
 * A filter that declares that it reads `pay_with` need not call these: the batch
 * loop does it before anything else is done with the record. */
enum souk_outcome souk_refuse_card_number(struct souk_record *r);

#endif
