/* SPDX-License-Identifier: ISC */
/* Text in columns. */
#include "columns.h"
#include "unit.h"

static void check_width(const char *text, size_t width)
{
	CHECK_INT(souk_columns(souk_text_of(text)), width);
}

TEST(a_width_is_what_a_terminal_takes)
{
	check_width("", 0);
	check_width("Mug", 3);
	check_width("Café", 4);
	check_width("Cafe\xcc\x81", 4);      /* the accent is a character of its own */
	check_width("Größe — 5 €", 11);
	check_width("茶杯", 4);
	check_width("ﾁｬ", 2);                /* half width */
	check_width("\xf0\x9f\x8e\x81", 2);  /* a present */
	check_width("\xc2\x85", 0);          /* a control character */
}

static void check_lines(const char *text, size_t width, const char *joined)
{
	struct souk_text rest = souk_text_of(text), line;
	struct souk_buffer lines = {0};

	while (souk_next_line(&rest, width, &line)) {
		CHECK(souk_columns(line) <= width);
		souk_add_char(&lines, '|');
		souk_add(&lines, line.at, line.len);
	}
	souk_add_char(&lines, 0);
	if (strcmp(lines.at, joined))
		printf("# %s\n", lines.at);
	CHECK(strcmp(lines.at, joined) == 0);
	souk_buffer_free(&lines);
}

TEST(lines_break_between_words_or_where_a_word_is_too_long)
{
	check_lines("", 5, "");
	check_lines("   ", 5, "");
	check_lines("one two", 7, "|one two");
	check_lines("one two", 6, "|one|two");
	check_lines("one  two ", 3, "|one|two");
	check_lines("  one", 9, "|one");
	check_lines("abcdefgh ij", 3, "|abc|def|gh|ij");
	check_lines("茶杯茶杯", 5, "|茶杯|茶杯");
	check_lines("ä ö ü", 3, "|ä ö|ü");
}

TEST(spaces_fill_up_to_the_width)
{
	struct souk_buffer b = {0};

	souk_add_left(&b, SOUK_TEXT("茶"), 4);
	souk_add_char(&b, '|');
	souk_add_right(&b, SOUK_TEXT("é"), 3);
	souk_add_char(&b, '|');
	souk_add_right(&b, SOUK_TEXT("wide"), 3);
	CHECK(souk_text_is((struct souk_text){b.at, b.len}, "茶  |  é|wide"));
	souk_buffer_free(&b);
}
