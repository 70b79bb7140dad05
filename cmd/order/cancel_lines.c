/* SPDX-License-Identifier: ISC */
/* Where the pieces of a cancelled line come from. A cancellation does not name its
 * order: it is looked for among what the customer bought of the sku before, latest
 * first.
 *
 * exact:   just one order has the line at the same price with enough of it left.
 * guessed: several have, and the latest is taken; or none has enough, and lines at the
 *          same price are used up, latest first, then those at other prices.
 * none:    nothing is left that was bought before.
 */
#include "cancel.h"

const char *const match_names[] = {"none", "guessed", "exact", NULL};

/* Of the row that SOLD_LEFT is at, all that is needed of it. */
static struct taken *take(struct souk_record *r, struct souk_query *q, const struct souk_line *line,
	int64_t wanted)
{
	struct taken *taken = souk_record_alloc(r, sizeof(*taken));
	int64_t remaining = souk_column_int(q, 4);

	*taken = (struct taken){
		.sku = line->sku, .seq = souk_column_int(q, 0), .at = souk_column_int(q, 1),
		.line = souk_column_int(q, 2), .line_id = souk_record_copy(r, souk_column_text(q, 3)),
		.order_id = souk_record_copy(r, souk_column_text(q, 6)),
		.qty = remaining < wanted ? remaining : wanted,
	};
	return taken;
}

/* Goes through what is left, the same price first. The first line that has enough is
 * taken alone, and it is exact if no other order has one. */
static bool choose(struct souk_record *r, struct souk_query *q, const struct souk_line *line,
	enum match *match, struct taken **taken, int64_t *rest)
{
	struct taken *enough = NULL, **end = taken;
	bool same_price, more = true;
	enum souk_step step = SOUK_STEP_DONE;

	*match = MATCH_NONE;
	*taken = NULL;
	while (more && (step = souk_step(q)) == SOUK_STEP_ROW) {
		same_price = souk_column_int(q, 5);
		if (same_price && souk_column_int(q, 4) >= line->qty) {
			if (enough && enough->seq != souk_column_int(q, 0)) {
				*match = MATCH_GUESSED;
				break;
			}
			if (!enough) {
				enough = take(r, q, line, line->qty);
				*match = MATCH_EXACT;
			}
		} else if (!enough && *rest) {
			*match = MATCH_GUESSED;
			*end = take(r, q, line, *rest);
			*rest -= (*end)->qty;
			end = &(*end)->next;
		}
		/* At other prices it is only of use if something is still wanted. */
		more = same_price || (!enough && *rest);
	}
	if (step == SOUK_STEP_ROW)
		souk_done(q);
	if (enough) {
		*taken = enough;
		*rest = 0;
	}
	return step != SOUK_STEP_FAILED;
}

static bool write(struct souk_stage *stage, const struct cancellation *c, const struct taken *taken,
	int64_t qty)
{
	struct souk_query *q = souk_ask(stage->store, SOLD_TAKE);

	souk_bind_text(q, 1, c->customer);
	souk_bind_text(q, 2, taken->sku);
	souk_bind_int(q, 3, taken->at);
	souk_bind_int(q, 4, taken->seq);
	souk_bind_int(q, 5, taken->line);
	souk_bind_int(q, 6, qty);
	return souk_do(q);
}

bool sold_match(struct souk_stage *stage, struct souk_record *r, const struct cancellation *c,
	size_t line, enum match *match, struct taken **taken, int64_t *rest)
{
	struct souk_query *q = souk_ask(stage->store, SOLD_LEFT);

	*rest = c->lines[line].qty;
	souk_bind_text(q, 1, c->customer);
	souk_bind_text(q, 2, c->lines[line].sku);
	souk_bind_int(q, 3, c->time);
	souk_bind_int(q, 4, c->prices[line].digits);
	souk_bind_int(q, 5, c->prices[line].scale);
	souk_bind_text(q, 6, c->currency);
	if (!choose(r, q, &c->lines[line], match, taken, rest))
		return false;
	for (const struct taken *t = *taken; t; t = t->next)
		if (!write(stage, c, t, t->qty))
			return false;
	return true;
}

bool sold_put_back(struct souk_stage *stage, const struct cancellation *c,
	const struct taken *taken)
{
	for (; taken; taken = taken->next)
		if (!write(stage, c, taken, -taken->qty))
			return false;
	return true;
}
