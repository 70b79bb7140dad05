/* SPDX-License-Identifier: ISC */
/* Reads the input: exports, what entered, and what was answered. */
#include "audit.h"
#include "lines.h"

/* What has no id entered without one, and was refused for that. */
static bool take_entered(void *audit)
{
	struct audit *a = audit;
	struct souk_text id;

	if (souk_need_id(&a->line, &id) && books_put(a, PUT_ENTERED, "t", id))
		a->entered_count++;
	return true;
}

static bool take_answer(void *audit)
{
	struct audit *a = audit;
	struct souk_record *r = &a->line;
	const struct souk_node *order = NULL;
	struct souk_text id, state = {0};

	if (!souk_need_id(r, &id))
		return true;
	if (!souk_may_node(r, NULL, "order", SOUK_OBJECT, &order) ||
	    (order && !souk_may_text(r, order, "state", 1, 64, &state)))
		return false;
	if (!state.at && r->error_member)
		state = SOUK_TEXT("refused");
	if (state.at)
		books_put(a, PUT_ANSWERED, "tt", id, state);
	return true;
}

static bool take_export(void *audit)
{
	return read_export(audit);
}

void read_source(struct audit *a, enum source source, const char *path)
{
	static bool (*const take[])(void *) = {
		[EXPORTS] = take_export, [ENTERED] = take_entered, [ANSWERS] = take_answer};
	static const char *const members[] = {"export", "id", "state", "closed", "currency", "total",
		"record", "lines", "verb", "sku", "location", "qty", "on_hand", "taken", "order_id", "method", "amount",
		"settled", "authorized", "captured", "refunded", "key", "reference", "payment", "provider",
		"voided", "order", "event", "return_id", "card", "held", "spent", "number", "of", "net", "tax",
		"uses", "promotion", "customer", "code", "limit", NULL};
	static const char *const answer_members[] = {"id", "order", NULL};
	struct souk_lines lines = {
		.record = &a->line, .take = take[source], .context = a, .max_record = (size_t)a->max_record,
		/* What is no record has no id by which it could be looked for. */
		.records_only = source != EXPORTS, .bad = a->bad_lines,
	};

	souk_record_init(&a->line, "audit",
		&(struct souk_interest){.reads = source == EXPORTS ? members : answer_members});
	souk_lines_read(&lines, path);
	a->bad_lines = lines.bad;
	souk_record_free(&a->line);
}
