/* SPDX-License-Identifier: ISC */
/* The method `invoice`: the customer pays later, and a capture notes that it came.
 * Nobody is asked. */
#include "provider.h"

static bool approve(struct call *call)
{
	for (size_t i = 0; i < call->count; i++) {
		struct request *q = call->requests[i];

		q->answer = APPROVED;
		/* Its authorization stands from the intent on. */
		q->authorized = q->amount;
	}
	return true;
}

PAY_PROVIDER(invoice) = {
	.name = "invoice",
	.immediate = true,
	.ask = {[AUTHORIZE] = approve, [CAPTURE] = approve, [VOID] = approve, [REFUND] = approve},
};
