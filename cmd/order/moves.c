/* SPDX-License-Identifier: ISC */
/* Which events may happen to an order, and what it is by those that did. */
#include "event.h"

const char *const standings[] = {
	[IS_OPEN] = "open", [IS_PLACED] = "placed", [IS_REJECTED] = "rejected",
	[IS_PARTLY_FULFILLED] = "partially_fulfilled", [IS_FULFILLED] = "fulfilled",
	[IS_PARTLY_SHIPPED] = "partially_shipped", [IS_SHIPPED] = "shipped",
	[IS_DELIVERED] = "delivered", [IS_PARTLY_RETURNED] = "partially_returned",
	[IS_RETURNED] = "returned", [IS_CANCELLED] = "cancelled",
};

#define FROM(standing) (1u << IS_##standing)
#define ANY_STANDING (~0u)

/* An order may be sent in parts and come back in parts: what of it is left to move is
 * counted by pieces. */
static const struct move moves[] = {
	{.event = "cancel", .done = "cancelled", .whole = true, .cancels = true,
		.from = FROM(PLACED) | FROM(PARTLY_FULFILLED) | FROM(FULFILLED),
		.otherwise = "what was shipped comes back by a return"},
	{.event = "fulfil", .done = "fulfilled", .counts = FULFILLED, .of = ORDERED,
		.stage = "ship",
		.from = FROM(PLACED) | FROM(PARTLY_FULFILLED) | FROM(PARTLY_SHIPPED) |
			FROM(PARTLY_RETURNED),
		.otherwise = "all of it is fulfilled"},
	{.event = "ship", .done = "shipped", .counts = SHIPPED, .of = ORDERED,
		.stage = "ship",
		.from = FROM(PLACED) | FROM(PARTLY_FULFILLED) | FROM(FULFILLED) |
			FROM(PARTLY_SHIPPED) | FROM(PARTLY_RETURNED),
		.otherwise = "all of it is shipped"},
	{.event = "deliver", .done = "delivered", .counts = DELIVERED, .of = SHIPPED,
		.stage = "ship",
		.from = FROM(PARTLY_SHIPPED) | FROM(SHIPPED) | FROM(PARTLY_RETURNED),
		.otherwise = "nothing of it is under way"},
	{.event = "return", .done = "returned", .counts = RETURNED, .of = SHIPPED,
		.stage = "return",
		.from = FROM(PARTLY_SHIPPED) | FROM(SHIPPED) | FROM(DELIVERED) |
			FROM(PARTLY_RETURNED),
		.otherwise = "nothing of it was shipped and not returned"},
	{.event = "note", .done = "noted", .whole = true, .from = ANY_STANDING},
};

const char move_events[] = "cancel, fulfil, ship, deliver, return or note";

const struct move *move_find(struct souk_text event)
{
	for (size_t i = 0; i < sizeof(moves) / sizeof(*moves); i++)
		if (souk_text_is(event, moves[i].event))
			return &moves[i];
	return NULL;
}

/* Whether all pieces that were ordered are of this kind, and whether any is. */
static void sum(const struct progress *p, enum pieces kind, bool *all, bool *any)
{
	bool missing = false;

	*any = false;
	for (size_t i = 0; i < p->count; i++) {
		missing |= p->pieces[i][kind] < p->pieces[i][ORDERED];
		*any |= p->pieces[i][kind] > 0;
	}
	*all = *any && !missing;
}

enum standing progress_standing(const struct progress *p)
{
	/* What came last in an order's life comes first here. */
	static const struct {
		enum pieces kind;
		enum standing all, any;
	} by[] = {
		{RETURNED, IS_RETURNED, IS_PARTLY_RETURNED},
		{DELIVERED, IS_DELIVERED, IS_PLACED},
		{SHIPPED, IS_SHIPPED, IS_PARTLY_SHIPPED},
		{FULFILLED, IS_FULFILLED, IS_PARTLY_FULFILLED},
	};
	bool all, any;

	if (p->decided != ORDER_PLACED)
		return p->decided == ORDER_OPEN ? IS_OPEN : IS_REJECTED;
	if (p->cancelled)
		return IS_CANCELLED;
	for (size_t i = 0; i < sizeof(by) / sizeof(*by); i++) {
		sum(p, by[i].kind, &all, &any);
		if (all)
			return by[i].all;
		if (any && by[i].any != IS_PLACED)
			return by[i].any;
	}
	return IS_PLACED;
}

int64_t progress_left(const struct progress *p, const struct move *move, size_t line)
{
	return p->pieces[line][move->of] - p->pieces[line][move->counts];
}

void progress_count(struct progress *p, const struct move *move, size_t line, int64_t qty)
{
	int64_t *pieces = p->pieces[line];

	pieces[move->counts] += qty;
	/* What is sent was packed, whether or not that was told. */
	if (pieces[FULFILLED] < pieces[SHIPPED])
		pieces[FULFILLED] = pieces[SHIPPED];
}

/* Of an order of services and downloads nothing is sent, and no shipment has it paid. */
static bool is_sent(const struct progress *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->pieces[i][ORDERED])
			return true;
	return false;
}

static const char *reason_of(enum standing standing, const struct move *move, const struct progress *p)
{
	switch (standing) {
	case IS_OPEN:
		return "it is not decided yet";
	case IS_REJECTED:
		return "it was rejected";
	case IS_CANCELLED:
		return "it was cancelled";
	default:
		return is_sent(p) ? move->otherwise
			: "nothing of it is to be sent: souk-pay capture takes what is due for it";
	}
}

enum souk_outcome refuse_move(struct souk_record *r, const struct move *move,
	const struct progress *p, const char *reason)
{
	enum standing from = progress_standing(p);

	if (!reason)
		reason = reason_of(from, move, p);
	souk_refuse(r, "illegal_move", "the order is %s: no %s, as %s", standings[from], move->event,
		reason);
	souk_put_string(&r->error, "from", standings[from]);
	souk_put_string(&r->error, "event", move->event);
	souk_put_string(&r->error, "reason", reason);
	return SOUK_REFUSED;
}
