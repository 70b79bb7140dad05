/* SPDX-License-Identifier: ISC */
/* souk-audit: reads the exports of order, stock, pay and promo, and names each record that
 * breaks the books. */
#include "audit.h"

/* An exported line holds a record and the error that rejected it, each of which may
 * be as long as a record. */
#define MAX_LINE (2 * SOUK_MAX_RECORD)

static const struct souk_function audit_function = {
	.name = "audit",
	.summary = "name each record that breaks the books",
};

static void open(struct souk_stage *stage)
{
	struct audit *a = stage->state;

	if (!a->max_record)
		a->max_record = MAX_LINE;
	a->out.fd = 1;
}

static int list_rules(struct audit *a)
{
	for (size_t i = 0; i < rule_count; i++) {
		souk_add_format(&a->out.buffer, "%-24s  %s", rules[i].name, rules[i].message);
		souk_writer_line_end(&a->out);
	}
	souk_writer_flush(&a->out);
	return SOUK_EXIT_OK;
}

static void read_all(struct audit *a, int count, char **paths)
{
	static const char *const members[] = {"id", "currency", "lines", "catalog", "price", "promo",
		"tax", "total", "*.charges", NULL};

	souk_record_init(&a->order, "audit", &(struct souk_interest){.reads = members});
	if (!count)
		read_source(a, EXPORTS, NULL);
	for (int i = 0; i < count; i++)
		read_source(a, EXPORTS, paths[i]);
	if (a->entered)
		read_source(a, ENTERED, a->entered);
	if (a->answers)
		read_source(a, ANSWERS, a->answers);
	souk_record_free(&a->order);
}

static int run(struct souk_stage *stage, int operand_count, char **operands)
{
	struct audit *a = stage->state;

	if (a->list)
		return list_rules(a);
	books_open(a);
	read_all(a, operand_count, operands);
	if (!a->bad_lines) {
		books_index(a);
		findings_list(a);
		verdict_write(a);
	} else {
		souk_writer_flush(&a->out);
		souk_warn("%llu line%s can't be taken: no verdict on half a book",
			(unsigned long long)a->bad_lines, a->bad_lines == 1 ? "" : "s");
	}
	return a->broken || a->bad_lines ? SOUK_EXIT_BAD : SOUK_EXIT_OK;
}

static void close(struct souk_stage *stage)
{
	struct audit *a = stage->state;

	books_close(a);
	souk_buffer_free(&a->out.buffer);
}

#define OPTION(field) .offset = offsetof(struct audit, field)
static const struct souk_option options[] = {
	{'c', "closed", NULL, SOUK_OPTION_FLAG, OPTION(closed),
		.help = "an order that is not closed breaks the books"},
	{0, "entered", "FILE", SOUK_OPTION_TEXT, OPTION(entered),
		.help = "the records that entered: each must have an outcome"},
	{0, "answers", "FILE", SOUK_OPTION_TEXT, OPTION(answers),
		.help = "the records that came out: what they tell must be in the books"},
	{0, "no-stock", NULL, SOUK_OPTION_FLAG, OPTION(no_stock),
		.help = "the shop keeps no stock: placed orders need no hold"},
	{0, "no-pay", NULL, SOUK_OPTION_FLAG, OPTION(no_pay),
		.help = "the shop takes no payments: placed orders need none"},
	{0, "max-record", "BYTES", SOUK_OPTION_NUMBER, OPTION(max_record),
		.help = "longest line taken, from 1024 (default 2097152)", .min = 1024, .max = 1 << 30},
	{'l', "list", NULL, SOUK_OPTION_FLAG, OPTION(list), .help = "list the rules"},
	{0},
};

SOUK_VERB(audit) = {
	.function = &audit_function,
	.summary = "name each record that breaks the books",
	.operands = "[FILE...]",
	.kind = SOUK_TOOL,
	.options = options,
	.state_size = sizeof(struct audit),
	.open = open,
	.run = run,
	.close = close,
};
