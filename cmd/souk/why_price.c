/* SPDX-License-Identifier: ISC */
/* Where unit prices come from. The record tells of agreed ones only; of the others
 * souk-price tells, asked again: as the order was, without its group, for one piece. */
#include "why.h"

enum { AS_IT_WAS, WITHOUT_GROUP, ONE_PIECE, QUESTIONS };

/* A unit price as souk-price answers, or none. */
struct answered {
	struct souk_decimal unit;
	bool known;
};

static struct souk_text group_of(struct why *w)
{
	const struct souk_node *group = souk_find(&w->r, souk_member(&w->r, "customer"), "group");
	struct souk_text text;

	return group && group->type == SOUK_STRING && souk_decode(&w->r, group, &text) ? text : SOUK_TEXT("");
}

static void put_question(struct why *w, int question, size_t line, struct souk_buffer *out)
{
	struct souk_text group = group_of(w);

	souk_put_open(out, NULL, '{');
	souk_put_string(out, "currency", w->currency->code);
	souk_put_text(out, "time", w->time);
	if (group.len && question != WITHOUT_GROUP) {
		souk_put_open(out, "customer", '{');
		souk_put_text(out, "group", group);
		souk_put_close(out, '}');
	}
	souk_put_open(out, "lines", '[');
	souk_put_open(out, NULL, '{');
	souk_put_text(out, "sku", w->lines[line].sku);
	souk_put_int(out, "qty", question == ONE_PIECE ? 1 : w->lines[line].qty);
	souk_add_string(out, "}]}\n");
}

/* The answer to one question, which is about one line. */
static struct answered read_answer(struct souk_record *r, struct souk_text line)
{
	struct answered a = {.known = false};
	const struct souk_node *lines, *first;
	struct souk_text text;

	if (!souk_record_parse(r, line.at, line.len) || r->error_member)
		return a;
	lines = souk_find(r, souk_member(r, "price"), "lines");
	first = lines && lines->type == SOUK_ARRAY ? souk_first(r, lines) : NULL;
	if (first && souk_may_text(r, first, "unit_price_decimal", 1, 64, &text) &&
	    souk_find(r, first, "unit_price_decimal"))
		a.known = souk_decimal_parse(text, &a.unit);
	else if (first && souk_find(r, first, "unit_price"))
		a.known = souk_may_int(r, first, "unit_price", 0, INT64_MAX, &a.unit.digits);
	return a;
}

static bool is_unit(const struct answered *a, struct souk_decimal unit)
{
	return a->known && !souk_decimal_compare(a->unit, unit);
}

static const char *origin_of(struct why *w, size_t line, const struct answered *a)
{
	const bool group = !is_unit(&a[WITHOUT_GROUP], w->f.lines[line].unit);
	const bool quantity = !is_unit(&a[ONE_PIECE], w->f.lines[line].unit);

	if (!a[AS_IT_WAS].known)
		return "the price book has none for it";
	if (!is_unit(&a[AS_IT_WAS], w->f.lines[line].unit))
		return "the price book has another by now";
	return group && quantity ? "price of the customer's group for this quantity"
		: group ? "price of the customer's group" : quantity ? "price for this quantity" : "list price";
}

static bool is_agreed(struct why *w, size_t line)
{
	const struct souk_node *agreed = souk_find(&w->r, w->lines[line].node, "agreed"), *n;
	struct souk_decimal unit;

	n = souk_find(&w->r, agreed, "unit_price");
	if (!n)
		n = souk_find(&w->r, agreed, "unit_price_decimal");
	return n && (n->type == SOUK_NUMBER || n->type == SOUK_STRING) &&
		souk_decimal_parse((struct souk_text){w->r.line + n->at, n->len}, &unit) &&
		!souk_decimal_compare(unit, w->f.lines[line].unit);
}

void find_origins(struct why *w)
{
	static const char *const reads[] = {"price", NULL};
	char *argv[] = {"souk-price", w->list ? "--list" : NULL, (char *)w->list, NULL};
	struct souk_buffer questions = {0}, answers = {0};
	struct souk_record r = {0};
	struct souk_text line;
	size_t at = 0, asked = 0;

	w->origins = souk_arena_alloc(&w->arena, w->f.line_count * sizeof(*w->origins));
	for (size_t i = 0; i < w->f.line_count; i++) {
		w->origins[i] = is_agreed(w, i) ? "agreed" : NULL;
		for (int q = 0; !w->origins[i] && q < QUESTIONS; q++, asked++)
			put_question(w, q, i, &questions);
	}
	if (asked)
		ask_command(argv, (struct souk_text){questions.at, questions.len}, &answers);
	souk_record_init(&r, "souk", &(struct souk_interest){.reads = reads});
	for (size_t i = 0; i < w->f.line_count; i++) {
		struct answered a[QUESTIONS] = {{.known = false}};

		for (int q = 0; !w->origins[i] && q < QUESTIONS && answer_line(&answers, &at, &line); q++)
			a[q] = read_answer(&r, line);
		if (!w->origins[i])
			w->origins[i] = origin_of(w, i, a);
	}
	souk_record_free(&r);
	souk_buffer_free(&questions);
	souk_buffer_free(&answers);
}
