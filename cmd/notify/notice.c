/* SPDX-License-Identifier: ISC */
/* What a record gives occasion to write. */
#include "notify.h"

const char *const notice_reads[] = {"id", "order_id?", "currency?", "customer?", "ship_to?", "lines?",
	"catalog?", "price?", "total?", "order?", "ship?", "pay?", "account?", "error?", "wait?", NULL};

struct souk_text text_in(struct souk_record *r, const struct souk_node *object, const char *name)
{
	const struct souk_node *node = souk_find(r, object, name);
	struct souk_text text;

	return node && node->type == SOUK_STRING && souk_decode(r, node, &text) ? text : SOUK_TEXT("");
}

int64_t int_in(struct souk_record *r, const struct souk_node *object, const char *name)
{
	const struct souk_node *node = souk_find(r, object, name);
	struct souk_decimal number;

	return node && node->type == SOUK_NUMBER && souk_decimal_parse(souk_raw(r, node), &number) &&
		number.scale == 0 ? number.digits : 0;
}

const struct souk_node *order_member(const struct souk_record *r, const struct notice *n, const char *name)
{
	return n->order ? souk_find(r, n->order, name) : souk_member(r, name);
}

/* An event of an order that is in the books: souk-order lookup has put that beside it. */
static bool read_event(struct souk_record *r, struct notice *n)
{
	struct souk_text paid = text_in(r, souk_member(r, "pay"), "state");

	if (souk_text_is(text_in(r, souk_member(r, "ship"), "state"), "shipped"))
		n->kind = SHIPMENT;
	else if (souk_text_is(paid, "refunded") || souk_text_is(paid, "partly_refunded"))
		n->kind = REFUND;
	if (n->kind == NO_MAIL)
		return true;
	n->order = souk_find(r, souk_member(r, "order"), "record");
	if (n->order && n->order->type == SOUK_OBJECT)
		return true;
	souk_refuse(r, "bad_record", "order.record is missing: souk-order lookup adds it");
	return false;
}

static void read_order(struct souk_record *r, struct notice *n)
{
	struct souk_text state = text_in(r, souk_member(r, "order"), "state");

	if (r->wait_member) {
		if (souk_text_is(text_in(r, r->wait_member, "code"), "action_required"))
			n->kind = ACTION;
	} else if (souk_text_is(state, "placed") && !r->error_member) {
		n->kind = CONFIRMATION;
	} else if (souk_text_is(state, "rejected")) {
		n->kind = REJECTION;
	}
}

/* A letter of souk-account. */
static void read_account(struct souk_record *r, struct notice *n)
{
	struct souk_text letter = text_in(r, souk_member(r, "account"), "letter");

	for (int kind = VERIFY; kind <= PASSWORD_CHANGED; kind++)
		if (souk_text_is(letter, kinds[kind]))
			n->kind = (enum kind)kind;
}

const struct souk_node *link_in(const struct souk_record *r, const struct notice *n)
{
	return n->kind >= VERIFY && n->kind <= PASSWORD_CHANGED ? souk_member(r, "account") : r->wait_member;
}

/* A name as a header can have it: one line, not too long, cut between characters. */
static struct souk_text clean_name(struct souk_record *r, struct souk_text name)
{
	size_t len = name.len < MAX_NAME ? name.len : MAX_NAME;
	char *at = souk_record_alloc(r, len + 1);

	for (size_t i = 0; i < len; i++)
		at[i] = (unsigned char)name.at[i] < ' ' || name.at[i] == 127 ? ' ' : name.at[i];
	return (struct souk_text){at, souk_utf8_valid(at, len)};
}

bool notice_read(struct souk_record *r, struct notice *n)
{
	const struct souk_node *customer;

	*n = (struct notice){.kind = NO_MAIL, .to = SOUK_TEXT(""), .name = SOUK_TEXT(""), .language = SOUK_TEXT("")};
	if (!souk_need_id(r, &n->id))
		return false;
	n->order_id = n->id;
	if (!souk_may_text(r, NULL, "order_id", 1, SOUK_MAX_ID, &n->order_id))
		return false;
	if (!souk_member(r, "order_id"))
		read_order(r, n);
	else if (!r->error_member && !r->wait_member && !read_event(r, n))
		return false;
	if (n->kind == NO_MAIL && !souk_member(r, "order_id") && !r->error_member && !r->wait_member)
		read_account(r, n);
	if (n->kind == NO_MAIL)
		return true;
	customer = order_member(r, n, "customer");
	n->to = text_in(r, customer, "email");
	n->language = text_in(r, customer, "language");
	n->name = text_in(r, customer, "name");
	if (!n->name.len)
		n->name = text_in(r, order_member(r, n, "ship_to"), "name");
	n->name = clean_name(r, n->name);
	return true;
}
