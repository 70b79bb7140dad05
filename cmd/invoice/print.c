/* SPDX-License-Identifier: ISC */
/* souk-invoice print: invoices and credit notes for people. */
#include "invoice.h"

struct print {
	bool html;
	struct sheet sheet;
};

/* false: the system failed; *known: there is such a number. */
static bool print(struct souk_stage *stage, const char *number, struct souk_writer *out, bool *known)
{
	struct print *s = stage->state;
	struct souk_query *q = souk_ask(stage->store, INVOICE_BY_NUMBER);
	enum souk_step step;
	bool loaded;

	souk_bind_text(q, 1, souk_text_of(number));
	step = souk_step(q);
	*known = step == SOUK_STEP_ROW;
	if (!*known)
		return step == SOUK_STEP_DONE;
	loaded = sheet_load(&s->sheet, souk_column_text(q, 0));
	souk_done(q);
	if (loaded)
		(s->html ? print_html : print_text)(&out->buffer, &s->sheet);
	return loaded;
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	const struct print *s = stage->state;
	struct souk_writer out = {.fd = 1};
	int state = SOUK_EXIT_OK;
	bool known = true;

	if (!operand_count)
		souk_die_usage("the number of an invoice is needed, as in: souk-invoice print 2026-000001");
	if (s->html && operand_count > 1)
		souk_die_usage("a page of HTML is one invoice: one number at a time");
	if (!souk_store_begin(stage->store, false))
		return SOUK_EXIT_SYSTEM;
	for (int i = 0; i < operand_count && state != SOUK_EXIT_SYSTEM; i++) {
		/* Each begins a page. */
		if (i && known)
			souk_add_char(&out.buffer, '\f');
		if (!print(stage, operands[i], &out, &known))
			state = SOUK_EXIT_SYSTEM;
		else if (!known)
			state = SOUK_EXIT_BAD;
		if (!known)
			souk_warn("%s: there is no such invoice", operands[i]);
		souk_writer_flush(&out);
	}
	souk_buffer_free(&out.buffer);
	return state;
}

static void close(struct souk_stage *stage)
{
	struct print *s = stage->state;

	sheet_free(&s->sheet);
}

static const struct souk_option options[] = {
	{0, "html", NULL, SOUK_OPTION_FLAG, offsetof(struct print, html),
		"write a page of HTML that prints on A4, instead of plain text", 0, 0, NULL, false},
	{0},
};

SOUK_VERB(print_verb) = {
	.function = &invoice_function,
	.name = "print",
	.summary = "write invoices for people, as text or HTML",
	.operands = "NUMBER...",
	.kind = SOUK_TOOL,
	.reads_state = true,
	.options = options,
	.state_size = sizeof(struct print),
	.run = run,
	.close = close,
};
