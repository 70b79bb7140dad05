/* SPDX-License-Identifier: ISC */
/* The journal as hledger and beancount read it. */
#include "ledger.h"

enum { DAY_SECONDS = 86400, ACCOUNT_WIDTH = 36, AMOUNT_WIDTH = 14 };

static void add_day(struct souk_buffer *b, int64_t day)
{
	size_t start = b->len;

	souk_add_time(b, day * DAY_SECONDS);
	b->len = start + strlen("2010-12-01");
}

/* beancount wants Assets:Stock: each part begins with a capital or a digit, and has
 * letters, digits and dashes only. */
static void add_account(struct souk_buffer *b, struct souk_text account, int format)
{
	bool begins = true;

	if (format == HLEDGER) {
		souk_add(b, account.at, account.len);
		return;
	}
	for (size_t i = 0; i < account.len; i++) {
		char c = account.at[i];

		if (begins && c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (begins && (c == '-' || c == '.'))
			souk_add_char(b, 'X');
		souk_add_char(b, c == '.' ? '-' : c);
		begins = c == ':';
	}
}

/* Nothing in an id may end the title, or begin a comment. */
static void add_title(struct souk_buffer *b, struct souk_text title, int format)
{
	for (size_t i = 0; i < title.len; i++) {
		char c = title.at[i];

		if (format == HLEDGER && c == ';')
			souk_add_string(b, "%3B");
		else if (format == BEANCOUNT && (c == '"' || c == '\\'))
			souk_add_format(b, "\\%c", c);
		else
			souk_add_char(b, c);
	}
}

static void write_head(struct ledger *l)
{
	struct souk_buffer *b = &l->out.buffer;
	sqlite3_stmt *row = souk_scratch_ask(&l->books, CURRENCIES, "");

	souk_add_format(b, "; made by souk-ledger %s of the books of a shop\n", souk_version);
	while (souk_scratch_row(&l->books, row)) {
		struct souk_text code = souk_scratch_text(row, 0);
		const struct souk_currency *currency = souk_currency_find(code);

		if (l->format == BEANCOUNT)
			souk_add_format(b, "option \"operating_currency\" \"%.*s\"\n", SOUK_ARG(code));
		else
			souk_add_format(b, "commodity 1000.%.*s %.*s\n", currency->exponent, "0000",
				SOUK_ARG(code));
	}
	row = souk_scratch_ask(&l->books, ACCOUNTS, "");
	while (souk_scratch_row(&l->books, row)) {
		if (l->format == BEANCOUNT) {
			add_day(b, sqlite3_column_int64(row, 1));
			souk_add_string(b, " open ");
		} else {
			souk_add_string(b, "account ");
		}
		add_account(b, souk_scratch_text(row, 0), l->format);
		souk_writer_line_end(&l->out);
	}
}

static void write_title(struct ledger *l, int64_t day, struct souk_text title)
{
	struct souk_buffer *b = &l->out.buffer;
	const char *quote = l->format == BEANCOUNT ? "\"" : "";

	souk_add_char(b, '\n');
	add_day(b, day);
	souk_add_format(b, " * %s", quote);
	add_title(b, title, l->format);
	souk_add_string(b, quote);
	souk_writer_line_end(&l->out);
}

static void write_posting(struct ledger *l, struct souk_text account, int64_t amount, struct souk_text code)
{
	struct souk_buffer *b = &l->out.buffer, number = {0};
	size_t start, width;

	souk_add_string(b, l->format == BEANCOUNT ? "  " : "    ");
	start = b->len;
	add_account(b, account, l->format);
	souk_add_major(&number, amount, souk_currency_find(code));
	for (width = b->len - start; width < ACCOUNT_WIDTH; width++)
		souk_add_char(b, ' ');
	souk_add_format(b, "  %*.*s %.*s", AMOUNT_WIDTH, (int)number.len, number.at, SOUK_ARG(code));
	souk_writer_line_end(&l->out);
	souk_buffer_free(&number);
}

void journal_write(struct ledger *l)
{
	sqlite3_stmt *row;
	struct souk_buffer last = {0};
	int64_t day = 0, kind = -1;

	write_head(l);
	row = souk_scratch_ask(&l->books, JOURNAL, "");
	while (souk_scratch_row(&l->books, row)) {
		struct souk_text title = souk_scratch_text(row, 2);

		if (sqlite3_column_int64(row, 0) != day || sqlite3_column_int64(row, 1) != kind ||
		    !souk_text_equal(title, (struct souk_text){last.at, last.len})) {
			day = sqlite3_column_int64(row, 0);
			kind = sqlite3_column_int64(row, 1);
			last.len = 0;
			souk_add(&last, title.at, title.len);
			write_title(l, day, title);
		}
		write_posting(l, souk_scratch_text(row, 4), sqlite3_column_int64(row, 5),
			souk_scratch_text(row, 3));
	}
	souk_writer_flush(&l->out);
	souk_buffer_free(&last);
}
