/* SPDX-License-Identifier: ISC */
/* souk why: explains every amount of an order from its stored record, and derives each
 * again. Other functions are asked by their commands. */
#include <stdlib.h>

#include "souk.h"
#include "why.h"

static const struct souk_option options[] = {
	{0, "list", "NAME", SOUK_OPTION_TEXT, offsetof(struct why, list),
		"the price list that the shop prices by", 0, 0, NULL, false},
	{'b', "books", "FILE", SOUK_OPTION_TEXT, offsetof(struct why, books),
		"exports of the shop: tell what they say of the order too", 0, 0, NULL, false},
	{0},
};

/* The last text of an error or of the order's refusal: its message. */
static struct souk_text message_of(struct souk_record *r, const struct souk_node *error)
{
	struct souk_text text = SOUK_TEXT("");
	const struct souk_node *message = souk_find(r, error, "message");

	if (message && message->type == SOUK_STRING && !souk_decode(r, message, &text))
		text = SOUK_TEXT("");
	return text;
}

/* What souk-order get says; its record goes on in w->r. False: there is no such order. */
static bool explain_order(struct why *w, struct souk_record *answer)
{
	struct souk_text state, opened, time = {0}, country = {0}, region = {0}, postcode = {0};
	const struct souk_node *order, *record, *ship_to = NULL;
	bool closed = false;

	if (answer->error_member) {
		souk_warn("%.*s", SOUK_ARG(message_of(answer, answer->error_member)));
		return false;
	}
	if (!souk_need_node(answer, NULL, "order", SOUK_OBJECT, &order) ||
	    !souk_need_text(answer, order, "state", 1, 64, &state) ||
	    !souk_may_bool(answer, order, "closed", &closed) ||
	    !souk_need_text(answer, order, "opened", 1, 64, &opened) ||
	    !souk_need_node(answer, order, "record", SOUK_OBJECT, &record))
		souk_die("souk-order get answers what souk why does not understand");
	if (!souk_record_parse(&w->r, answer->line + record->at, record->len))
		souk_die("the record of the order is damaged: %s", w->r.fault);
	if (!souk_order_currency(&w->r, &w->currency) || !souk_may_text(&w->r, NULL, "time", 1, 64, &time) ||
	    !souk_may_node(&w->r, NULL, "ship_to", SOUK_OBJECT, &ship_to) ||
	    (ship_to && (!souk_may_text(&w->r, ship_to, "country", 1, 64, &country) ||
	     !souk_may_text(&w->r, ship_to, "region", 1, 64, &region) ||
	     !souk_may_text(&w->r, ship_to, "postcode", 1, 64, &postcode))))
		return true;
	w->time = time.at ? time : opened;
	souk_add_format(&w->out, "Order %.*s is %.*s%s\n", SOUK_ARG(w->id), SOUK_ARG(state),
		closed ? " and closed" : "");
	/* Tax and shipping follow from where it goes. */
	souk_add_format(&w->out, "  of %.*s, in %s%s%.*s%s%.*s%s%.*s\n", SOUK_ARG(w->time), w->currency->code,
		country.at ? ", sent to " : "", SOUK_ARG(country), region.at ? ", " : "", SOUK_ARG(region),
		postcode.at ? ", " : "", SOUK_ARG(postcode));
	if (souk_find(answer, order, "reason"))
		souk_add_format(&w->out, "  because %.*s\n",
			SOUK_ARG(message_of(answer, souk_find(answer, order, "reason"))));
	return true;
}

/* All that the record tells; false, with w->r.error filled, if it can't be read. */
static bool explain_record(struct why *w)
{
	size_t count;

	if (w->r.error.len)
		return false;
	/* A shop that does not price with Souk stores a total and nothing it came from. */
	if (!souk_member(&w->r, "price") && !souk_member(&w->r, "tax")) {
		souk_add_string(&w->out, "\nIt was not priced here: its total is all that is known\n");
		return true;
	}
	if (!souk_order_lines(&w->r, &w->lines, &count) || !souk_figures_read(&w->r, NULL, count, &w->f))
		return false;
	find_origins(w);
	explain_lines(w);
	explain_charges(w);
	return explain_total(w);
}

static void explain(struct why *w, struct souk_record *answer)
{
	if (!explain_order(w, answer)) {
		w->mismatches++;
		return;
	}
	if (!explain_record(w)) {
		souk_add_char(&w->r.error, '}');
		mismatch(w, "the record can't be read: %.*s",
			SOUK_ARG(((struct souk_text){w->r.error.at, w->r.error.len})));
	}
	explain_payments(w);
	explain_books(w);
	if (w->mismatches)
		souk_add_format(&w->out, "\n%zu figure%s not as derived\n", w->mismatches,
			w->mismatches == 1 ? " is" : "s are");
	else
		souk_add_string(&w->out, "\nEvery figure was derived again, and is as it is stored\n");
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	static const char *const answer_reads[] = {"order", NULL}, *const record_reads[] = {"*", NULL};
	struct why *w = stage->state;
	char *argv[] = {"souk-order", "get", NULL};
	struct souk_buffer question = {0}, answers = {0};
	struct souk_record answer = {0};
	struct souk_text line;
	size_t at = 0;

	if (operand_count != 1)
		souk_die_usage("the id of one order is needed");
	extend_path();
	w->id = souk_text_of(operands[0]);
	souk_put_open(&question, NULL, '{');
	souk_put_text(&question, "id", w->id);
	souk_add_string(&question, "}\n");
	if (ask_command(argv, (struct souk_text){question.at, question.len}, &answers) >= SOUK_EXIT_USAGE ||
	    !answer_line(&answers, &at, &line))
		return SOUK_EXIT_SYSTEM;
	souk_record_init(&answer, "souk", &(struct souk_interest){.reads = answer_reads});
	souk_record_init(&w->r, "souk", &(struct souk_interest){.reads = record_reads});
	if (!souk_record_parse(&answer, line.at, line.len))
		souk_die("souk-order get answers what is no record");
	explain(w, &answer);
	if (!souk_write_all(1, w->out.at, w->out.len))
		souk_die_errno("cannot write the output");
	souk_record_free(&answer);
	souk_record_free(&w->r);
	souk_buffer_free(&w->out);
	souk_buffer_free(&question);
	souk_buffer_free(&answers);
	souk_arena_free(&w->arena);
	return w->mismatches ? SOUK_EXIT_BAD : SOUK_EXIT_OK;
}

SOUK_VERB(why) = {
	.function = &souk_function,
	.name = "why",
	.summary = "explain every penny of an order, and derive it again",
	.operands = "ORDER",
	.kind = SOUK_TOOL,
	.options = options,
	.state_size = sizeof(struct why),
	.run = run,
};
